"""A ledger for tests: two companies of ours, sellers of several regions, entries as facts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from intake.desk.policies import install_policy
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.entries import enter
from intake.store.tables import entries, events
from samples.tax_list import Listed, from_entry
from tests.integration.invoices import tax_id

BEIJING, SHANGHAI = tax_id("110108", "MA01C2R3"), tax_id("310115", "MA1K3B4C")
STRANGER = tax_id("440106", "87654321")
SELLERS = tuple(
    (name, tax_id(region, organisation))
    for name, region, organisation in (
        ("上海范例餐饮有限公司", "310115", "12345678"),
        ("深圳样本物流有限公司", "440304", "23456781"),
        ("杭州示例软件有限公司", "330106", "34567812"),
    )
)
PACK = f"""name = "样例"
version = "1"
valid_from = 2026-01-01
[[company]]
name = "北京样例科技有限公司"
tax_id = "{BEIJING}"
[[company]]
name = "上海样例科技有限公司"
tax_id = "{SHANGHAI}"
"""


def install_pack(services: Services) -> None:
    install_policy(services, PACK, actor="测试")


def facts(serial: int, **changed: Any) -> dict[str, Any]:
    """The facts of a digital invoice of October 2026 to the company in Beijing; every one has a total of its own."""
    seller, seller_tax_id = SELLERS[serial % 3]
    amount, tax = 10_000 + 137 * serial, 600 + serial
    number = f"26312{serial * 7919 % 10**9:015d}"
    return {
        "key": number, "kind": "digital_normal", "invoice_code": None, "invoice_number": number,
        "issue_date": f"2026-10-{serial % 25 + 3:02d}", "amount_excl_tax": money(amount), "tax": money(tax),
        "total": money(amount + tax), "buyer_name": "北京样例科技有限公司", "buyer_tax_id": BEIJING,
        "seller_name": seller, "seller_tax_id": seller_tax_id, "items": "*餐饮服务*餐费", "sender": "小王",
        "department": "研发", **changed,
    }  # fmt: skip


def money(cents: int) -> str:
    return f"{cents / 100:.2f}"


def register(services: Services, told: Mapping[str, Any]) -> str:
    """Enter an invoice into the ledger, and give its entry."""
    identity = uuid.uuid4().hex
    with services.database.begin() as connection:
        assert enter(connection, identity, told, actor="desk", document_id=None)
    return identity


def entry(services: Services, identity: str) -> dict[str, Any]:
    with reading(services.database) as connection:
        return dict(connection.execute(sa.select(entries).where(entries.c.id == identity)).mappings().one())


def listed(services: Services) -> list[Listed]:
    """Every entry as a list without differences tells it."""
    with reading(services.database) as connection:
        rows = connection.execute(sa.select(entries).order_by(entries.c.invoice_number)).mappings()
        return [from_entry(row) for row in rows]


def events_of(services: Services, what: str) -> list[sa.Row[Any]]:
    with reading(services.database) as connection:
        return list(connection.execute(sa.select(events).where(events.c.what == what).order_by(events.c.id)))


def written(folder: Path, content: bytes, name: str = "list.xlsx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
