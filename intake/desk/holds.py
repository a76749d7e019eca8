"""Legal holds (冻结): while one stands on a document or an entry, none of its files is deleted, however old it is."""

from __future__ import annotations

import time
import uuid
from typing import Any

import sqlalchemy as sa

from intake.desk.seen import documents_seen, entries_seen
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.store.database import reading
from intake.store.entries import change
from intake.store.history import append
from intake.store.tables import documents, entries, holds, invoices
from models.sight import Sight

Json = dict[str, Any]
_OPEN = holds.c.lifted_at.is_(None)


def hold_document(services: Services, sight: Sight, document_id: str, reason: str, *, actor: str) -> str:
    """Hold the files of a document, and give the id of the hold.

    Raises:
        NotFound: there is no such document to be seen.
    """
    seen = sa.select(documents.c.id).where(documents.c.id == document_id, documents_seen(sight))
    with services.database.begin() as connection:
        _require(connection, seen, document_id)
        identity = _insert(connection, reason, actor, document_id=document_id)
        details = {"hold": identity, "reason": reason}
        append(connection, "held", actor=actor, document_id=document_id, details=details)
    return identity


def hold_entry(services: Services, sight: Sight, entry_id: str, reason: str, *, actor: str) -> str:
    """Hold the files of all documents of an entry, also those that come, and give the id of the hold.

    Raises:
        NotFound: there is no such entry to be seen.
    """
    seen = sa.select(entries.c.id).where(entries.c.id == entry_id, entries_seen(sight))
    with services.database.begin() as connection:
        _require(connection, seen, entry_id)
        identity = _insert(connection, reason, actor, entry_id=entry_id)
        change(connection, entry_id, "held", actor=actor, details={"hold": identity, "reason": reason})
    return identity


def release(services: Services, sight: Sight, hold_id: str, reason: str, *, actor: str) -> Json:
    """Lift a hold, and give it.

    Raises:
        NotFound: there is none that stands and may be seen.
    """
    with services.database.begin() as connection:
        query = sa.select(holds).where(holds.c.id == hold_id, _OPEN, _seen(sight))
        found = connection.execute(query).mappings().one_or_none()
        if found is None:
            raise NotFound(hold_id)
        connection.execute(holds.update().where(holds.c.id == hold_id).values(lifted_at=time.time()))
        details = {"hold": hold_id, "reason": reason}
        if found["entry_id"]:
            change(connection, found["entry_id"], "released", actor=actor, details=details)
        else:
            append(connection, "released", actor=actor, document_id=found["document_id"], details=details)
    return dict(found)


def standing(
    services: Services, sight: Sight, *, document_id: str | None = None, entry_id: str | None = None
) -> list[Json]:
    """The holds that stand and may be seen, the oldest first: all, or those that keep the files of one."""
    query = sa.select(holds).where(_OPEN, _seen(sight)).order_by(holds.c.at, holds.c.id)
    if document_id:
        query = query.where(_keeps([document_id]))
    if entry_id:
        query = query.where(holds.c.entry_id == entry_id)
    with reading(services.database) as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def held(connection: sa.Connection, document_ids: list[str]) -> bool:
    """Whether a hold stands on one of these documents, or on an entry that one of them belongs to."""
    query = sa.select(holds.c.id).where(_OPEN, _keeps(document_ids))
    return connection.execute(query.limit(1)).first() is not None


def _keeps(document_ids: list[str]) -> sa.ColumnElement[bool]:
    of = sa.select(invoices.c.entry_id).where(invoices.c.document_id.in_(document_ids))
    return sa.or_(holds.c.document_id.in_(document_ids), holds.c.entry_id.in_(of))


def _seen(sight: Sight) -> sa.ColumnElement[bool]:
    of_document = sa.select(documents.c.id).where(documents.c.id == holds.c.document_id, documents_seen(sight))
    of_entry = sa.select(entries.c.id).where(entries.c.id == holds.c.entry_id, entries_seen(sight))
    return sa.or_(of_document.correlate(holds).exists(), of_entry.correlate(holds).exists())


def _require(connection: sa.Connection, query: sa.Select[tuple[str]], named: str) -> None:
    if connection.execute(query).first() is None:
        raise NotFound(named)


def _insert(connection: sa.Connection, reason: str, actor: str, **of: str) -> str:
    identity = uuid.uuid4().hex
    connection.execute(holds.insert().values(id=identity, at=time.time(), actor=actor, reason=reason, **of))
    return identity
