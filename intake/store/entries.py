"""The entries of the ledger: views that their events build, and that nothing else changes.

An event holds facts; the row is what ``view_after`` makes of them one after the other. So a row that was edited behind
the back of the service does not fit its events any more (``ledger verify``), and every row can be built again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from intake.store.history import append, append_of_entries
from intake.store.tables import entries
from models.entry import Booking, Reconciliation, Verification
from models.money import parse_money
from models.numbers import issuing_region
from models.search_text import joined, searchable

Json = dict[str, Any]
#: What the event ``entered`` says of an invoice; the row holds it as it is.
FACTS = (
    "key", "kind", "invoice_code", "invoice_number", "issue_date", "amount_excl_tax", "tax", "total", "buyer_name",
    "buyer_tax_id", "seller_name", "seller_tax_id", "items", "sender", "department",
)  # fmt: skip
#: What is worked out of the facts for searching; a better version may work it out anew, so it is not part of the proof.
#: Whole cents are: they are what is summed, and there is one way to count them.
DERIVED = ("region", "words", "searched")
#: What a row says; not the forms in which it is searched.
SHOWN = tuple(column for column in entries.c if column.name not in ("words", "searched"))
_SEARCHED = (
    "invoice_code", "invoice_number", "buyer_name", "buyer_tax_id", "seller_name", "seller_tax_id", "items",
)  # fmt: skip


def enter(
    connection: sa.Connection,
    identity: str,
    facts: Mapping[str, Any],
    *,
    actor: str,
    document_id: str | None,
    submission_id: str | None = None,
) -> bool:
    """Write a new entry with its first event; False, and nothing written, when its key is taken."""
    try:
        with connection.begin_nested():
            event = append(
                connection, "entered", actor=actor, document_id=document_id, submission_id=submission_id,
                entry_id=identity, details=facts,
            )  # fmt: skip
            row = view_after({}, "entered", event.at, facts)
            connection.execute(entries.insert().values(id=identity, **row))
    except sa.exc.IntegrityError:
        return False
    return True


def change(
    connection: sa.Connection,
    entry_id: str,
    what: str,
    *,
    actor: str,
    details: Mapping[str, Any] | None = None,
    document_id: str | None = None,
) -> Json:
    """Write an event of an entry, and give the row as it is then.

    Raises:
        LookupError: there is no such entry. KeyError: there is no such event.
    """
    found = connection.execute(sa.select(entries).where(entries.c.id == entry_id)).mappings().one_or_none()
    if found is None:
        raise LookupError(entry_id)
    event = append(
        connection, what, actor=actor, document_id=document_id, entry_id=entry_id, details=details
    )  # fmt: skip
    row = view_after(dict(found), what, event.at, details or {})
    connection.execute(entries.update().where(entries.c.id == entry_id).values(**row))
    return row


def change_many(
    connection: sa.Connection, changes: Sequence[tuple[str, str, Mapping[str, Any]]], *, actor: str
) -> None:
    """Do for many entries (id, event, details) what ``change`` does for one; at most a few thousand at a time.

    Raises:
        LookupError: one of them is no entry. KeyError: there is no such event.
    """
    if not changes:
        return
    ids = {entry_id for entry_id, _, _ in changes}
    found = connection.execute(sa.select(entries).where(entries.c.id.in_(ids))).mappings()
    rows: dict[str, Json] = {row["id"]: dict(row) for row in found}
    if missing := ids - rows.keys():
        raise LookupError(min(missing))
    at = append_of_entries(connection, changes, actor=actor)
    touched: set[str] = set()
    for entry_id, what, details in changes:
        before = rows[entry_id]
        after = view_after(before, what, at, details)
        touched |= {name for name, value in after.items() if value != before[name]}
        rows[entry_id] = {**after, "id": entry_id}
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in touched}
    bound = [{"entry": row["id"], **{f"new_{name}": row[name] for name in touched}} for row in rows.values()]
    connection.execute(entries.update().where(entries.c.id == sa.bindparam("entry")).values(values), bound)


def view_after(before: Mapping[str, Any], what: str, at: float, details: Mapping[str, Any]) -> Json:
    """The row of an entry after one more event; ``before`` is {} ahead of the first.

    Raises:
        KeyError: there is no such event.
    """
    changed = _CHANGES[what](at, details)
    kept = {name: before[name] for name in before if name != "id"}
    return {**_NEW, **kept, **changed, "revision": (before.get("revision") or 0) + 1, "changed_at": at}


def rebuilt(happened: Iterable[tuple[str, float, str]]) -> Json:
    """The row that events (what, at, details as JSON) make; {} when there are none."""
    row: Json = {}
    for what, at, details in happened:
        row = view_after(row, what, at, json.loads(details))
    return row


def _entered(at: float, facts: Mapping[str, Any]) -> Json:
    stated = {name: facts.get(name) for name in FACTS}
    cents = {f"{short}_cents": _cents(facts.get(name)) for short, name in _AMOUNTS.items()}
    region = issuing_region(facts.get("invoice_number"), facts.get("invoice_code"), facts.get("seller_tax_id"))
    words = joined(facts.get(name) for name in _SEARCHED)
    derived = {"region": region.digital2 if region else None, "words": words, "searched": searchable(facts)}
    return {**stated, **cents, **derived, "registered_at": at, "withdrawn_at": None}


_AMOUNTS = {"amount": "amount_excl_tax", "tax": "tax", "total": "total"}
_NEW: Json = {
    "used_by": None,
    "used_at": None,
    "verification": Verification.UNCHECKED.value,
    "verified_at": None,
    "reconciliation": Reconciliation.UNSEEN.value,
    "booking": Booking.OPEN.value,
    "booked_as": None,
    "archived_at": None,
}
#: What each event changes. ``joined``: one more file of the same invoice. ``adopted``: an entry from before its events
#: held facts. ``rebuilt``: a row that did not fit its events was made to fit them; the event tells what stood there.
#: ``linked``: a person says which invoice of the tax authority's lists it is. ``held``: its files may not be deleted.
_CHANGES: Mapping[str, Callable[[float, Mapping[str, Any]], Json]] = {
    "entered": _entered,
    "adopted": lambda at, told: {**_entered(at, told), **told["kept"]},
    "joined": lambda at, told: {},
    "withdrawn": lambda at, told: {"withdrawn_at": at},
    "used": lambda at, told: {"used_by": told["claim"], "used_at": at},
    "verified": lambda at, told: {"verification": Verification(told["result"]).value, "verified_at": at},
    "reconciled": lambda at, told: {"reconciliation": Reconciliation(told["result"]).value},
    "linked": lambda at, told: {},
    "unlinked": lambda at, told: {},
    "booked": lambda at, told: {"booking": Booking(told["booking"]).value, "booked_as": told.get("mark")},
    "archived": lambda at, told: {"archived_at": at},
    "held": lambda at, told: {},
    "released": lambda at, told: {},
    "rebuilt": lambda at, told: {},
}


def _cents(text: str | None) -> int | None:
    amount = parse_money(text)
    return int(amount * Decimal(100)) if amount is not None else None
