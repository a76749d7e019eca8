"""How long there is to wait: a document's place in its queue, and the seconds that places take as measured."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

import redis
import sqlalchemy as sa

from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import documents, events
from models.document import UNFINISHED, State

_READ = (State.REGISTERED.value, State.IN_REVIEW.value, State.REJECTED.value, State.DUPLICATE.value)
#: How many of the last events are looked at: some hundred readings, so that a change of load shows within minutes.
_LOOKED_AT = 600


@dataclass(frozen=True, slots=True)
class Turn:
    """When a waiting document is read: how many are before it, and in about how many seconds it is done (if known)."""

    ahead: int
    seconds: float | None


def turns(services: Services, submission_id: str) -> dict[str, Turn]:
    """The turn of every document of a submission that still waits, by document."""
    place = sa.func.row_number().over(partition_by=documents.c.express, order_by=documents.c.received_at)
    waiting = (
        sa.select(documents.c.id, documents.c.submission_id, documents.c.express, (place - 1).label("ahead"))
        .where(documents.c.state.in_(UNFINISHED))
        .subquery()
    )
    mine = sa.select(waiting.c.id, waiting.c.express, waiting.c.ahead).where(waiting.c.submission_id == submission_id)
    with reading(services.database) as connection:
        rows = connection.execute(mine).all()
        each = _seconds_each(connection) if rows else None
    readers = {express: _readers(services, express=express) for express in {row.express for row in rows}}
    return {row.id: Turn(row.ahead, _until(row.ahead, each, readers[row.express])) for row in rows}


def _until(ahead: int, each: float | None, readers: int) -> float | None:
    return each * (ahead // readers + 1) if each is not None else None


def _seconds_each(connection: sa.Connection) -> float | None:
    """The median time of the last readings, from a worker's taking a document to its outcome."""
    last = connection.execute(sa.select(sa.func.max(events.c.id))).scalar() or 0
    query = (
        sa.select(events.c.document_id, events.c.what, events.c.at)
        .where(events.c.id > last - _LOOKED_AT, events.c.what.in_((State.PROCESSING.value, *_READ)))
        .order_by(events.c.id)
    )
    begun: dict[str, float] = {}
    taken = []
    for document, what, at in connection.execute(query):
        if what == State.PROCESSING:
            begun[document] = at
        elif document in begun:
            taken.append(at - begun.pop(document))
    return statistics.median(taken) if taken else None


def _readers(services: Services, *, express: bool) -> int:
    """How many workers read from a queue; one where nobody can say."""
    try:
        return max(1, services.queue.readers(express=express))
    except redis.RedisError:
        return 1
