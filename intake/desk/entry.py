"""One entry of the ledger as people see it: what it says, where it stands, what happened, what it was made from."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from intake.desk.seen import entries_seen
from intake.desk.services import Services
from intake.desk.views import NotFound, invoice_json
from intake.store.database import reading
from intake.store.entries import SHOWN
from intake.store.tables import entries, events, invoices
from models.entry import (
    BOOKING_MARKS,
    BOOKING_WORDS,
    EVENT_WORDS,
    RECONCILIATION_WORDS,
    VERIFICATION_WORDS,
    Booking,
    Reconciliation,
    Verification,
)
from models.sight import Sight

Json = dict[str, Any]


def entry_view(services: Services, sight: Sight, entry_id: str) -> Json:
    """An entry with its life in words, its events, and the invoices (carriers) it was made from.

    Raises:
        NotFound: there is none to be seen.
    """
    mine = events.c.entry_id == entry_id
    with reading(services.database) as connection:
        query = sa.select(*SHOWN).where(entries.c.id == entry_id, entries_seen(sight))
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(entry_id)
        carriers = connection.execute(sa.select(invoices).where(invoices.c.entry_id == entry_id)).mappings().all()
        told = connection.execute(sa.select(events).where(mine).order_by(events.c.id)).mappings().all()
    return {
        **row,
        **life_words(row),
        "history": [_happened(one) for one in told],
        "carriers": [invoice_json(carrier) for carrier in carriers],
    }


def life_words(row: sa.RowMapping) -> dict[str, str]:
    """Where an entry stands after its registration, in both languages."""
    said = {
        "verification": VERIFICATION_WORDS[Verification(row["verification"])],
        "reconciliation": RECONCILIATION_WORDS[Reconciliation(row["reconciliation"])],
        "booking": BOOKING_WORDS[Booking(row["booking"])],
        "booked_as": BOOKING_MARKS.get(row["booked_as"] or "", ("", "")),
        "archive": ("未归档", "Not archived") if row["archived_at"] is None else ("已归档", "Archived"),
    }
    told: dict[str, str] = {}
    for name, (zh, en) in said.items():
        told |= {f"{name}_zh": zh, f"{name}_en": en}
    return told


def _happened(event: sa.RowMapping) -> Json:
    details = json.loads(event["details"])
    zh, en = _told(event["what"], details)
    kept = {name: event[name] for name in ("id", "at", "actor", "what", "document_id")}
    return {**kept, "zh": zh, "en": en, "details": details}


def _told(what: str, details: Json) -> tuple[str, str]:
    """An event in words; where it has an outcome, these are the words of the outcome."""
    match what:
        case "verified":
            return VERIFICATION_WORDS[Verification(details["result"])]
        case "reconciled":
            return RECONCILIATION_WORDS[Reconciliation(details["result"])]
        case "booked":
            return BOOKING_WORDS[Booking(details["booking"])]
        case _:
            return EVENT_WORDS[what]
