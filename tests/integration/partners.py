"""A desk whose partners live on this machine, and quick ways to make things happen there."""

from __future__ import annotations

import dataclasses
import ipaddress
import uuid
from typing import Any

from intake.desk.services import Services
from intake.desk.sync.endpoints import Plan, add
from intake.desk.sync.fan_out import fan_out
from intake.desk.sync.monitor import Standing, standings
from intake.desk.sync.send import endpoints_due, send_next
from intake.store import entries
from tests.integration.invoices import BUYER, SELLER, number
from tests.integration.receiver import Receiver

HERE = ipaddress.ip_network("127.0.0.0/8")


def with_partners(services: Services, **settings: Any) -> Services:
    """The same services, allowed to send to this machine."""
    values = {"sync_inside": (HERE,), "sync_seconds": 0.05, **settings}
    return dataclasses.replace(services, settings=services.settings.model_copy(update=values))


def partner(services: Services, receiver: Receiver, name: str = "财务系统", **plan: Any) -> str:
    """Add an endpoint for a receiver, and tell the receiver its secret."""
    since = plan.pop("since", None)
    made = add(services, Plan(name, receiver.url, **plan), actor="管理员", since=since)
    receiver.secret = made["secret"]
    return str(made["id"])


def register(services: Services, serial: int, **facts: Any) -> str:
    """A new entry of the ledger, with its event."""
    identity, key = uuid.uuid4().hex, number(serial)
    plain = {
        "key": key, "kind": "digital_normal", "invoice_number": key, "issue_date": "2026-03-02", "total": "106.00",
        "buyer_name": "北京样例科技有限公司", "buyer_tax_id": BUYER, "seller_name": "上海范例餐饮有限公司",
        "seller_tax_id": SELLER, "sender": "小王", "department": "销售部",
    }  # fmt: skip
    with services.database.begin() as connection:
        assert entries.enter(connection, identity, {**plain, **facts}, actor="desk", document_id=None)
    return identity


def happen(services: Services, entry_id: str, what: str, **details: Any) -> None:
    """One more event of an entry."""
    with services.database.begin() as connection:
        entries.change(connection, entry_id, what, actor="desk", details=details)


def send_all(services: Services) -> None:
    """What the outbox does, once: fan out, and send what is due until nothing is."""
    fan_out(services)
    for endpoint_id in endpoints_due(services):
        while send_next(services, endpoint_id):
            pass


def standing(services: Services) -> Standing:
    """How the only partner stands."""
    (one,) = standings(services)
    return one
