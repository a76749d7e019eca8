"""How fast documents come into the ledger, and how much of it is proven without a person, by day."""

from __future__ import annotations

import datetime as dt
import functools
import statistics
import time
from dataclasses import dataclass

import sqlalchemy as sa

from intake.desk.figures import DAYS
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import documents, invoices
from models.clock import day_of, start_of
from models.document import State


@dataclass(frozen=True, slots=True)
class DaySpeed:
    """The documents registered on one day in Shanghai, and standing.

    ``median`` and ``p95``: seconds from arrival to the ledger. ``alone``: the share that no person decided.
    ``proven``: the share of their fields that a second source or a check of their own proved. None without documents.
    """

    day: dt.date
    documents: int
    median: float | None = None
    p95: float | None = None
    alone: float | None = None
    proven: float | None = None


def speed_by_day(services: Services, days: int = DAYS) -> list[DaySpeed]:
    """The last ``days`` days, the earliest first; today is the last one."""
    last = day_of(time.time())
    # What began just before midnight may still be written after it, so yesterday is counted anew too.
    count = {back: _day if back < 2 else _ended_day for back in range(days)}
    return [count[back](services.database, last - dt.timedelta(days=back)) for back in reversed(range(days))]


def _day(database: sa.Engine, day: dt.date) -> DaySpeed:
    since, until = start_of(day), start_of(day + dt.timedelta(days=1))
    # When it came to stand as it stands, so that a day is one stretch of the index of states.
    when = sa.and_(documents.c.updated_at >= since, documents.c.updated_at < until)
    mine = sa.and_(documents.c.state == State.REGISTERED.value, when)
    decided = sa.case((invoices.c.decided_by.is_not(None), invoices.c.document_id))
    sums = (sa.func.sum(invoices.c.field_count), sa.func.sum(invoices.c.proven_count))
    joined = documents.join(invoices, invoices.c.document_id == documents.c.id)
    inside = sa.select(sa.func.count(sa.distinct(decided)), *sums).select_from(joined).where(mine)
    times = sa.select(documents.c.updated_at - documents.c.received_at).where(mine)
    with reading(database) as connection:
        taken = list(connection.execute(times).scalars())
        if not taken:
            return DaySpeed(day, 0)
        by_people, fields, proven = connection.execute(inside).one()
    median, p95 = statistics.median(taken), _p95(taken)
    return DaySpeed(day, len(taken), median, p95, 1 - by_people / len(taken), proven / fields if fields else None)


#: A day that is over changes only where a registration is undone later; its figures are kept as they were first asked.
_ended_day = functools.lru_cache(maxsize=4 * DAYS)(_day)


def _p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20, method="inclusive")[-1] if len(taken) > 1 else taken[0]
