"""The public events after a place in the history, as somebody may see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from intake.desk.seen import documents_seen, entries_seen
from intake.desk.services import Services
from intake.errors import IntakeError
from intake.store.database import reading
from intake.store.tables import documents, entries, events
from models.changes import DOCUMENT_TYPES, ENTRY_TYPES, Change, change_of
from models.sight import Sight

#: How many events are looked at in one go, so that a page without matches is answered as fast as any.
_LOOK = 20_000
_COLUMNS = (
    events.c.id, events.c.at, events.c.what, events.c.document_id, events.c.submission_id, events.c.entry_id,
    events.c.details, events.c.hash, entries.c.key, entries.c.invoice_code, entries.c.invoice_number,
    documents.c.sha256,
)  # fmt: skip
_SOURCE = events.outerjoin(entries, entries.c.id == events.c.entry_id).outerjoin(
    documents, documents.c.id == events.c.document_id
)


class CursorAhead(IntakeError):
    """The cursor points behind the end of the history: it is of another database, or an old backup was restored."""

    def __init__(self, last: int) -> None:
        super().__init__(f"the last event is {last}")
        self.last = last


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody is told of: what they may see, and of these some types (None: all)."""

    sight: Sight
    types: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Changes in the order in which they happened; ``next`` is where to go on, ``more`` whether there is more now."""

    changes: tuple[Change, ...]
    next: int
    more: bool


def changes(services: Services, after: int, limit: int, wanted: Wanted) -> Page:
    """Up to ``limit`` changes after a place in the history; 0 is its beginning.

    Raises:
        CursorAhead: there is no such place.
    """
    with reading(services.database) as connection:
        return changes_after(connection, after, limit, wanted)


def changes_after(connection: sa.Connection, after: int, limit: int, wanted: Wanted) -> Page:
    """The same, within the caller's transaction."""
    last = last_event(connection)
    if after > last:
        raise CursorAhead(last)
    end = min(last, after + _LOOK)
    within = sa.and_(events.c.id > after, events.c.id <= end, public(wanted))
    query = sa.select(*_COLUMNS).select_from(_SOURCE).where(within).order_by(events.c.id).limit(limit)
    rows = connection.execute(query).mappings().all()
    reached = rows[-1]["id"] if len(rows) == limit else end
    found = tuple(change for row in rows if (change := change_of(dict(row))))
    return Page(found, reached, reached < last)


def change_at(connection: sa.Connection, event_id: int) -> Change | None:
    """The change that one event is."""
    query = sa.select(*_COLUMNS).select_from(_SOURCE).where(events.c.id == event_id)
    return change_of(dict(connection.execute(query).mappings().one()))


def last_event(connection: sa.Connection) -> int:
    """The id of the last event. Writers wait for each other, so every event up to it is there to be seen."""
    return connection.execute(sa.select(sa.func.max(events.c.id))).scalar() or 0


def waiting_after(connection: sa.Connection, after: int, wanted: Wanted) -> tuple[int, float | None]:
    """How many changes there are after a place, and when the first of them happened."""
    query = sa.select(sa.func.count(), sa.func.min(events.c.at)).select_from(_SOURCE)
    count, first = connection.execute(query.where(events.c.id > after, public(wanted))).one()
    return count, first


def public(wanted: Wanted) -> sa.ColumnElement[bool]:
    """Which events are a change that somebody is told of."""
    of_entries = _among(ENTRY_TYPES, wanted.types)
    of_documents = _among(DOCUMENT_TYPES, wanted.types)
    return sa.or_(
        sa.and_(events.c.what.in_(of_entries), events.c.entry_id.is_not(None), entries_seen(wanted.sight)),
        sa.and_(events.c.what.in_(of_documents), events.c.document_id.is_not(None), documents_seen(wanted.sight)),
    )


def _among(types: Mapping[str, str], wanted: Collection[str] | None) -> list[str]:
    return [what for what, type_ in types.items() if wanted is None or type_ in wanted]
