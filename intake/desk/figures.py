"""The figures of the first page: today, and the last thirty days by day and by reason."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.desk.health import FIRST_ARRIVAL
from intake.desk.seen import documents_seen, entries_seen, tax_lists_seen
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import documents, entries, findings, tax_lists
from models.clock import day_of, start_of
from models.document import UNFINISHED, State
from models.finding import Severity
from models.sight import Sight
from models.tax_list import Direction

DAYS = 30


@dataclass(frozen=True, slots=True)
class Today:
    """Documents received and invoices registered since midnight in Shanghai; documents that wait to be read.

    ``oldest``: for how many seconds the oldest of them has waited; None when nothing waits.
    """

    received: int
    registered: int
    waiting: int
    oldest: float | None


@dataclass(frozen=True, slots=True)
class DayCount:
    """One day in Shanghai: invoices registered (and standing), documents returned (and still so)."""

    day: dt.date
    registered: int
    returned: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """In how many documents a rule was a reason to return."""

    rule: str
    count: int


def today(services: Services, sight: Sight) -> Today:
    """How the day goes, of what somebody may see."""
    now = time.time()
    midnight = start_of(day_of(now))
    waits = sa.and_(documents.c.state.in_(UNFINISHED), documents_seen(sight))
    query = sa.select(
        _received(sight, midnight).scalar_subquery(),
        _registered(sight, midnight, now + 1).scalar_subquery(),
        _count(documents, waits).scalar_subquery(),
        sa.select(FIRST_ARRIVAL).where(waits).scalar_subquery(),
    )
    with reading(services.database) as connection:
        received, registered, waiting, first = connection.execute(query).one()
    return Today(received, registered, waiting, now - first if first is not None else None)


def by_day(services: Services, sight: Sight, days: int = DAYS) -> list[DayCount]:
    """Registered against returned of the last ``days`` days, the earliest first; today is the last one."""
    last = day_of(time.time())
    shown = [last - dt.timedelta(days=back) for back in range(days - 1, -1, -1)]
    # A count for each day walks only its stretch of the index; grouping by a computed day would differ by database.
    spans = [(start_of(day), start_of(day + dt.timedelta(days=1))) for day in shown]
    registered = _in_one(_registered(sight, since, until) for since, until in spans)
    returned = _in_one(_returned(sight, since, until) for since, until in spans)
    with reading(services.database) as connection:
        come, gone = connection.execute(registered).one(), connection.execute(returned).one()
    return [DayCount(*one) for one in zip(shown, come, gone, strict=True)]


def top_reasons(services: Services, sight: Sight, *, days: int = DAYS, limit: int = 8) -> list[ReasonCount]:
    """The rules that returned most documents in the last ``days`` days, the most frequent first."""
    since = start_of(day_of(time.time()) - dt.timedelta(days=days - 1))
    count = sa.func.count(sa.distinct(findings.c.document_id)).label("count")
    query = (
        sa.select(findings.c.rule, count)
        .join(documents, documents.c.id == findings.c.document_id)
        .where(findings.c.at >= since, findings.c.severity == Severity.REJECT.value, documents_seen(sight))
        .group_by(findings.c.rule)
        .order_by(count.desc(), findings.c.rule)
        .limit(limit)
    )
    with reading(services.database) as connection:
        return [ReasonCount(*row) for row in connection.execute(query)]


def listed(services: Services, sight: Sight) -> bool:
    """Whether a list of the tax authority of what we received was loaded; without one nothing can be missing."""
    ours = sa.and_(tax_lists.c.direction == Direction.RECEIVED.value, tax_lists_seen(sight))
    with reading(services.database) as connection:
        return connection.execute(sa.select(tax_lists.c.id).where(ours).limit(1)).first() is not None


def _received(sight: Sight, since: float) -> sa.Select[int]:
    return _count(documents, sa.and_(documents.c.received_at >= since, documents_seen(sight)))


def _registered(sight: Sight, since: float, until: float) -> sa.Select[int]:
    when = sa.and_(entries.c.registered_at >= since, entries.c.registered_at < until)
    return _count(entries, sa.and_(when, entries.c.withdrawn_at.is_(None), entries_seen(sight)))


def _returned(sight: Sight, since: float, until: float) -> sa.Select[int]:
    when = sa.and_(documents.c.updated_at >= since, documents.c.updated_at < until)
    returned = documents.c.state == State.REJECTED.value
    return _count(documents, sa.and_(returned, when, documents_seen(sight)))


def _count(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(table).where(condition)


def _in_one(queries: Iterable[sa.Select[int]]) -> sa.Select[Any]:
    return sa.select(*(query.scalar_subquery() for query in queries))
