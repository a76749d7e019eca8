"""Taking in documents: stored first, committed second, queued last."""

from __future__ import annotations

import hashlib
import tempfile
import time
import unicodedata
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import redis
import sqlalchemy as sa
import structlog

from intake.desk.originals import was_deleted
from intake.desk.services import Services
from intake.errors import IntakeError
from intake.store.blobs import original_key
from intake.store.history import append, move
from intake.store.tables import documents, invoices, submissions
from intake.tracing import note, step
from models.document import UNREAD, State

log = structlog.get_logger()
_AGAIN = (State.REJECTED.value, State.FAILED.value)


class TooLarge(IntakeError):
    """The file is larger than the limit; nothing of it was kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"larger than {limit} bytes")
        self.limit = limit


class UnknownDocument(LookupError):
    """There is no such document."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender gets at once: the document's id, its hash, and where it stands."""

    document_id: str
    submission_id: str
    sha256: str
    state: State
    duplicate_of: str | None = None


def open_submission(
    services: Services,
    *,
    sender: str,
    door: str,
    client_key: str | None = None,
    department: str | None = None,
    person: str | None = None,
) -> str:
    """Open a submission and give its id; the same ``client_key`` gives the same submission again.

    ``department``: where the sender belongs. ``person``: whose session or key it is, where that is not the sender.
    """
    with services.database.begin() as connection:
        if client_key:
            known = connection.execute(
                sa.select(submissions.c.id).where(submissions.c.client_key == client_key)
            ).scalar()
            if known:
                return str(known)
        identity = uuid.uuid4().hex
        connection.execute(
            submissions.insert().values(
                id=identity, client_key=client_key, sender=sender, person=person or sender, department=department,
                door=door, created_at=time.time(),
            )
        )  # fmt: skip
        details = {"door": door, "sender": sender}
        append(connection, "submitted", actor=person or sender, submission_id=identity, details=details)
    return identity


def receive(
    services: Services,
    chunks: Iterable[bytes],
    *,
    filename: str,
    submission_id: str,
    sender: str,
    express: bool,
    mends: str | None = None,
) -> Receipt:
    """Take in one file. A file that this submission has already brought is given its first receipt again.

    Bytes that are already being handled, or that stand in the ledger, end as a duplicate at once; bytes that were
    returned or failed before are read anew. ``mends`` is the document that this one is sent to mend.

    Raises:
        TooLarge: the limit was passed while reading; nothing was kept.
        UnknownDocument: there is no document to mend.
    """
    services.settings.var.mkdir(parents=True, exist_ok=True)
    with step("receive") as span:
        with tempfile.NamedTemporaryFile(dir=services.settings.var, prefix="in-") as file:
            sha256, size = _spool(file.write, chunks, services.settings.max_bytes)
            file.flush()
            services.blobs.put(original_key(sha256), Path(file.name))
            again = partial(_bring_again, services, sha256, Path(file.name))
            receipt = _enter(services, sha256, size, filename, submission_id, sender, express, mends, again)
        note(span, document=receipt.document_id, bytes=size, state=receipt.state.value)
        if receipt.state is State.RECEIVED:
            enqueue(services, receipt.document_id, attempt=1, express=express)
    return receipt


def _spool(write: object, chunks: Iterable[bytes], limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit)
        digest.update(chunk)
        write(chunk)  # type: ignore[operator]
    return digest.hexdigest(), size


def _enter(
    services: Services,
    sha256: str,
    size: int,
    filename: str,
    submission_id: str,
    sender: str,
    express: bool,
    mends: str | None,
    again: Callable[[], None],
) -> Receipt:
    now, identity = time.time(), uuid.uuid4().hex
    with services.database.begin() as connection:
        same = connection.execute(
            sa.select(documents).where(documents.c.sha256 == sha256).order_by(documents.c.received_at)
        ).all()
        mine = next((row for row in same if row.submission_id == submission_id), None)
        if mine:
            return Receipt(mine.id, submission_id, sha256, State(mine.state), mine.duplicate_of)
        if same:
            again()
        first = next((row for row in same if row.state not in (*_AGAIN, State.DUPLICATE.value)), None)
        if mends and not connection.execute(sa.select(documents.c.id).where(documents.c.id == mends)).scalar():
            raise UnknownDocument(mends)
        connection.execute(
            documents.insert().values(
                id=identity,
                submission_id=submission_id,
                sha256=sha256,
                filename=safe_name(filename),
                size=size,
                express=express,
                state=State.RECEIVED.value,
                attempt=0,
                received_at=now,
                updated_at=now,
                mends=mends,
            )
        )
        details: dict[str, object] = {
            "name": safe_name(filename),
            "sha256": sha256,
            "size": size,
            **({"mends": mends} if mends else {}),
        }
        append(
            connection, State.RECEIVED.value, actor=sender, document_id=identity, submission_id=submission_id,
            details=details,
        )  # fmt: skip
        if first:
            move(connection, identity, State.DUPLICATE, actor="desk", duplicate_of=first.id, reason="DUP-FILE")
            return Receipt(identity, submission_id, sha256, State.DUPLICATE, first.id)
    return Receipt(identity, submission_id, sha256, State.RECEIVED)


def _bring_again(services: Services, sha256: str, file: Path) -> None:
    """Store a file that was deleted by policy since it was stored a moment ago; asked under the lock of deletions."""
    if not services.blobs.has(original_key(sha256)):
        services.blobs.put(original_key(sha256), file)


def enqueue(services: Services, document_id: str, *, attempt: int, express: bool) -> None:
    """Put a waiting document on the queue; when Redis is away it stays where it is and the sweeper comes back to it."""
    try:
        services.queue.put(document_id, attempt, express=express)
    except redis.RedisError as trouble:
        log.warning("queue_away", document=document_id, trouble=type(trouble).__name__)
        return
    with services.database.begin() as connection:
        state = connection.execute(sa.select(documents.c.state).where(documents.c.id == document_id)).scalar_one()
        if state in UNREAD:  # not when somebody took it back meanwhile
            move(connection, document_id, State.QUEUED, actor="desk", attempt=attempt - 1)


def retry(services: Services, document_id: str, *, actor: str) -> bool:
    """Read a returned or failed document once more.

    Gives False when it is neither, when a person decided about it, and when its file was deleted by policy.

    Raises:
        UnknownDocument.
    """
    with services.database.begin() as connection:
        found = connection.execute(sa.select(documents.c.attempt).where(documents.c.id == document_id)).one_or_none()
        if found is None:
            raise UnknownDocument(document_id)
        mine = (invoices.c.document_id == document_id) & invoices.c.decided_by.is_not(None)
        if connection.execute(sa.select(invoices.c.id).where(mine)).first() or was_deleted(connection, document_id):
            return False
        moved = move(connection, document_id, State.QUEUED, actor=actor, reason=None)
    if moved:
        enqueue(services, document_id, attempt=found.attempt + 1, express=True)
    return moved


def safe_name(name: str) -> str:
    """A file name fit to be shown: the last part of a path, NFC, without control characters."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    kept = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    return kept[:200] or "file"
