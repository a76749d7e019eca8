"""The work as those who run the service see it: what is read, what waits, what is stuck, what failed."""

from __future__ import annotations

import time
from dataclasses import dataclass

import sqlalchemy as sa

from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import documents
from models.document import UNFINISHED, UNREAD, State

#: What waits or is read for longer than this many leases is stuck: the sweeper had every chance by then.
_LEASES = 5
#: What is done stays in the work for so long; a count of everything ever done would read everything.
_DONE_SECONDS = 86_400.0
_ENDED = [state.value for state in State if state.final and state is not State.FAILED]
GROUPS = ("stuck", "failed", "running", "waiting", "done")


@dataclass(frozen=True, slots=True)
class Job:
    """One document in the work: ``age`` is how long it has stood as it stands, in seconds.

    ``waits``: nobody reads it yet, so it can be taken back, or put ahead (``express``).
    """

    id: str
    filename: str
    state: str
    attempt: int
    age: float
    reason: str | None
    express: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that stand alike: how many, and the first of them (of those done in the last day, the last)."""

    name: str
    count: int
    jobs: tuple[Job, ...]


def workload(services: Services, limit: int = 15) -> list[Group]:
    """Every group of ``GROUPS`` in that order, each with at most ``limit`` documents, the oldest first."""
    now = time.time()
    old = documents.c.updated_at < now - _LEASES * services.settings.lease_seconds
    processing = documents.c.state == State.PROCESSING.value
    on_the_way = documents.c.state.in_(UNFINISHED)
    conditions = {
        "stuck": sa.and_(on_the_way, old),
        "failed": documents.c.state == State.FAILED.value,
        "running": sa.and_(processing, ~old),
        "waiting": sa.and_(documents.c.state.in_(UNREAD), ~old),
        "done": sa.and_(documents.c.state.in_(_ENDED), documents.c.updated_at > now - _DONE_SECONDS),
    }
    with reading(services.database) as connection:
        return [_group(connection, name, conditions[name], now, limit) for name in GROUPS]


def _group(connection: sa.Connection, name: str, condition: sa.ColumnElement[bool], now: float, limit: int) -> Group:
    count = connection.execute(sa.select(sa.func.count()).select_from(documents).where(condition)).scalar_one()
    # What is done runs along the index of arrival: the outcome that came last is among what arrived last.
    order = documents.c.received_at.desc() if name == "done" else documents.c.updated_at
    query = sa.select(documents).where(condition).order_by(order).limit(limit)
    jobs = (
        Job(
            row.id, row.filename, row.state, row.attempt, max(now - row.updated_at, 0.0), row.reason, row.express,
            row.state in UNREAD,
        )
        for row in connection.execute(query)
    )  # fmt: skip
    return Group(name, count, tuple(jobs))
