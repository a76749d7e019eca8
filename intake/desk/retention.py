"""Deletes the files of documents whose time is over; rows and events stay for ever.

Files are stored once for all documents of the same bytes, so they go only when the time of all of these is over and no
hold stands on one. The events are written first; a crash before the files are gone is made up for by the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from intake.desk.holds import held
from intake.desk.originals import DELETED, still_needed
from intake.desk.services import Services
from intake.settings import Settings
from intake.store.blobs import original_key, pictures_of
from intake.store.database import reading
from intake.store.history import append
from intake.store.tables import documents, entries, events, invoices
from models.acts import FILE_DELETED
from models.document import State
from models.retention import Kept, Terms

_PIECE = 500
#: So many of the last deletions are done again, as a crash may have come between their event and the files.
_AGAIN = 100
#: States that a file is kept in as a voucher; a duplicate is another file of one.
_VOUCHERS = (State.REGISTERED.value, State.DUPLICATE.value)


@dataclass(frozen=True, slots=True)
class Over:
    """Files whose time is over: the hash of the original, its documents, as what they were kept, and until when."""

    sha256: str
    documents: tuple[str, ...]
    kept: Kept
    until: float


def terms_of(settings: Settings) -> Terms:
    """The policy of retention."""
    return Terms(settings.retention_voucher_years, settings.retention_rejected_days)


def due(services: Services, now: float) -> Iterator[Over]:
    """What would be deleted now: each original once."""
    for sha256 in _candidates(services, now):
        with reading(services.database) as connection:
            over = _over(connection, terms_of(services.settings), sha256, now)
        if over:
            yield over


def delete_due(services: Services, now: float, beat: Callable[[], None] = lambda: None) -> Iterator[Over]:
    """Delete what is due, one original after the other, and give each once it is gone; ``beat`` is called after each.

    Raises:
        StorageUnavailable: the store of files does not answer; what is left is deleted by the next run.
    """
    for sha256 in _deleted_last(services):
        _remove(services, sha256)
    for sha256 in _candidates(services, now):
        with services.database.begin() as connection:
            over = _over(connection, terms_of(services.settings), sha256, now)
            if over:
                _tell(connection, over)
        if over:
            _remove(services, sha256)
            yield over
        beat()


def _tell(connection: sa.Connection, over: Over) -> None:
    details = {"sha256": over.sha256, "kept": over.kept.value, "until": over.until}
    for document_id in over.documents:
        append(connection, FILE_DELETED, actor="desk", document_id=document_id, details=details)


def _candidates(services: Services, now: float) -> Iterator[str]:
    """The hashes of documents that look over, each once; no query stays open meanwhile."""
    terms = terms_of(services.settings)
    old = sa.or_(
        sa.and_(
            documents.c.state == State.REJECTED.value, documents.c.updated_at <= terms.latest(Kept.RETURNED, now)
        ),
        sa.and_(documents.c.state.in_(_VOUCHERS), documents.c.updated_at <= terms.latest(Kept.VOUCHER, now)),
    )  # fmt: skip
    last = ""
    while True:
        query = sa.select(documents.c.sha256).where(old, ~DELETED)
        query = query.where(documents.c.sha256 > last).distinct().order_by(documents.c.sha256).limit(_PIECE)
        with reading(services.database) as connection:
            found = list(connection.execute(query).scalars())
        yield from found
        if len(found) < _PIECE:
            return
        last = found[-1]


def _over(connection: sa.Connection, terms: Terms, sha256: str, now: float) -> Over | None:
    """The files of a hash if the time of all its documents is over and none is held."""
    query = sa.select(documents.c.id, documents.c.state, documents.c.updated_at)
    rows = connection.execute(query.where(documents.c.sha256 == sha256)).all()
    ids = [row.id for row in rows]
    if any(State(row.state) not in (State.REJECTED, State.REGISTERED, State.DUPLICATE) for row in rows):
        return None
    if held(connection, ids):
        return None
    booked = _last_of_entries(connection, ids)
    kept = Kept.VOUCHER if booked or any(row.state in _VOUCHERS for row in rows) else Kept.RETURNED
    until = terms.over_at(kept, max([row.updated_at for row in rows] + booked))
    if until > now:
        return None
    told = sa.select(documents.c.id).where(documents.c.id.in_(ids), ~DELETED).order_by(documents.c.id)
    left = tuple(connection.execute(told).scalars())
    return Over(sha256, left, kept, until) if left else None


def _last_of_entries(connection: sa.Connection, ids: list[str]) -> list[float]:
    """When something was last done with the entries of documents; [] when they have none."""
    joined = entries.join(invoices, invoices.c.entry_id == entries.c.id)
    moments = (entries.c.registered_at, entries.c.used_at, entries.c.archived_at)
    rows = connection.execute(sa.select(*moments).select_from(joined).where(invoices.c.document_id.in_(ids)))
    return [moment for row in rows for moment in row if moment is not None]


def _remove(services: Services, sha256: str) -> None:
    """Take the files of a hash away, unless a document has come that needs them.

    That is asked under the lock under which documents come in: one that arrives now finds the files gone, and brings
    them again (``desk.receive``).
    """
    with services.database.begin() as connection:
        if still_needed(connection, sha256):
            return
        for key in [*services.blobs.names(pictures_of(sha256)), original_key(sha256)]:
            services.blobs.delete(key)


def _deleted_last(services: Services) -> list[str]:
    query = sa.select(documents.c.sha256, events.c.id).join(events, events.c.document_id == documents.c.id)
    query = query.where(events.c.what == FILE_DELETED).order_by(events.c.id.desc()).limit(_AGAIN)
    with reading(services.database) as connection:
        return list(dict.fromkeys(connection.execute(query).scalars()))
