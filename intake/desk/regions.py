"""How the regions stand: what the tax authority lists of each, what is here, what waits, what was refused."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from intake.desk.seen import entries_seen, invoices_seen, tax_rows_seen
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import entries, invoices, tax_lists, tax_rows
from models.document import State
from models.regions import REGIONS
from models.sight import Sight
from models.tax_list import Direction

Json = dict[str, Any]
Condition = sa.ColumnElement[bool]
COUNTS = ("listed", "here", "waiting", "refused", "missing")


def region_counts(
    services: Services, sight: Sight, *, since: str = "", until: str = "", company: str = ""
) -> list[Json]:
    """The 36 regions, and last what names none, with counts of invoices issued in a period, both days included.

    ``listed``: on a list of the tax authority; ``here``: registered; ``waiting`` for a person; ``refused`` and not
    registered otherwise; ``missing``: listed and not registered. ``company``: the tax id of the buyer.
    """
    with reading(services.database) as connection:
        counted: dict[str, dict[str | None, int]] = {
            name: {region: count for region, count in connection.execute(query)}
            for name, query in _queries(sight, since, until, company).items()
        }
    named: list[Json] = [{"region": one.digital2, "code4": one.code4, "zh": one.zh, "en": one.en} for one in REGIONS]
    nowhere: Json = {"region": None, "code4": None, "zh": "未知地区", "en": "No region"}
    return [{**one, **{name: counted[name].get(one["region"], 0) for name in COUNTS}} for one in (*named, nowhere)]


def _queries(sight: Sight, since: str, until: str, company: str) -> dict[str, sa.Select[Any]]:
    registered = sa.select(entries.c.id).where(entries.c.withdrawn_at.is_(None))
    listed = _listed(sight, since, until, company)
    waiting = invoices.c.state == State.IN_REVIEW.value
    refused = sa.and_(
        invoices.c.state == State.REJECTED.value, ~registered.where(entries.c.key == invoices.c.key).exists()
    )
    # What is read of a returned sheet may have no key; every one of those counts.
    one_each = sa.func.coalesce(invoices.c.key, invoices.c.id)
    here = sa.and_(entries.c.withdrawn_at.is_(None), entries_seen(sight))
    read = _within(invoices, since, until, company)
    return {
        "listed": _counted(tax_rows, tax_rows.c.key, listed),
        "here": _counted(entries, entries.c.id, sa.and_(here, _within(entries, since, until, company))),
        "waiting": _counted(invoices, one_each, sa.and_(waiting, invoices_seen(sight), read)),
        "refused": _counted(invoices, one_each, sa.and_(refused, invoices_seen(sight), read)),
        "missing": _counted(
            tax_rows, tax_rows.c.key, sa.and_(listed, ~registered.where(entries.c.key == tax_rows.c.key).exists())
        ),
    }


def _counted(table: sa.Table, what: sa.ColumnElement[str], condition: Condition) -> sa.Select[Any]:
    count = sa.func.count(sa.distinct(what))
    return sa.select(table.c.region, count).where(condition).group_by(table.c.region)


def _listed(sight: Sight, since: str, until: str, company: str) -> Condition:
    ours = sa.select(tax_lists.c.id).where(tax_lists.c.direction == Direction.RECEIVED.value)
    return sa.and_(
        tax_rows.c.list_id.in_(ours), tax_rows_seen(sight), _within(tax_rows, since, until, company)
    )  # fmt: skip


def _within(table: sa.Table, since: str, until: str, company: str) -> Condition:
    told: list[Condition] = [sa.true()]
    if since:
        told.append(table.c.issue_date >= since)
    if until:
        told.append(table.c.issue_date <= until)
    if company:
        told.append(table.c.buyer_tax_id == company)
    return sa.and_(*told)
