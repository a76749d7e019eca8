"""One entry of the ledger as people see it: what it says, where it stands, what happened, what it was made from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from intake.desk.seen import entries_seen, unseen
from intake.desk.services import Services
from intake.desk.views import NotFound, carriers_of
from intake.store.database import reading
from intake.store.entries import SHOWN
from intake.store.history import parted
from intake.store.tables import entries, events
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

    Of a document that may not be seen it says neither id nor carrier: another department may have sent the same.

    Raises:
        NotFound: there is none to be seen.
    """
    mine = events.c.entry_id == entry_id
    with reading(services.database) as connection:
        query = sa.select(*SHOWN).where(entries.c.id == entry_id, entries_seen(sight))
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(entry_id)
        carriers = carriers_of(connection, sight, entry_id)
        told = connection.execute(sa.select(events).where(mine).order_by(events.c.id)).mappings().all()
        hidden = unseen(connection, frozenset(one["document_id"] for one in told if one["document_id"]), sight)
    return {
        **row,
        **life_words(row),
        "history": [_happened(one, hidden) for one in told],
        "carriers": carriers,
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


def _happened(event: sa.RowMapping, hidden: Collection[str]) -> Json:
    details, _ = parted(event["details"])
    zh, en = _told(event["what"], details)
    kept = {name: event[name] for name in ("id", "at", "actor", "what")}
    document = None if event["document_id"] in hidden else event["document_id"]
    return {**kept, "document_id": document, "zh": zh, "en": en, "details": details}


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
