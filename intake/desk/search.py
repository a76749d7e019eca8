"""The ledger as it is searched: pages in an order, and the totals of a selection.

A page is looked for first among the entries that come next in its order (``WALK``): what is common is there, however
many there are of it. What is rare is found through the indexes, all of it, and put in order. So neither is slow, and
no planner has to guess which it is.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from intake.desk.listing import listed
from intake.desk.selection import selected
from intake.desk.services import Services
from intake.desk.similar import similar
from intake.store.database import reading, reading_one_moment
from intake.store.entry_index import Condition, Index, index_of
from models.money import money_text
from models.query import Query
from models.sight import Sight

#: So many entries are looked at one by one before an index is asked.
WALK = 4000
#: With fewer entries than these on the first page, similar ones are looked for.
LITTLE = 3


class BadCursor(ValueError):
    """The cursor was not made by this service for this order."""


def row_of_cursor(cursor: str) -> int:
    """The number of the row that a page ended with.

    Raises:
        BadCursor: it is none, or no row can have it.
    """
    if not re.fullmatch("[0-9]{1,10}", cursor) or int(cursor) >= 2**31:
        raise BadCursor(cursor)
    return int(cursor)


class Order(StrEnum):
    """In which order a selection is listed; - is downwards. What has no date or total comes last."""

    NEWEST = "-registered"
    OLDEST = "registered"
    LATEST_ISSUED = "-issued"
    FIRST_ISSUED = "issued"
    LARGEST = "-total"
    SMALLEST = "total"

    @property
    def down(self) -> bool:
        """Whether the greatest comes first."""
        return self.startswith("-")

    @property
    def column(self) -> str:
        """The column that is ordered by; entries that are equal in it follow their ids."""
        return {"registered": "registered_at", "issued": "issue_date", "total": "total_cents"}[self.removeprefix("-")]


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Some entries in order, the cursor of the next page (None at the end), and what is like it but not it."""

    rows: list[dict[str, Any]]
    next: str | None
    similar: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Totals:
    """How many entries a selection has, and the exact sums of what they say, in yuan."""

    count: int
    total: Decimal
    amount_excl_tax: Decimal
    tax: Decimal

    def as_json(self) -> dict[str, Any]:
        """The totals with amounts as text."""
        sums = {"total": self.total, "amount_excl_tax": self.amount_excl_tax, "tax": self.tax}
        return {"count": self.count, **{name: money_text(amount) for name, amount in sums.items()}}


def ledger_page(
    services: Services,
    sight: Sight,
    query: Query,
    *,
    order: Order = Order.NEWEST,
    cursor: str = "",
    limit: int = 50,
) -> LedgerPage:
    """A page of a selection. Pages have no gap and no repeat, whatever is entered while they are turned.

    Raises:
        BadCursor: ``cursor`` is not one of ours.
    """
    after = _opened(cursor, order) if cursor else None
    index = index_of(services.database.dialect.name)
    with reading_one_moment(services.database) as connection:
        places = _places(connection, index, _Asked(sight, query, order), after, limit + 1)
        rows = listed(connection, [identity for _, identity in places[:limit]])
        little = not cursor and len(rows) < (1 if query.whole_number else LITTLE)
        like = similar(connection, index, sight, query, {row["id"] for row in rows}) if little else []
    return LedgerPage(rows, _closed(places[limit - 1], order) if len(places) > limit else None, like)


def totals(services: Services, sight: Sight, query: Query) -> Totals:
    """Count and sum a whole selection, exactly."""
    index = index_of(services.database.dialect.name)
    rows = index.rows.c
    sums = (sa.func.sum(column) for column in (rows.total_cents, rows.amount_cents, rows.tax_cents))
    asked = sa.select(sa.func.count(), *sums).select_from(index.rows).where(*selected(index, sight, query))
    with reading(services.database) as connection:
        number, *cents = connection.execute(asked).one()
    return Totals(number, *(Decimal(int(one or 0)) / 100 for one in cents))


def count(connection: sa.Connection, index: Index, sight: Sight, query: Query) -> int:
    """How many entries a selection has."""
    asked = sa.select(sa.func.count()).select_from(index.rows).where(*selected(index, sight, query))
    return int(connection.execute(asked).scalar_one())


def places_of_all(index: Index, sight: Sight, query: Query, order: Order) -> sa.Select[Any]:
    """The places of a whole selection, in its order."""
    rows = index.rows
    found = sa.select(rows.c[order.column], rows.c.entry_id).where(*selected(index, sight, query)).subquery("found")
    column = found.c[order.column]
    return _ordered(found, order).order_by(None).order_by(column.is_(None), *_by(found, order))


@dataclass(frozen=True, slots=True)
class _Asked:
    sight: Sight
    query: Query
    order: Order


#: Where an entry stands in an order: what it is ordered by (None where it has none), and its id.
Place = tuple[Any, str]


def _places(connection: sa.Connection, index: Index, asked: _Asked, after: Place | None, count: int) -> list[Place]:
    found: list[Place] = []
    for part in _parts(index, asked.order, after):
        wanted = count - len(found)
        if wanted:
            places = _read(connection, _near(index, asked, part).limit(wanted))
            if len(places) < wanted:
                places = _read(connection, _everywhere(index, asked, part).limit(wanted))
            found += places
    return found


def _read(connection: sa.Connection, query: sa.Select[Any]) -> list[Place]:
    return [(value, identity) for value, identity in connection.execute(query)]


def _parts(index: Index, order: Order, after: Place | None) -> Iterator[Condition]:
    """An order in two parts: the entries that have what it goes by, and behind them those that have not."""
    column, identity = index.rows.c[order.column], index.rows.c.entry_id
    if after is None:
        yield column.is_not(None)
    elif after[0] is not None:
        here, there = sa.tuple_(column, identity), sa.tuple_(*after)
        yield here < there if order.down else here > there
    if order.column == "registered_at":
        return
    if after is None or after[0] is not None:
        yield column.is_(None)
    else:
        yield sa.and_(column.is_(None), identity < after[1] if order.down else identity > after[1])


def _near(index: Index, asked: _Asked, part: Condition) -> sa.Select[Any]:
    """What is asked for, among the entries that come next."""
    window = sa.select(index.rows).where(part).order_by(*_by(index.rows, asked.order)).limit(WALK).subquery("near")
    near = replace(index, rows=window)
    conditions = selected(near, asked.sight, asked.query, by_index=False)
    return _ordered(window, asked.order).where(*conditions)


def _everywhere(index: Index, asked: _Asked, part: Condition) -> sa.Select[Any]:
    """All of what is asked for; materialized, or a planner would walk through the order after all."""
    rows, order = index.rows, asked.order
    conditions = selected(index, asked.sight, asked.query)
    found = sa.select(rows.c[order.column], rows.c.entry_id).where(part, *conditions).cte("found")
    return _ordered(found.prefix_with("MATERIALIZED"), order)


def _ordered(rows: sa.FromClause, order: Order) -> sa.Select[Any]:
    return sa.select(rows.c[order.column], rows.c.entry_id).order_by(*_by(rows, order))


def _by(rows: sa.FromClause, order: Order) -> list[sa.ColumnElement[Any]]:
    columns = (rows.c[order.column], rows.c.entry_id)
    return [column.desc() if order.down else column.asc() for column in columns]


def _closed(place: Place, order: Order) -> str:
    return base64.urlsafe_b64encode(json.dumps([order, *place]).encode()).decode()


def _opened(cursor: str, order: Order) -> Place:
    try:
        made_for, value, identity = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, binascii.Error) as trouble:
        raise BadCursor(cursor) from trouble
    fits = {"registered_at": float, "issue_date": str, "total_cents": int}[order.column]
    if made_for != order or not isinstance(identity, str) or not isinstance(value, fits | None):
        raise BadCursor(cursor)
    return value, identity
