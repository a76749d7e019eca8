"""What a reader must find in a sample: the values as printed, after NFKC, and the verdict it must get."""

from __future__ import annotations

import unicodedata
from typing import Any

from models.kinds import Kind
from models.money import money_text
from samples.invoice import DIGITAL, Drawn, Line


def truth_of(drawn: Drawn) -> dict[str, Any]:
    """The fields and lines of an invoice, in the service's own names; what is not printed is left out."""
    fields = {
        "kind": drawn.kind.value,
        "title": drawn.title,
        "invoice_code": drawn.code,
        "invoice_number": drawn.number,
        "issue_date": drawn.date.isoformat(),
        "check_code": drawn.check_code,
        "machine_number": drawn.machine_number,
        "buyer_name": _plain(drawn.buyer.name),
        "buyer_tax_id": drawn.buyer.tax_id,
        "seller_name": _plain(drawn.seller.name),
        "seller_tax_id": drawn.seller.tax_id,
        "amount_excl_tax": money_text(drawn.amount),
        "tax": "0.00" if drawn.tax is None else money_text(drawn.tax),
        "total": money_text(drawn.total),
        "total_in_words": drawn.words,
        "drawer": drawn.drawer,
        "payee": "" if drawn.kind in DIGITAL else drawn.payee,
        "reviewer": "" if drawn.kind in DIGITAL else drawn.reviewer,
        "remark": _plain(drawn.remark),
        "qr_payload": drawn.qr,
    }
    return {**{name: value for name, value in fields.items() if value}, "items": [_item(line) for line in drawn.lines]}


def not_an_invoice() -> dict[str, Any]:
    """The truth of a file that shows no invoice."""
    return {"kind": Kind.NOT_INVOICE.value, "items": []}


def _item(line: Line) -> dict[str, str | None]:
    return {
        "name": line.name,
        "spec": _plain(line.spec) or None,
        "unit": line.unit or None,
        "quantity": line.quantity or None,
        "price": line.price or None,
        "amount": money_text(line.amount),
        "tax_rate": line.rate,
        "tax": "***" if line.tax is None else money_text(line.tax),
    }


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
