"""The state machine and its history: the only place where a document's state changes, each change one event.

Events are append-only and chained: each holds the hash of the one before, so that a changed, missing or moved event
shows (``verify``).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from intake.store.tables import documents, events
from models.document import State, may_become

#: What a hash covers: every column of the event but its id and the hash. Events from before the ledger's entries had
#: events of their own knew no ``entry_id``.
_COVERED: Mapping[str, tuple[str, ...]] = {
    "sha256": ("at", "actor", "what", "document_id", "submission_id", "details", "algorithm", "previous"),
    "sha256-2": ("at", "actor", "what", "document_id", "submission_id", "entry_id", "details", "algorithm", "previous"),
}
ALGORITHM = "sha256-2"
START = "0" * 64


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
    whence = origin.get()
    told = {**(details or {}), **({"origin": asdict(whence)} if whence else {})}
    previous = connection.execute(sa.select(events.c.hash).order_by(events.c.id.desc()).limit(1)).scalar() or START
    row: dict[str, Any] = {
        "at": round(time.time(), 3),
        "actor": actor,
        "what": what,
        "document_id": document_id,
        "submission_id": submission_id,
        "entry_id": entry_id,
        "details": json.dumps(told, ensure_ascii=False, sort_keys=True),
        "algorithm": ALGORITHM,
        "previous": previous,
    }
    done = connection.execute(events.insert().values(**row, hash=event_hash(row)))
    (identity,) = done.inserted_primary_key or (0,)
    return Event(int(identity), row["at"])


def verify(connection: sa.Connection) -> int | None:
    """Walk the whole chain; give the id of the first event that does not fit, None when all do."""
    previous = START
    for row in connection.execute(sa.select(events).order_by(events.c.id)).mappings():
        if row["previous"] != previous or row["hash"] != event_hash(dict(row)):
            return int(row["id"])
        previous = row["hash"]
    return None


def event_hash(row: Mapping[str, Any]) -> str | None:
    """The hash that an event should carry; None when its algorithm is not known."""
    covered = _COVERED.get(row["algorithm"])
    if covered is None:
        return None
    text = json.dumps({name: row[name] for name in covered}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
