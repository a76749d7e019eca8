"""How the service is: what waits, and whether what it stands on answers."""

from __future__ import annotations

import time
from dataclasses import dataclass

import redis
import sqlalchemy as sa

from intake.desk.runs import last_run
from intake.desk.services import Services
from intake.desk.verify_runs import ASKED, NIGHTLY
from intake.errors import StorageUnavailable
from intake.store.database import reading
from intake.store.dump import is_behind, schema_revision
from intake.store.tables import documents
from models.document import UNFINISHED, UNREAD

#: The first arrival of a selection of documents. By the sum PostgreSQL does not walk the index of arrivals until one
#: fits: of few that wait, that is nearly all of it.
FIRST_ARRIVAL = sa.func.min(documents.c.received_at + 0)


@dataclass(frozen=True, slots=True)
class LedgerState:
    """What the last proof of the ledger found: when, whether all of it fits, and which parts do not."""

    verified_at: float
    ok: bool
    broken: tuple[str, ...]


def counts(services: Services) -> dict[str, int]:
    """How many documents stand in each state."""
    query = sa.select(documents.c.state, sa.func.count()).group_by(documents.c.state)
    with reading(services.database) as connection:
        return {state: count for state, count in connection.execute(query)}


def readiness(services: Services) -> dict[str, str]:
    """What each foundation answers: ``ok``, or the kind of trouble. Only names, never addresses.

    Tables that a newer version has brought on are as well: while it is rolled out, both work on them.
    """
    state = dict.fromkeys(("database", "tables", "queue", "storage"), "ok")
    try:
        with reading(services.database) as connection:
            if is_behind(schema_revision(connection)):
                state["tables"] = "behind"
    except sa.exc.SQLAlchemyError as trouble:
        state["database"] = state["tables"] = type(trouble).__name__
    try:
        services.queue.connection.ping()
    except redis.RedisError as trouble:
        state["queue"] = type(trouble).__name__
    try:
        services.blobs.check()
    except StorageUnavailable as trouble:
        state["storage"] = type(trouble).__name__
    return state


def queue_ages(services: Services) -> dict[str, float]:
    """For how many seconds the oldest document that nobody reads yet has waited in each queue; 0 when none does."""
    waiting = documents.c.state.in_(UNREAD)
    oldest = sa.func.min(documents.c.updated_at)
    query = sa.select(documents.c.express, oldest).where(waiting).group_by(documents.c.express)
    now = time.time()
    with reading(services.database) as connection:
        found = {bool(express): now - first for express, first in connection.execute(query)}
    return {"express": found.get(True, 0.0), "batch": found.get(False, 0.0)}


def oldest_waiting(services: Services) -> float | None:
    """For how many seconds the oldest unfinished document has waited; None when nothing waits."""
    query = sa.select(FIRST_ARRIVAL).where(documents.c.state.in_(UNFINISHED))
    with reading(services.database) as connection:
        first = connection.execute(query).scalar()
    return time.time() - first if first is not None else None


def ledger_state(services: Services) -> LedgerState | None:
    """What the last proof of the ledger found; None before the first."""
    run = last_run(services, NIGHTLY, ASKED)
    if run is None:
        return None
    return LedgerState(run.ended_at, run.ok, tuple(one["part"] for one in run.details["parts"] if one["first"]))
