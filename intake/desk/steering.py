"""Steering what is in work: take a document back before it is read, put it ahead of others, and see how it goes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import redis
import sqlalchemy as sa
import structlog

from intake.desk.reasons import CANCELLED
from intake.desk.receive import enqueue
from intake.desk.services import Services
from intake.desk.views import Happening, NotFound, history
from intake.desk.waiting import Turn, turns
from intake.errors import IntakeError
from intake.store.database import reading
from intake.store.history import append, move
from intake.store.tables import documents
from models.document import UNREAD, State
from models.sight import EVERYTHING

log = structlog.get_logger()
#: What is kept of the words of whoever takes a document back.
_WORDS = 300


class TooLate(IntakeError):
    """The document does not wait any more: it is being read, or has its outcome."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a document's log: when (seconds since 1970), what, by whom, in which attempt, why.

    ``after``: seconds since the line before; None for the first.
    """

    at: float
    what: str
    actor: str
    attempt: int | None
    after: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Log:
    """How the work on a document goes: its steps so far, its turn while it waits, and the last reading by stages.

    ``waits``: it can still be taken back or put ahead. ``stages``: milliseconds of each stage of the last reading.
    """

    id: str
    submission_id: str
    filename: str
    state: State
    reason: str | None
    attempt: int
    express: bool
    waits: bool
    turn: Turn | None
    steps: Sequence[Step]
    stages: Mapping[str, float]


def work_log(services: Services, document_id: str) -> Log:
    """The log of a document's work.

    Raises:
        NotFound: there is no such document.
    """
    with reading(services.database) as connection:
        row = connection.execute(sa.select(documents).where(documents.c.id == document_id)).one_or_none()
    if row is None:
        raise NotFound(document_id)
    state = State(row.state)
    turn = None if state.final else turns(services, row.submission_id).get(document_id)
    outcome = json.loads(row.outcome) if row.outcome else {}
    return Log(
        row.id, row.submission_id, row.filename, state, row.reason, row.attempt, row.express, row.state in UNREAD,
        turn, tuple(_steps(history(services, EVERYTHING, document_id=document_id))), outcome.get("timings_ms", {}),
    )  # fmt: skip


def _steps(happened: Sequence[Happening]) -> Iterator[Step]:
    before: float | None = None
    for one in happened:
        attempt = one.details.get("attempt")
        # The event of taking a document still names the attempt before.
        counted = attempt + 1 if attempt is not None and one.what == State.PROCESSING else attempt or None
        after = None if before is None else max(one.at - before, 0.0)
        yield Step(one.at, one.what, one.actor, counted, after, one.details.get("reason"))
        before = one.at


def cancel(services: Services, document_id: str, *, actor: str, words: str) -> None:
    """Take back a document that nobody reads yet: it is returned, with these words, and can be sent or read again.

    Raises:
        NotFound. TooLate: it is being read, or has its outcome.
    """
    said = " ".join(words.split())[:_WORDS]
    with services.database.begin() as connection:
        attempt = _waiting(connection, document_id).attempt
        move(connection, document_id, State.REJECTED, actor=actor, reason=f"{CANCELLED}{said}")
    _drop(services, document_id, attempt + 1)


def put_ahead(services: Services, document_id: str, *, actor: str, express: bool) -> None:
    """Let a waiting document be read by the workers that people wait for, or again by the others.

    Raises:
        NotFound. TooLate: it is being read, or has its outcome.
    """
    with services.database.begin() as connection:
        row = _waiting(connection, document_id)
        if row.express == express:
            return
        mine = documents.c.id == document_id
        connection.execute(documents.update().where(mine).values(express=express))
        append(
            connection, "put_ahead" if express else "put_back", actor=actor, document_id=document_id,
            submission_id=row.submission_id,
        )  # fmt: skip
    # A worker that took the job meanwhile keeps the document; the second job then finds nothing that waits.
    if _drop(services, document_id, row.attempt + 1):
        enqueue(services, document_id, attempt=row.attempt + 1, express=express)


def _waiting(connection: sa.Connection, document_id: str) -> sa.Row[tuple[object, ...]]:
    row = connection.execute(sa.select(documents).where(documents.c.id == document_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(document_id)
    if row.state not in UNREAD:
        raise TooLate(document_id)
    return row


def _drop(services: Services, document_id: str, attempt: int) -> bool:
    """Forget the job; where Redis is away the job stays, and whoever takes it finds nothing to do, or does it there."""
    try:
        services.queue.drop(document_id, attempt)
    except redis.RedisError as trouble:
        log.warning("queue_away", document=document_id, trouble=type(trouble).__name__)
        return False
    return True
