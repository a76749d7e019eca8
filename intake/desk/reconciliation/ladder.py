"""Every invoice of a list and of the ledger to its bucket: by number, then suggested, then on one side only.

Both sides are read in one go each, joined by the database; nothing is asked row by row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from intake.desk.reconciliation.compare import Difference, differences, is_dead
from intake.desk.reconciliation.coverage import Coverage, in_question, why_not_listed
from intake.desk.reconciliation.likely import NEAR, Likely
from intake.desk.reconciliation.reds import Reds
from intake.store.tables import entries, reconciliation_links, tax_lists, tax_rows
from models.clock import start_of
from models.reconciliation import Bucket, Reason

Row = Mapping[str, Any]
_PIECE = 5000
_ENTRY = (
    "id", "key", "kind", "invoice_number", "issue_date", "amount_cents", "tax_cents", "total_cents", "buyer_name",
    "buyer_tax_id", "seller_name", "seller_tax_id", "withdrawn_at",
)  # fmt: skip
_LISTED = (
    "id", "line", "key", "invoice_number", "kind", "issue_date", "amount_cents", "tax_cents", "total_cents",
    "buyer_name", "buyer_tax_id", "seller_name", "seller_tax_id", "status", "risk", "cancels", "notes",
)  # fmt: skip
_ON_LIST, _HERE = "listed_", "entry_"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one invoice ended: a row of the list, an entry, or both, and why."""

    bucket: Bucket
    reasons: tuple[Reason, ...]
    listed: Row | None = None
    entry: Row | None = None
    differences: tuple[Difference, ...] = ()
    #: Further entries that are as likely as the suggested one.
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class Ladder:
    """One list against the ledger as both are at one moment."""

    connection: sa.Connection
    coverage: Coverage
    reds: Reds
    _links: dict[str, Row] = field(default_factory=dict)
    _first: dict[str, Row] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def places(self) -> Iterator[Placed]:
        """Every invoice once, rows of the list first."""
        self._links = _linked(self.connection)
        repeated = _repeated(self.connection, self.coverage.list_id)
        likely = Likely(self.coverage.side)
        lonely: dict[int, Row] = {}
        for listed, entry in _joined(self.connection, self.coverage.list_id):
            placed = self._place(listed, entry, repeated)
            if placed is not None:
                yield placed
            else:
                lonely[listed["id"]] = listed
                likely.add(listed)
        unlisted = list(self._unlisted(likely))
        suggested: set[str] = set()
        for pair, others in likely.suggestions():
            suggested.add(pair.entry_id)
            reasons = (pair.reason, *([Reason.SEVERAL_CANDIDATES] if others else []))
            yield Placed(Bucket.SUGGESTED, reasons, lonely.pop(pair.row_id), pair.entry, others=others)
        for listed in lonely.values():
            yield Placed(Bucket.ONLY_LISTED, (Reason.NOT_RECEIVED, *self.reds.of(listed), *_notes(listed)), listed)
        yield from (placed for placed in unlisted if placed.entry is None or placed.entry["id"] not in suggested)

    def _place(self, listed: Row, entry: Row | None, repeated: set[str]) -> Placed | None:
        """Where a row of the list ends; None when it has no entry and asks for one."""
        if listed["key"] in repeated:
            first = self._first.setdefault(listed["key"], listed)
            if first is not listed:
                return _again(listed, first)
        if entry is None and listed["key"] in self._links:
            entry = self._links[listed["key"]]
            self._taken.add(entry["id"])
            return self._both(listed, entry, Reason.LINKED_BY_HAND)
        if entry is not None and entry["withdrawn_at"] is None:
            return self._both(listed, entry)
        why = self._needs_nothing(listed)
        if why:
            return Placed(Bucket.EXPLAINED, (*why, *_notes(listed)), listed)
        if entry is not None:
            return Placed(Bucket.ONLY_LISTED, (Reason.ENTRY_WITHDRAWN, *self.reds.of(listed)), listed)
        return None

    def _both(self, listed: Row, entry: Row, *further: Reason) -> Placed:
        found = tuple(differences(listed, entry))
        reasons = dict.fromkeys((*(one.reason for one in found), *further, *self.reds.of(listed), *_notes(listed)))
        return Placed(Bucket.DIFFERENT if found else Bucket.MATCHED, tuple(reasons), listed, entry, found)

    def _needs_nothing(self, listed: Row) -> tuple[Reason, ...]:
        """Why an invoice that nobody sent need not be sent."""
        if not self.coverage.is_ours(self.coverage.company_of(listed)):
            return (Reason.OTHER_COMPANY,)
        told = [Reason.DEAD_ON_LIST] if is_dead(listed) else []
        told += [Reason.RED_PAIR] if self.reds.cancels_out_unseen(listed) else []
        return tuple(told)

    def _unlisted(self, likely: Likely) -> Iterator[Placed]:
        """Entries that the list does not hold; each is offered to the rows that have no entry."""
        for entry in _missing(self.connection, self.coverage):
            if entry["id"] in self._taken:
                continue
            if not entry["elsewhere"]:
                likely.offer(entry)
            if not (self.coverage.holds_day(entry["issue_date"]) or entry["came_in_its_days"]):
                continue
            reason = why_not_listed(entry, self.coverage, elsewhere=bool(entry["elsewhere"]))
            bucket = Bucket.ONLY_HERE if reason is Reason.NOT_ON_LIST else Bucket.EXPLAINED
            yield Placed(bucket, (reason,), entry=entry)


def _again(listed: Row, first: Row) -> Placed:
    """A number that the list has had before: explained, unless it has other figures now."""
    other = next((name for name in ("total", "amount", "tax") if listed[f"{name}_cents"] != first[f"{name}_cents"]), "")
    if not other:
        return Placed(Bucket.EXPLAINED, (Reason.DUPLICATE_IN_EXPORT,), listed)
    return Placed(Bucket.DIFFERENT, (Reason.DUPLICATE_IN_EXPORT, Reason.AMOUNT_DIFF), listed)


def _notes(listed: Row) -> tuple[Reason, ...]:
    return (Reason.ZEROS_RESTORED,) if listed["notes"] else ()


def _columns(table: sa.Table, names: tuple[str, ...], prefix: str = "") -> list[sa.Label[Any]]:
    return [table.c[name].label(f"{prefix}{name}") for name in names]


def _joined(connection: sa.Connection, list_id: str) -> Iterator[tuple[Row, Row | None]]:
    """The rows of a list, each with the entry of its key."""
    query = (
        sa.select(*_columns(tax_rows, _LISTED, _ON_LIST), *_columns(entries, _ENTRY, _HERE))
        .select_from(tax_rows.outerjoin(entries, entries.c.key == tax_rows.c.key))
        .where(tax_rows.c.list_id == list_id)
        .order_by(tax_rows.c.id)
        .execution_options(yield_per=_PIECE)
    )
    for row in connection.execute(query):
        told = tuple(row)
        listed = dict(zip(_LISTED, told, strict=False))
        entry = dict(zip(_ENTRY, told[len(_LISTED) :], strict=True))
        yield listed, entry if entry["id"] else None


def _missing(connection: sa.Connection, coverage: Coverage) -> Iterator[Row]:
    """The entries in question that the list does not hold, and whether another list does."""
    if coverage.first_day > coverage.last_day:
        return
    since = start_of(dt.date.fromisoformat(coverage.first_day))
    until = start_of(dt.date.fromisoformat(coverage.last_day) + dt.timedelta(days=1))
    same = tax_rows.c.key == entries.c.key
    here = sa.exists().where(same, tax_rows.c.list_id == coverage.list_id)
    elsewhere = sa.exists().where(same, tax_rows.c.list_id != coverage.list_id)
    came = sa.and_(entries.c.registered_at >= since, entries.c.registered_at < until)
    query = (
        sa.select(*_columns(entries, _ENTRY), elsewhere.label("elsewhere"), came.label("came_in_its_days"))
        .where(in_question(coverage, NEAR, since, until), ~here)
        .order_by(entries.c.issue_date, entries.c.id)
        .execution_options(yield_per=_PIECE)
    )
    yield from map(dict, connection.execute(query).mappings())


def _repeated(connection: sa.Connection, list_id: str) -> set[str]:
    query = (
        sa.select(tax_rows.c.key)
        .where(tax_rows.c.list_id == list_id)
        .group_by(tax_rows.c.key)
        .having(sa.func.count() > 1)
    )
    return set(connection.execute(query).scalars())


def _linked(connection: sa.Connection) -> dict[str, Row]:
    """The entries that people linked to invoices of lists, by the key of the invoice."""
    query = (
        sa.select(reconciliation_links.c.key.label("linked"), *_columns(entries, _ENTRY))
        .join(entries, entries.c.id == reconciliation_links.c.entry_id)
        .where(reconciliation_links.c.undone_at.is_(None), entries.c.withdrawn_at.is_(None))
    )
    return {row["linked"]: dict(row) for row in connection.execute(query).mappings()}


def superseded(connection: sa.Connection, coverage: Coverage) -> set[str]:
    """Keys of the list that a list loaded later holds as well: what that one says is newer."""
    later = tax_rows.alias("later")
    query = (
        sa.select(tax_rows.c.key)
        .join(later, later.c.key == tax_rows.c.key)
        .join(tax_lists, tax_lists.c.id == later.c.list_id)
        .where(tax_rows.c.list_id == coverage.list_id, tax_lists.c.imported_at > coverage.imported_at)
        .distinct()
    )
    return set(connection.execute(query).scalars())
