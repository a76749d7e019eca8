"""How the regions stand: what the tax authority lists of each, what is here, what waits, what was refused."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.desk.seen import entries_seen, invoices_seen, tax_rows_seen
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import entries, invoices, tax_lists, tax_rows
from models.clock import day_of
from models.document import State
from models.regions import REGIONS
from models.sight import Sight
from models.tax_list import Direction

Json = dict[str, Any]
Condition = sa.ColumnElement[bool]
COUNTS = ("listed", "here", "waiting", "refused", "missing")
#: The period that is counted where none was asked for: so many days up to today.
_DAYS = 92


def region_counts(services: Services, sight: Sight, *, since: str = "", until: str = "", company: str = "") -> Json:
    """The 36 regions, and last what names none, with counts of invoices issued in a period, both days included.

    ``listed``: on a list of the tax authority; ``here``: registered; ``waiting`` for a person; ``refused`` and not
    registered otherwise; ``missing``: listed and not registered. ``company``: the tax id of the buyer. Without days the
    last three months are counted; the answer names them.
    """
    last = until or day_of(time.time()).isoformat()
    first = since or _before(last)
    regions = _counted(services, _queries(sight, (first, last), company))
    return {"since": first, "until": last, "company": company or None, "regions": regions}


def _before(last: str) -> str:
    """The first day of the period that ends on a day; the calendar begins with the year 1."""
    return dt.date.fromordinal(max(1, dt.date.fromisoformat(last).toordinal() - _DAYS)).isoformat()


def missing_regions(services: Services, sight: Sight) -> list[Json]:
    """The regions that lists of the tax authority name in the last three months, with ``listed`` and ``missing``."""
    today = day_of(time.time()).isoformat()
    days = (_before(today), today)
    return [one for one in _counted(services, [_listed(sight, days, "")]) if one["listed"]]


def _counted(services: Services, queries: Sequence[sa.Select[Any]]) -> list[Json]:
    counted: dict[str | None, dict[str, int]] = {}
    with reading(services.database) as connection:
        for query in queries:
            for row in connection.execute(query).mappings():
                counted.setdefault(row["region"], {}).update({name: row[name] for name in row if name != "region"})
    named: list[Json] = [{"region": one.digital2, "code4": one.code4, "zh": one.zh, "en": one.en} for one in REGIONS]
    nowhere: Json = {"region": None, "code4": None, "zh": "未知地区", "en": "No region"}
    none = dict.fromkeys(COUNTS, 0)
    return [{**one, **none, **counted.get(one["region"], {})} for one in (*named, nowhere)]


def _queries(sight: Sight, days: tuple[str, str], company: str) -> list[sa.Select[Any]]:
    """One query for each source, each giving its counts by region."""
    registered = sa.select(entries.c.id).where(entries.c.withdrawn_at.is_(None))
    rejected = invoices.c.state == State.REJECTED.value
    refused = sa.and_(rejected, ~registered.where(entries.c.key == invoices.c.key).exists())
    # A sheet that was read badly may have no key; every one of those counts.
    sheet = sa.func.coalesce(invoices.c.key, invoices.c.id)
    waiting = invoices.c.state == State.IN_REVIEW.value
    return [
        _listed(sight, days, company),
        sa.select(entries.c.region, sa.func.count().label("here"))
        .where(entries.c.withdrawn_at.is_(None), entries_seen(sight), _issued(entries, days, company))
        .group_by(entries.c.region),
        sa.select(
            invoices.c.region,
            _different(sa.case((waiting, sheet))).label("waiting"),
            _different(sa.case((refused, sheet))).label("refused"),
        )
        .where(sa.or_(waiting, rejected), invoices_seen(sight), _issued(invoices, days, company))
        .group_by(invoices.c.region),
    ]


def _listed(sight: Sight, days: tuple[str, str], company: str) -> sa.Select[Any]:
    registered = sa.and_(entries.c.key == tax_rows.c.key, entries.c.withdrawn_at.is_(None))
    received = sa.select(tax_lists.c.id).where(tax_lists.c.direction == Direction.RECEIVED.value)
    return (
        sa.select(
            tax_rows.c.region,
            _different(tax_rows.c.key).label("listed"),
            _different(sa.case((entries.c.id.is_(None), tax_rows.c.key))).label("missing"),
        )
        .select_from(tax_rows.outerjoin(entries, registered))
        .where(tax_rows.c.list_id.in_(received), tax_rows_seen(sight), _issued(tax_rows, days, company))
        .group_by(tax_rows.c.region)
    )


def _different(what: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.func.count(sa.distinct(what))


def _issued(table: sa.Table, days: tuple[str, str], company: str) -> Condition:
    """Issued in the period, to a company; what was read without a day counts in every period."""
    within = table.c.issue_date.between(*days)
    day = sa.or_(within, table.c.issue_date.is_(None)) if table is invoices else within
    return sa.and_(day, table.c.buyer_tax_id == company) if company else day
