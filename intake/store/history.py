"""The state machine and its history: the only place where a document's state changes, each change one event.

Events are append-only and chained: each holds the hash of the one before, so that a changed, missing or moved event
shows (``verify``).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from intake.store.tables import documents, events
from models.document import State, may_become
from models.integrity import Break, Checked, Part

#: What a hash covers: every column of the event but its id and the hash. Events from before the ledger's entries had
#: events of their own knew no ``entry_id``.
_COVERED: Mapping[str, tuple[str, ...]] = {
    "sha256": ("at", "actor", "what", "document_id", "submission_id", "details", "algorithm", "previous"),
    "sha256-2": ("at", "actor", "what", "document_id", "submission_id", "entry_id", "details", "algorithm", "previous"),
}
ALGORITHM = "sha256-2"
START = "0" * 64
#: So many events are read at a time when the chain is walked.
_PIECE = 2000


@dataclass(frozen=True, slots=True)
class Event:
    """An event just written: its place in the chain and its moment."""

    id: int
    at: float


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act comes from: the address of who asks, and the prefix of the key where it was one."""

    address: str
    key: str | None = None


#: Set by a door for the request that it serves. Every event written meanwhile holds it, and no function on the way has
#: to pass it on.
origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def parted(details: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an event says, and where it came from: that second part is for auditors alone."""
    said: dict[str, Any] = json.loads(details)
    whence = said.pop("origin", None) or {}
    return said, whence


def move(
    connection: sa.Connection,
    document_id: str,
    after: State,
    *,
    actor: str,
    attempt: int | None = None,
    **values: object,
) -> bool:
    """Move a document to a state and write the event. ``attempt`` fences: another attempt's move is refused.

    Gives False, and changes nothing, when the step is not allowed from where the document stands.
    """
    row = connection.execute(
        sa.select(documents.c.state, documents.c.attempt, documents.c.submission_id)
        .where(documents.c.id == document_id)
        .with_for_update()
    ).one()
    before = State(row.state)
    if not may_become(before, after) or (attempt is not None and row.attempt != attempt):
        return False
    changes = {"state": after.value, "updated_at": time.time(), **values}
    connection.execute(documents.update().where(documents.c.id == document_id).values(**changes))
    details = {"from": before.value, "attempt": values.get("attempt", row.attempt)}
    if values.get("reason"):
        details["reason"] = values["reason"]
    append(
        connection, after.value, actor=actor, document_id=document_id, submission_id=row.submission_id, details=details
    )
    return True


def append(
    connection: sa.Connection,
    what: str,
    *,
    actor: str,
    document_id: str | None = None,
    submission_id: str | None = None,
    entry_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> Event:
    """Append one event to the chain, within the caller's writing transaction."""
    row = _row(
        _last_hash(connection), round(time.time(), 3), actor, what, document_id=document_id,
        submission_id=submission_id, entry_id=entry_id, details=details,
    )  # fmt: skip
    done = connection.execute(events.insert().values(**row))
    (identity,) = done.inserted_primary_key or (0,)
    return Event(int(identity), row["at"])


def append_of_entries(
    connection: sa.Connection, happened: Sequence[tuple[str, str, Mapping[str, Any]]], *, actor: str
) -> float:
    """Append many events of entries (entry id, what, details) in their order at one moment, and give it."""
    previous, at, rows = _last_hash(connection), round(time.time(), 3), []
    for entry_id, what, details in happened:
        row = _row(previous, at, actor, what, document_id=None, submission_id=None, entry_id=entry_id, details=details)
        previous = row["hash"]
        rows.append(row)
    if rows:
        connection.execute(events.insert(), rows)
    return at


def _last_hash(connection: sa.Connection) -> str:
    return connection.execute(sa.select(events.c.hash).order_by(events.c.id.desc()).limit(1)).scalar() or START


def _row(
    previous: str, at: float, actor: str, what: str, *, details: Mapping[str, Any] | None, **of: str | None
) -> dict[str, Any]:
    whence = origin.get()
    told = {**(details or {}), **({"origin": asdict(whence)} if whence else {})}
    row: dict[str, Any] = {
        "at": at,
        "actor": actor,
        "what": what,
        **of,
        "details": json.dumps(told, ensure_ascii=False, sort_keys=True),
        "algorithm": ALGORITHM,
        "previous": previous,
    }
    return {**row, "hash": event_hash(row)}


def verify(connection: sa.Connection, beat: Callable[[], None] = lambda: None) -> Checked:
    """Walk the chain to its first break, reading it piece by piece; ``beat`` is called after each piece."""
    previous, before, count = START, 0, 0
    query = sa.select(events).order_by(events.c.id)
    with connection.execute(query, execution_options={"yield_per": _PIECE}) as rows:
        for piece in rows.mappings().partitions():
            for row in piece:
                count += 1
                broken = _break_at(connection, row, previous, before)
                if broken:
                    return Checked(Part.CHAIN, count, 1, broken)
                previous, before = row["hash"], row["id"]
            beat()
    return Checked(Part.CHAIN, count)


def _break_at(connection: sa.Connection, row: sa.RowMapping, previous: str, before: int) -> Break | None:
    """How an event does not fit itself or the one before it, if so."""
    where = {"event": str(row["id"]), "before": str(before)}
    if row["algorithm"] not in _COVERED:
        return Break(Part.CHAIN, "event_unknown", {**where, "algorithm": row["algorithm"]})
    if row["hash"] != event_hash(dict(row)):
        return Break(Part.CHAIN, "event_edited", where)
    if row["previous"] == previous:
        return None
    true_one = connection.execute(sa.select(events.c.id).where(events.c.hash == row["previous"]).limit(1)).scalar()
    if true_one is None and row["previous"] != START:
        return Break(Part.CHAIN, "event_gone", where)
    return Break(Part.CHAIN, "event_moved", {**where, "after": str(true_one or 0)})


def event_hash(row: Mapping[str, Any]) -> str | None:
    """The hash that an event should carry; None when its algorithm is not known."""
    covered = _COVERED.get(row["algorithm"])
    if covered is None:
        return None
    text = json.dumps({name: row[name] for name in covered}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
