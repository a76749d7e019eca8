"""Entries of the ledger without the files they came from, for tests of what is done with many."""

from __future__ import annotations

import uuid
from typing import Any

from intake.desk.services import Services
from intake.store.entries import enter
from tests.integration.invoices import BUYER, SELLER, number

USUAL = {
    "kind": "digital_normal", "issue_date": "2026-03-02", "amount_excl_tax": "100.00", "tax": "6.00",
    "total": "106.00", "seller_name": "上海范例餐饮有限公司", "seller_tax_id": SELLER,
    "buyer_name": "北京样例科技有限公司", "buyer_tax_id": BUYER, "items": "*餐饮服务*餐费", "sender": "小王",
}  # fmt: skip


def entered(services: Services, serial: int, **facts: Any) -> str:
    """Enter one; what is not said of it is as usual. Gives its id."""
    told = {**USUAL, "invoice_number": number(serial), **facts}
    told.setdefault("key", told["invoice_number"])
    identity = uuid.uuid4().hex
    with services.database.begin() as connection:
        assert enter(connection, identity, told, actor="test", document_id=None)
    return identity
