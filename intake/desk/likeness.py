"""What an invoice resembles: the same picture saved anew, a slip without number, consecutive numbers, a return.

Only hints for people: whether two invoices are one is decided by their identity alone (``register``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from intake.desk.carriers import state_within
from intake.desk.register import total_cents
from intake.store.tables import documents, entries, invoices
from models.clock import day_of
from models.document import State
from models.finding import Finding, Severity
from models.invoice import Invoice
from models.kinds import Kind

#: Of 1024 bits, and the total must be the same as well. Measured on drawn slips of five kinds: the same picture saved
#: anew, halved or darkened differs in at most 32, another sheet of its layout in at least 39.
_NEAR = 34
#: How many earlier invoices of one total are compared: pictures by their bits alone, purchases by what was read.
_PICTURES, _PURCHASES = 5000, 100
#: Kinds in which a purchase is commonly split over consecutive sheets.
_SPLIT = frozenset(
    {
        Kind.QUOTA, Kind.TAXI, Kind.BUS, Kind.TOLL_RECEIPT, Kind.MACHINE, Kind.VAT_ROLL, Kind.VAT_NORMAL_PAPER,
        Kind.VAT_NORMAL_ELECTRONIC,
    }
)  # fmt: skip


def resembled(connection: sa.Connection, document_id: str, invoice: Invoice) -> Iterator[Finding]:
    """DUP-PICTURE or DUP-SOFT for an invoice that a person will look at: the latest earlier one that it resembles."""
    earlier = _same_picture(connection, document_id, invoice)
    rule = "DUP-PICTURE" if earlier else "DUP-SOFT"
    earlier = earlier or _same_purchase(connection, document_id, invoice)
    if earlier:
        day = day_of(earlier.received_at).isoformat()
        params = {"id": earlier.id[:8], "document": earlier.id, "time": day}
        yield Finding(rule, Severity.REVIEW, page=invoice.page, params=params)


def _earlier(document_id: str, invoice: Invoice, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Invoices of other documents with the same total that stand in the ledger or wait for a person, latest first."""
    return (
        sa.select(documents.c.id, documents.c.received_at, *columns)
        .join(invoices, invoices.c.document_id == documents.c.id)
        .where(invoices.c.total_cents == total_cents(invoice), documents.c.id != document_id)
        .where(state_within(State.REGISTERED, State.IN_REVIEW))
        .order_by(documents.c.received_at.desc())
    )


def _same_picture(connection: sa.Connection, document_id: str, invoice: Invoice) -> Any:
    if invoice.likeness is None or total_cents(invoice) is None:
        return None
    query = _earlier(document_id, invoice, invoices.c.likeness).where(invoices.c.likeness.is_not(None))
    rows = connection.execute(query.limit(_PICTURES))
    return next((row for row in rows if distance(invoice.likeness, row.likeness) <= _NEAR), None)


def _same_purchase(connection: sa.Connection, document_id: str, invoice: Invoice) -> Any:
    """The same seller, day and total, where one of the two has no identity that would tell them apart."""
    day = invoice.value("issue_date")
    if not day or total_cents(invoice) is None:
        return None
    query = _earlier(document_id, invoice, invoices.c.data).where(invoices.c.issue_date == day[:10])
    if invoice.key:
        query = query.where(invoices.c.key.is_(None))
    return next((row for row in connection.execute(query.limit(_PURCHASES)) if _same_seller(invoice, row.data)), None)


def _same_seller(invoice: Invoice, data: str) -> bool:
    fields = json.loads(data)["fields"]
    names = ("seller_tax_id", "seller_name")
    return any((said := invoice.value(name)) and said == fields.get(name, {}).get("value") for name in names)


def distance(one: str, other: str) -> int:
    """In how many of their bits two likenesses differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def consecutive(connection: sa.Connection, invoice: Invoice, sender: str) -> Iterator[Finding]:
    """SEQ-NUMBERS: the number before or after it, of the same seller, was registered for the same person."""
    number, key = invoice.value("invoice_number") or "", invoice.key
    if invoice.kind not in _SPLIT or not number.isdigit() or key is None or not key.endswith(number):
        return
    near = [f"{int(number) + step:0{len(number)}}" for step in (-1, 1)]
    keys = [key.removesuffix(number) + one for one in near]
    query = sa.select(entries).where(entries.c.key.in_(keys), entries.c.sender == sender)
    for row in connection.execute(query):
        if row.seller_name == invoice.value("seller_name"):
            a, b = sorted((number, row.invoice_number))
            params = {"a": a, "b": b, "id": row.id[:8], "entry": row.id}
            yield Finding("SEQ-NUMBERS", Severity.WARN, "invoice_number", params=params)
            return


def returned_before(connection: sa.Connection, document_id: str, invoice: Invoice) -> str | None:
    """The latest document that brought this invoice before and was sent back."""
    if invoice.key is None:
        return None
    query = (
        sa.select(documents.c.id)
        .join(invoices, invoices.c.document_id == documents.c.id)
        .where(invoices.c.key == invoice.key, documents.c.state == State.REJECTED.value, documents.c.id != document_id)
        .order_by(documents.c.received_at.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()
