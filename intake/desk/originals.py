"""The originals: given to whoever may see them, and proven to have the bytes that were received."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from intake.desk.seen import documents_seen
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.errors import StorageUnavailable
from intake.store.blobs import BlobAltered, Blobs, original_key
from intake.store.database import reading
from intake.store.history import append
from intake.store.tables import documents, events
from models.acts import FILE_DELETED
from models.integrity import Break, Checked, Part
from models.sight import Sight

_PIECE = 500


#: Whether the file of a document was deleted as the policy of retention says; its query has ``documents``.
DELETED = (
    sa.select(events.c.id)
    .where(events.c.document_id == documents.c.id, events.c.what == FILE_DELETED)
    .correlate(documents)
    .exists()
)


class FileDeleted(Exception):
    """The file was deleted when its time was over; what was read in it stays."""


def read_original(services: Services, sight: Sight, document_id: str, *, actor: str) -> tuple[str, bytes]:
    """The name and the bytes of a file as it arrived. The event says who read it and from where.

    Raises:
        NotFound: there is none to be seen. FileDeleted: its time was over. StorageUnavailable: it is not there.
    """
    mine = sa.and_(documents.c.id == document_id, documents_seen(sight))
    with reading(services.database) as connection:
        row = connection.execute(sa.select(documents.c.sha256, documents.c.filename).where(mine)).one_or_none()
        gone = row is not None and was_deleted(connection, document_id)
    if row is None:
        raise NotFound(document_id)
    try:
        content = services.blobs.get(original_key(row.sha256))
    except FileNotFoundError as trouble:
        raise FileDeleted if gone else StorageUnavailable(f"{original_key(row.sha256)} is not there") from trouble
    with services.database.begin() as connection:
        append(connection, "original_read", actor=actor, document_id=document_id, details={"sha256": row.sha256})
    return row.filename, content


def was_deleted(connection: sa.Connection, document_id: str) -> bool:
    """Whether the file of a document was deleted as the policy of retention says."""
    mine = sa.select(documents.c.id).where(documents.c.id == document_id, DELETED)
    return connection.execute(mine).first() is not None


def still_needed(connection: sa.Connection, sha256: str) -> bool:
    """Whether a document of these bytes was not deleted: one that came after the others were needs them again."""
    mine = sa.select(documents.c.id).where(documents.c.sha256 == sha256, ~DELETED)
    return connection.execute(mine.limit(1)).first() is not None


class Pace:
    """Lets at most so many bytes a second pass; 0 lets all pass."""

    def __init__(self, bytes_per_second: int) -> None:
        self._rate, self._free_at = bytes_per_second, 0.0

    def passed(self, size: int) -> None:
        """Wait until so many more bytes were due."""
        if not self._rate:
            return
        now = time.monotonic()
        self._free_at = max(self._free_at, now) + size / self._rate
        time.sleep(self._free_at - now)


def verify_originals(services: Services, pace: Pace, beat: Callable[[], None]) -> Checked:
    """Read the original of every document, each once, and hold it against its sha256.

    One that was deleted by policy is not missed: each of its documents has an event that says so.

    Raises:
        StorageUnavailable: the store of files does not answer.
    """
    checked = broken = 0
    first = None
    for sha256, document_id in _originals(services):
        checked += 1
        trouble = _trouble(services.blobs, sha256, pace, beat)
        if trouble:
            what, found = trouble
            if what == "file_missing" and not _expected(services, sha256):
                continue
            where = {"document": document_id, "sha256": sha256, "key": original_key(sha256), "found": found}
            broken, first = broken + 1, first or Break(Part.FILES, what, where)
    return Checked(Part.FILES, checked, broken, first)


def _trouble(blobs: Blobs, sha256: str, pace: Pace, beat: Callable[[], None]) -> tuple[str, str] | None:
    digest = hashlib.sha256()
    try:
        for piece in blobs.stream(original_key(sha256)):
            digest.update(piece)
            pace.passed(len(piece))
            beat()
    except FileNotFoundError:
        return "file_missing", ""
    except BlobAltered:
        return "file_altered", ""
    found = digest.hexdigest()
    return ("file_altered", found) if found != sha256 else None


def _expected(services: Services, sha256: str) -> bool:
    with reading(services.database) as connection:
        return still_needed(connection, sha256)


def _originals(services: Services) -> Iterator[tuple[str, str]]:
    """Every hash with a document that has it. No query stays open while files are read."""
    last = ""
    while True:
        query = sa.select(documents.c.sha256, sa.func.min(documents.c.id).label("document_id"))
        query = query.where(documents.c.sha256 > last).group_by(documents.c.sha256)
        query = query.order_by(documents.c.sha256).limit(_PIECE)
        with reading(services.database) as connection:
            rows = connection.execute(query).all()
        yield from ((row.sha256, row.document_id) for row in rows)
        if len(rows) < _PIECE:
            return
        last = rows[-1][0]
