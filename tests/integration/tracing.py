"""Invoices on the desk and rows on lists of the tax authority, for those who ask where they are."""

from __future__ import annotations

import io
import json
import time
import uuid
from pathlib import Path
from typing import Any

from intake.desk.policies import install_policy
from intake.desk.receive import open_submission, receive
from intake.desk.services import Services
from intake.desk.settle import begin, settle
from intake.desk.trace.ask import trace
from intake.pipeline import read_document
from intake.store.blobs import original_key
from intake.store.tables import submissions, tax_lists, tax_rows
from models.clock import day_of
from models.numbers import region_of
from models.sight import EVERYTHING, Sight
from tests.integration.invoices import BUYER, SELLER, einvoice, tax_id

OTHER_COMPANY = tax_id("440300", "MA5D1234")
PACK = f"""
name = "样例集团"
version = "1"
valid_from = 2020-01-01

[[company]]
name = "北京样例科技有限公司"
tax_id = "{BUYER}"

[[company]]
name = "深圳样例贸易有限公司"
tax_id = "{OTHER_COMPANY}"
"""


def with_pack(services: Services) -> None:
    install_policy(services, PACK, actor="管理员")


def bring(
    services: Services, content: bytes, *, name: str = "a.xml", sender: str = "小王", department: str | None = None
) -> str:
    """Send a file in; it waits to be read."""
    submission = open_submission(services, sender=sender, door="folder")
    if department:
        with services.database.begin() as connection:
            mine = submissions.c.id == submission
            connection.execute(submissions.update().where(mine).values(department=department))
    receipt = receive(
        services, io.BytesIO(content), filename=name, submission_id=submission, sender=sender, express=True
    )
    return receipt.document_id


def work(services: Services, document_id: str) -> str:
    """Read a waiting file, in this process as it is small."""
    claim = begin(services, document_id)
    assert claim is not None
    path = services.settings.var / f"{document_id}.xml"
    path.write_bytes(services.blobs.get(original_key(claim.sha256)))
    assert settle(services, claim, read_document(path, None, today=day_of(time.time()), policy=claim.policy))
    return document_id


def entered(services: Services, number: str, *, sender: str = "小王", **changes: Any) -> str:
    """An invoice sent and read; gives its document."""
    names = ("name_of_file", "department")
    given = {name: changes.pop(name) for name in names if name in changes}
    content = einvoice(number, **changes)
    name = given.get("name_of_file", f"{number[-4:]}.xml")
    return work(services, bring(services, content, name=name, sender=sender, department=given.get("department")))


def load_list(
    services: Services,
    *rows: dict[str, Any],
    days: tuple[str, str] = ("2026-03-01", "2026-03-31"),
    form: str = "full_query",
    company: str | None = BUYER,
    sources: tuple[str, ...] = (),
    imported_at: float | None = None,
) -> str:
    """A list of the tax authority as its import writes it."""
    identity = uuid.uuid4().hex
    at = imported_at or time.time()
    told = {
        "id": identity, "sha256": identity * 2, "filename": f"全量发票查询导出结果-{days[1]}.xlsx", "form": form,
        "direction": "received", "company": company, "first_day": days[0], "last_day": days[1],
        "sources": json.dumps(sources), "kinds": "[]", "rows": len(rows), "refused": "[]", "actor": "李会计",
        "imported_at": at,
    }  # fmt: skip
    with services.database.begin() as connection:
        connection.execute(tax_lists.insert().values(**told))
        for line, row in enumerate(rows, 2):
            connection.execute(tax_rows.insert().values(list_id=identity, line=line, extra="{}", **row))
    return identity


def row(number: str, **changes: Any) -> dict[str, Any]:
    """One invoice as a list tells it."""
    region = region_of(number, None)
    told = {
        "key": number, "invoice_number": number, "kind": "数电发票（普通发票）", "issue_date": "2026-03-02",
        "seller_name": "上海范例餐饮有限公司", "seller_tax_id": SELLER, "buyer_name": "北京样例科技有限公司",
        "buyer_tax_id": BUYER, "amount_cents": 10000, "tax_cents": 600, "total_cents": 10600, "status": "正常",
        "source": "电子发票服务平台", "risk": "正常", "region": region.digital2 if region else None,
    }  # fmt: skip
    return {**told, **changes}


def ask(services: Services, text: str, sight: Sight = EVERYTHING) -> dict[str, Any]:
    return trace(services, text, sight)


def folder_of(services: Services) -> Path:
    return services.settings.var
