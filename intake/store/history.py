"""The state machine and its history: the only place where a document's state changes, each change one event.

Events are append-only and chained: each holds the hash of the one before, so that a changed, missing or moved event
shows (``verify``).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from intake.store.database import EVENT_LOCK
from intake.store.tables import documents, events
from models.document import State, may_become

ALGORITHM = "sha256"
_START = "0" * 64


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
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one event to the chain, within the caller's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": EVENT_LOCK})
    previous = connection.execute(sa.select(events.c.hash).order_by(events.c.id.desc()).limit(1)).scalar() or _START
    row: dict[str, Any] = {
        "at": round(time.time(), 3),
        "actor": actor,
        "what": what,
        "document_id": document_id,
        "submission_id": submission_id,
        "details": json.dumps(details or {}, ensure_ascii=False, sort_keys=True),
        "algorithm": ALGORITHM,
        "previous": previous,
    }
    connection.execute(events.insert().values(**row, hash=_hash(row)))


def verify(connection: sa.Connection) -> int | None:
    """Walk the whole chain; give the id of the first event that does not fit, None when all do."""
    previous = _START
    for row in connection.execute(sa.select(events).order_by(events.c.id)).mappings():
        values = {name: row[name] for name in row if name not in ("id", "hash")}
        if row["previous"] != previous or row["hash"] != _hash(values):
            return int(row["id"])
        previous = row["hash"]
    return None


def _hash(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(dict(row), ensure_ascii=False, sort_keys=True).encode()).hexdigest()
