"""A selection of the ledger as conditions: what a query asks, of what somebody may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

import sqlalchemy as sa

from intake.desk.seen import entries_seen
from intake.store.entry_index import USUAL, Condition, Index, Phrase
from models.amounts import LARGEST, Amounts
from models.clock import start_of
from models.query import Query
from models.question import Figure
from models.regions import Region
from models.sight import Sight
from models.spoken_days import Days

#: 20 digits are a number, or a code of 12 and a number of 8; 18 are a code of 10 and a number of 8.
_WHOLE, _WITH_CODE = 20, (18, 20)
#: So many digits may be a tax id.
_TAX_ID = 15
#: A word may be in a sixth of all entries, a quarter of a year is sooner looked through.
_FEW_DAYS = dt.timedelta(days=100)


def selected(index: Index, sight: Sight, query: Query, *, by_index: bool = True) -> list[Condition]:
    """Every condition of a selection; ``by_index`` False where only few rows are looked at, one by one."""
    rows = index.rows.c
    told = [rows.withdrawn_at.is_(None), entries_seen(sight, index.rows)]
    for column, values in (
        (rows.kind, query.kinds),
        (rows.region, query.regions),
        (rows.verification, query.verifications),
        (rows.reconciliation, query.reconciliations),
        (rows.booking, query.bookings),
    ):
        if values:
            told += _among(column, frozenset(values), by_index=by_index)
    told += [rows.issue_date.between(days.first.isoformat(), days.last.isoformat()) for days in query.issued]
    told += [condition for days in query.registered for condition in _within(rows.registered_at, days)]
    told += [condition for span in query.totals for condition in _spanned(rows.total_cents, span)]
    if query.sender:
        told.append(_sent_by(index, query.sender, by_index=by_index))
    told += index.holds(phrases(query), by_index=by_index, among_few=_few_days(query.issued))
    if query.number:
        told.append(_number(index, query.number, Phrase(query.number, "number"), by_index=by_index))
    beside = replace(query, figures=()) != Query()
    told += [_figure(index, figure, beside, by_index=by_index) for figure in query.figures]
    # What else is looked for is rarer than a region: by its index a place would be found in half of all entries.
    alone = by_index and not (query.figures or query.number or query.sender or phrases(query))
    told += [_place(index, region, by_index=alone) for region in query.places]
    return told


def phrases(query: Query) -> list[Phrase]:
    """The words of a query that one field holds, or any."""
    fields = (("code", query.code), ("seller", query.seller), ("buyer", query.buyer), ("item", query.item))
    return [Phrase(word) for word in query.words] + [Phrase(text, field) for field, text in fields if text]


def _few_days(issued: Sequence[Days]) -> bool:
    """Whether spans of days have few in common."""
    return bool(issued) and min(one.last for one in issued) - max(one.first for one in issued) <= _FEW_DAYS


def _among(column: sa.ColumnElement[str], values: frozenset[str], *, by_index: bool) -> Iterator[Condition]:
    """One of some values; where all of them are out of the ordinary that is said too, as their index needs it."""
    yield column.in_(sorted(values))
    usual = USUAL.get(column.key or "", ())
    if by_index and usual and not values.intersection(usual):
        yield column.not_in([sa.literal_column(f"'{one}'") for one in usual])


def _sent_by(index: Index, name: str, *, by_index: bool) -> Condition:
    """By a part of the sender's name: there are few senders, so they are gone through first, from one to the next."""
    if not by_index:
        return _holds_name(index.rows.c.sender, name)
    rows, after = index.rows.alias("from_first"), index.rows.alias("from_next")
    senders = sa.select(sa.func.min(rows.c.sender).label("name")).cte("senders", recursive=True)
    following = sa.select(sa.func.min(after.c.sender)).where(after.c.sender > senders.c.name).scalar_subquery()
    senders = senders.union_all(sa.select(following).where(senders.c.name.is_not(None)))
    return index.rows.c.sender.in_(sa.select(senders.c.name).where(_holds_name(senders.c.name, name)))


def _holds_name(column: sa.ColumnElement[str], name: str) -> Condition:
    return sa.func.lower(column).contains(name, autoescape=True)


def _figure(index: Index, figure: Figure, beside: bool, *, by_index: bool) -> Condition:
    """Digits that may be a part of a number or of what was bought, an amount, or a day.

    ``beside``: something else is asked too. Alone one to three digits are no part of anything: they are in a tenth of
    all numbers and more, and nobody looks for those.
    """
    rows = index.rows.c
    any_of: list[Condition] = []
    digits = figure.digits or (figure.text if beside and figure.text.isdigit() else "")
    if digits:
        within = Phrase(digits) if len(digits) >= _TAX_ID else Phrase(digits, "code", "item")
        any_of.append(_number(index, digits, within, by_index=by_index))
    if figure.amount is not None and abs(figure.amount) <= LARGEST:
        cents = int(figure.amount * 100)
        any_of.append(rows.total_cents.in_((cents, -cents)))
    if figure.days:
        any_of.append(rows.issue_date.between(figure.days.first.isoformat(), figure.days.last.isoformat()))
    return sa.or_(sa.false(), *any_of)


def _number(index: Index, digits: str, within: Phrase, *, by_index: bool) -> Condition:
    """A number given whole, in part, or together with its code."""
    number = index.rows.c.invoice_number
    any_of = [number == digits if len(digits) == _WHOLE else sa.and_(*index.holds([within], by_index=by_index))]
    if len(digits) in _WITH_CODE:
        code = index.holds([Phrase(digits[:-8], "code")], by_index=by_index)
        any_of.append(sa.and_(number == digits[-8:], *code))
    return sa.or_(*any_of)


def _place(index: Index, region: Region, *, by_index: bool) -> Condition:
    """A region that issued, or a word in a name."""
    named = sa.and_(*index.holds([Phrase(region.zh)], by_index=by_index))
    return sa.or_(index.rows.c.region == region.digital2, named)


def _within(column: sa.ColumnElement[float], days: Days) -> Iterator[Condition]:
    """Moments of days in Shanghai."""
    if days.first > dt.date.min:
        yield column >= start_of(days.first)
    if days.last < dt.date.max:
        after = days.last + dt.timedelta(days=1)
        yield column < start_of(after)


def _spanned(column: sa.ColumnElement[int], span: Amounts) -> Iterator[Condition]:
    if span.low is not None and span.low == span.high:
        yield column.in_((span.low, -span.low))
        return
    if span.low is not None:
        yield column >= span.low
    if span.high is not None:
        yield column <= span.high
