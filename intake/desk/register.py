"""Into the ledger, once: a new entry, a further file of a known one, a duplicate, or a question for a person."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from intake.desk.carriers import carrying
from intake.store.entries import change, enter
from intake.store.tables import documents, entries, invoices
from models.clock import day_of
from models.document import State
from models.finding import Finding, Severity
from models.invoice import Invoice
from models.money import parse_money
from models.numbers import issuing_region, number_end
from models.outcome import PICTURES, Format
from models.search_text import joined

_COPIED = (
    "invoice_code",
    "invoice_number",
    "issue_date",
    "amount_excl_tax",
    "tax",
    "total",
    "buyer_name",
    "buyer_tax_id",
    "seller_name",
    "seller_tax_id",
)
_SEARCHED = (
    "invoice_code", "invoice_number", "ticket_number", "buyer_name", "buyer_tax_id", "seller_name", "seller_tax_id",
)  # fmt: skip
#: What two files of one invoice must agree on.
_COMPARED = ("total", "amount_excl_tax", "tax", "issue_date", "buyer_tax_id", "seller_tax_id")
#: Two pictures of one invoice are the same evidence twice, whatever their format; data, PDF and OFD are further ones.
_PICTURE = "picture"
#: The columns of an entry that hold no more than so many characters.
_LENGTHS = {column.name: column.type.length for column in entries.c if isinstance(column.type, sa.String)}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a document, and where they belong."""

    name: str
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of an invoice: its state, its entry, the document that came first, and what is to be said."""

    state: State
    entry_id: str | None = None
    first: str | None = None
    findings: tuple[Finding, ...] = ()


def register(connection: sa.Connection, document_id: str, form: Format, invoice: Invoice, sender: Sender) -> Registered:
    """Enter an accepted invoice into the ledger, once.

    A further format of the same invoice joins its entry as a carrier; the same format again is a duplicate; other
    figures under the same number are for a person.
    """
    key = invoice.key
    if key is None:
        missing = Finding("GATE-UNPROVEN", Severity.REVIEW, params={"fields": "@field.invoice_number"})
        return Registered(State.IN_REVIEW, findings=(missing,))
    identity = uuid.uuid4().hex
    facts = _facts(key, invoice, sender)
    if enter(connection, identity, facts, actor="desk", document_id=document_id):
        return Registered(State.REGISTERED, identity)
    entry = connection.execute(sa.select(entries).where(entries.c.key == key).with_for_update()).one()
    if entry.withdrawn_at is not None:
        change(connection, entry.id, "entered", actor="desk", details=facts, document_id=document_id)
        return Registered(State.REGISTERED, entry.id)
    return _join(connection, document_id, form, invoice, entry)


def total_cents(invoice: Invoice) -> int | None:
    """The total in whole cents."""
    total = parse_money(invoice.value("total"))
    return int(total * Decimal(100)) if total is not None else None


def copied(invoice: Invoice) -> dict[str, object]:
    """What the row of an invoice repeats of its fields, so that it is found whatever became of it, and counted."""
    number = invoice.value("invoice_number") or invoice.value("ticket_number")
    other = (invoice.value("seller_tax_id"), invoice.value("qr_payload"))
    region = issuing_region(number, invoice.value("invoice_code"), *other)
    names = [invoice.value(name) for name in _SEARCHED]
    return {
        "key": (invoice.key or "")[:64] or None,
        "invoice_number": number[:20] if number else None,
        "number_end": number_end(number),
        "issue_date": (invoice.value("issue_date") or "")[:10] or None,
        "total_cents": total_cents(invoice),
        "seller_name": (invoice.value("seller_name") or "")[:400] or None,
        "buyer_tax_id": (invoice.value("buyer_tax_id") or "")[:30] or None,
        "region": region.digital2 if region else None,
        "words": joined([*names, *(item.name for item in invoice.items)]),
        "field_count": len(invoice.fields),
        "proven_count": sum(field.proven for field in invoice.fields.values()),
    }


def _join(
    connection: sa.Connection, document_id: str, form: Format, invoice: Invoice, entry: sa.Row[tuple[object, ...]]
) -> Registered:
    carriers = connection.execute(
        sa.select(documents.c.id, documents.c.outcome)
        .join(invoices, invoices.c.document_id == documents.c.id)
        .where(carrying([entry.id]))
    ).all()
    first = next((row.id for row in carriers if row.id != document_id), None)
    known_forms = {_carrier(json.loads(row.outcome)["format"]) for row in carriers if row.outcome}
    again = _carrier(form) in known_forms
    other = next((name for name in _COMPARED if _differs(getattr(entry, name), invoice.value(name))), None)
    number, day = entry.invoice_number, day_of(entry.registered_at).isoformat()
    place = {"id": entry.id[:8], "entry": entry.id, "who": entry.sender, "time": day}
    if other:
        said = {"field": f"@field.{other}", "a": str(getattr(entry, other)), "b": invoice.value(other) or "–"}
        rule = "DUP-NUM-OTHER-DATA" if again else "XML-PDF-MISMATCH"
        differing = Finding(rule, Severity.REVIEW, other, params={**said, **place, "num": number})
        return Registered(State.IN_REVIEW, None, first, (differing,))
    if again:
        known = Finding("DUP-INVOICE", Severity.INFO, "invoice_number", params={**place, "num": number})
        return Registered(State.DUPLICATE, entry.id, first, (known,))
    change(connection, entry.id, "joined", actor="desk", details={"format": form.value}, document_id=document_id)
    companion = Finding("DUP-COMPANION", Severity.INFO, params=place)
    return Registered(State.REGISTERED, entry.id, None, (companion,))


def _carrier(form: str) -> str:
    return _PICTURE if Format(form) in PICTURES else form


def _differs(known: str | None, said: str | None) -> bool:
    return known is not None and said is not None and known != said


def _facts(key: str, invoice: Invoice, sender: Sender) -> dict[str, object]:
    told: dict[str, object] = {name: invoice.value(name) for name in _COPIED}
    # A paper itinerary has no number but that of its ticket.
    told["invoice_number"] = told["invoice_number"] or invoice.value("ticket_number")
    items = "\n".join(item.name for item in invoice.items if item.name)
    told = {name: str(value)[: _LENGTHS[name]] if value is not None else None for name, value in told.items()}
    return {
        **told,
        "key": key,
        "kind": invoice.kind.value,
        "items": items or None,
        "sender": sender.name,
        "department": sender.department,
    }
