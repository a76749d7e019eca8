"""Comes upon the invoices that a question may mean: by indexed columns, and never more than can be looked at.

Every search gives some hundred leads at most, over a million entries too; what they are worth is weighed afterwards
(``fit``). Names are looked for in the whole ledger, but of files and lists only in what came last (``LATEST``), and the
answer says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import sqlalchemy as sa

from intake.desk import search as ledger
from intake.desk.seen import documents_seen, entries_seen, invoices_seen, tax_rows_seen
from intake.desk.trace.alike import Near, near, spellings
from intake.desk.trace.subjects import Leads
from intake.store.tables import documents, entries, invoices, tax_lists, tax_rows
from models.document import State
from models.numbers import number_end
from models.query import Query
from models.question import Figure, Question
from models.regions import REGIONS
from models.sight import Sight
from models.spoken_days import Days

Condition = sa.ColumnElement[bool]
Fits = Callable[[str], bool]
#: How many leads one search follows, and in how many of the latest rows names are looked for.
MOST, LATEST = 300, 50_000
#: Of one name the newest of the ledger are as good as any; what is more frequent than one in eighty is near at hand.
_NEWEST = 50
#: An amount that so many have is common.
_COMMON = 50
#: A number with one digit wrong, or two swapped, is right at its end or right up to here.
_LAST = 5
_TROUBLE = (State.IN_REVIEW.value, State.REJECTED.value)
_NAMES = {"entries": entries.c.words, "invoices": invoices.c.words, "tax_rows": sa.func.lower(tax_rows.c.seller_name)}


def search(connection: sa.Connection, sight: Sight, asked: Question) -> Leads:
    """Follow everything that a question says."""
    found = _Search(connection, sight)
    found.leads.keys.update(asked.full_numbers)
    if asked.sha256:
        found.documents(documents.c.sha256 == asked.sha256)
    for digits in asked.digits:
        _by_number(found, digits)
    for figure in asked.figures:
        _by_amount(found, figure, asked)
    for word in asked.words:
        _by_filename(found, asked, word)
    if asked.words and not asked.figures:
        _by_names(found, asked)
    if asked.vague:
        _by_place(found, asked)
    return found.leads


class _Search:
    """Leads as they are found, by the eyes of one person."""

    def __init__(self, connection: sa.Connection, sight: Sight) -> None:
        self._connection, self._sight, self.leads = connection, sight, Leads()

    def entries(self, condition: Condition, *order: sa.ColumnElement[object], most: int = MOST) -> int:
        """Follow entries; gives how many there were."""
        seen = entries_seen(self._sight)
        query = sa.select(entries.c.key).where(condition, seen, entries.c.withdrawn_at.is_(None)).order_by(*order)
        keys = self._connection.execute(query.limit(most)).scalars().all()
        self.leads.keys.update(keys)
        return len(keys)

    def selected(self, query: Query) -> None:
        """Follow the newest entries of a selection."""
        ids = ledger.newest(self._connection, self._sight, query, _NEWEST)
        self.leads.keys.update(
            self._connection.execute(sa.select(entries.c.key).where(entries.c.id.in_(ids))).scalars()
        )

    def rows(self, condition: Condition, fits: Fits = lambda number: True, *, most: int = MOST) -> int:
        """Follow rows of the tax authority's lists whose number fits."""
        query = sa.select(tax_rows.c.key, tax_rows.c.invoice_number).where(condition, tax_rows_seen(self._sight))
        found = self._connection.execute(query.limit(most)).all()
        self.leads.keys.update(row.key for row in found if fits(row.invoice_number))
        return len(found)

    def invoices(self, condition: Condition, fits: Fits = lambda number: True, *, most: int = MOST) -> int:
        """Follow invoices as they were read, whatever became of them, whose number fits."""
        columns = (invoices.c.id, invoices.c.key, invoices.c.invoice_number)
        query = sa.select(*columns).where(condition, invoices_seen(self._sight)).limit(most)
        found = self._connection.execute(query).all()
        for row in found:
            if row.key is None and fits(row.invoice_number or ""):
                self.leads.invoices.add(row.id)
            elif row.key and fits(row.invoice_number or row.key):
                self.leads.keys.add(row.key)
        return len(found)

    def documents(self, condition: Condition) -> None:
        """Follow documents, the newest first."""
        query = sa.select(documents.c.id).where(condition, documents_seen(self._sight))
        found = self._connection.execute(query.order_by(documents.c.received_at.desc()).limit(MOST))
        self.leads.documents.update(found.scalars())


def _by_number(found: _Search, digits: str) -> None:
    """By the number as it is, by its beginning, by its end; a long one also where one digit differs."""

    def fits(number: str) -> bool:
        return near(digits, number) is not Near.APART

    beginnings = {digits, digits[:-_LAST]} if len(digits) > 2 * _LAST else {digits}
    for follow, table in ((found.invoices, invoices), (found.rows, tax_rows)):
        follow(table.c.invoice_number == digits)
        follow(sa.and_(table.c.number_end == number_end(digits), _ends(table, digits)), fits)
        for beginning in beginnings:
            follow(_begins(table.c.invoice_number, beginning), fits)
    found.entries(_begins(entries.c.key, digits))


def _ends(table: sa.Table, digits: str) -> Condition:
    short = len(digits) < 2 * _LAST
    return table.c.invoice_number.endswith(digits) if short else sa.true()


def _begins(column: sa.ColumnElement[str], digits: str) -> Condition:
    """A range instead of LIKE: an index serves it in every collation, as digits sort alike in all of them."""
    after = str(int(digits) + 1).zfill(len(digits))
    return sa.and_(column >= digits, column < after) if len(after) == len(digits) else column >= digits


def _by_amount(found: _Search, figure: Figure, asked: Question) -> None:
    """By the total, to the cent; whole yuan also where cents were left out. Red-letter ones are negative."""
    if figure.amount is None:
        return
    cents = abs(int(figure.amount * 100))
    upper = cents + 99 if cents % 100 == 0 else cents
    for follow, table in ((found.entries, entries), (found.invoices, invoices), (found.rows, tax_rows)):
        same = sa.or_(table.c.total_cents.between(cents, upper), table.c.total_cents.between(-upper, -cents))
        if follow(same, most=_COMMON) == _COMMON:  # make sure that what else was said is among them
            follow(sa.and_(same, *_narrowed(table, asked, indexed=False)))


def _narrowed(table: sa.Table, asked: Question, *, indexed: bool = True) -> list[Condition]:
    """What else was said of names, days and regions; not ``indexed`` keeps the database on the index of the amount."""
    told = [_holds(_NAMES[table.name], word) for word in asked.words]
    columns = (table.c.issue_date, table.c.region)
    day, region = columns if indexed else (sa.func.coalesce(column, "") for column in columns)
    if asked.days:
        told.append(day.between(asked.days.first.isoformat(), asked.days.last.isoformat()))
    if asked.regions:
        told.append(region.in_([one.digital2 for one in asked.regions]))
    return told


def _holds(names: sa.ColumnElement[str], word: str) -> Condition:
    return sa.or_(*(names.contains(one, autoescape=True) for one in spellings(word)))


def _by_filename(found: _Search, asked: Question, word: str) -> None:
    """Documents of that name; a part of a name is looked for in the latest ones."""
    typed = [one for one in asked.text.split() if word in one.casefold()]
    found.documents(documents.c.filename.in_(typed))
    latest = sa.select(documents.c.id, documents.c.filename).order_by(documents.c.received_at.desc()).limit(LATEST)
    recent = latest.subquery()
    holding = sa.select(recent.c.id).where(sa.func.lower(recent.c.filename).contains(word, autoescape=True))
    found.documents(documents.c.id.in_(holding.limit(MOST)))


def _by_names(found: _Search, asked: Question) -> None:
    """In the whole ledger by its index; of what was read and what is listed, in the latest."""
    found.selected(
        Query(
            words=tuple(spellings(word)[-1] for word in asked.words),  # what holds a name holds it without its place
            regions=frozenset(one.digital2 for one in asked.regions),
            issued=(asked.days,) if asked.days else (),
        )
    )
    in_days: list[Condition] = [tax_rows.c.list_id.in_(_lists_of(asked.days))] if asked.days else []
    for follow, table, told, newest in (
        (found.invoices, invoices, [invoices.c.state.in_(_TROUBLE)], None),
        (found.rows, tax_rows, in_days, tax_rows.c.id.desc()),
    ):
        where = [*told, *_narrowed(table, asked)[len(asked.words) :]]
        latest = sa.select(table.c.id, _NAMES[table.name].label("words")).where(*where).order_by(newest).limit(LATEST)
        recent = latest.subquery()
        spelt = (_holds(recent.c.words, word) for word in asked.words)
        follow(table.c.id.in_(sa.select(recent.c.id).where(*spelt).limit(MOST)))


def _lists_of(days: Days) -> sa.Select[tuple[str]]:
    """The lists that cover one of some days."""
    begins, ends = tax_lists.c.first_day <= days.last.isoformat(), tax_lists.c.last_day >= days.first.isoformat()
    return sa.select(tax_lists.c.id).where(begins, ends)


def _by_place(found: _Search, asked: Question) -> None:
    """Only where or when was said: what waits or was returned there, what only the lists have, the latest entries."""
    everywhere = dataclasses.replace(asked, regions=asked.regions or REGIONS)
    here = sa.select(entries.c.key).where(entries.c.key == tax_rows.c.key, entries.c.withdrawn_at.is_(None))
    of_kind = entries.c.kind.in_([kind.value for kind in asked.kinds]) if asked.kinds else sa.true()
    found.invoices(sa.and_(invoices.c.state.in_(_TROUBLE), *_narrowed(invoices, asked)))
    found.rows(sa.and_(~here.exists(), *_narrowed(tax_rows, everywhere)))
    found.entries(sa.and_(of_kind, *_narrowed(entries, everywhere)), entries.c.issue_date.desc())
