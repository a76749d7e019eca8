"""Proves that every original still has the bytes that were received, without keeping the service from its work."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from intake.desk.services import Services
from intake.store.blobs import BlobAltered, Blobs, original_key
from intake.store.database import reading
from intake.store.tables import documents
from models.integrity import Break, Checked, Part

_PIECE = 500


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
