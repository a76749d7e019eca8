"""How the service is: what waits, and whether what it stands on answers."""

from __future__ import annotations

import time

import redis
import sqlalchemy as sa

from intake.desk.seen import documents_seen
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import documents
from models.document import State
from models.sight import Sight

_WAITING = (State.RECEIVED.value, State.QUEUED.value, State.PROCESSING.value)


def counts(services: Services, sight: Sight) -> dict[str, int]:
    """How many documents stand in each state."""
    query = sa.select(documents.c.state, sa.func.count()).where(documents_seen(sight)).group_by(documents.c.state)
    with reading(services.database) as connection:
        return {state: count for state, count in connection.execute(query)}


def ahead_of(services: Services, received_at: float) -> int:
    """How many documents that arrived before are still being worked on: everybody's, as they share the workers."""
    query = sa.select(sa.func.count()).select_from(documents)
    query = query.where(documents.c.state.in_(_WAITING), documents.c.received_at < received_at)
    with reading(services.database) as connection:
        return int(connection.execute(query).scalar_one())


def readiness(services: Services) -> dict[str, str]:
    """What each foundation answers: ``ok``, or the kind of trouble. Only names, never addresses."""
    state = {"database": "ok", "queue": "ok"}
    try:
        with reading(services.database) as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError as trouble:
        state["database"] = type(trouble).__name__
    try:
        services.queue.connection.ping()
    except redis.RedisError as trouble:
        state["queue"] = type(trouble).__name__
    return state


def oldest_waiting(services: Services) -> float | None:
    """For how many seconds the oldest unfinished document has waited; None when nothing waits."""
    query = sa.select(sa.func.min(documents.c.received_at)).where(documents.c.state.in_(_WAITING))
    with reading(services.database) as connection:
        first = connection.execute(query).scalar()
    return time.time() - first if first is not None else None
