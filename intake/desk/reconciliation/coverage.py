"""What a list covers, and so what follows from an invoice not being on it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from intake.store.tables import entries, tax_lists, tax_rows
from models.clock import day_of
from models.kinds import Kind
from models.policy import Policy
from models.reconciliation import Reason
from models.tax_list import COMPLETE, NEVER_LISTED, Direction, Form, kinds_named, source_of

Side = Literal["buyer", "seller"]
#: The tax authority's own data follows an invoice by a day. Source: rule book §9.1.
_FRESH_DAYS = 1


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one list covers.

    ``side``: where our company stands on its rows. ``companies``: those whose list it is. ``others``: further companies
    of ours. ``kinds`` and ``sources`` are empty where the list does not name them. ``fresh_from``: the first day that
    the tax authority may not have had when the list was loaded.
    """

    list_id: str
    form: Form
    side: Side
    first_day: str
    last_day: str
    imported_at: float
    companies: frozenset[str]
    others: frozenset[str]
    kinds: frozenset[Kind]
    sources: frozenset[str]
    fresh_from: str

    def holds_day(self, day: str | None) -> bool:
        """Whether a day of issue is one of its days."""
        return day is not None and self.first_day <= day <= self.last_day

    def company_of(self, row: Mapping[str, Any]) -> str | None:
        """The tax id on our side of a row or an entry."""
        return row[f"{self.side}_tax_id"] or None

    def is_ours(self, company: str | None) -> bool:
        """Whether a company may be ours; nobody can tell of one that is not named."""
        return company is None or company in self.companies or company in self.others


def coverage_of(connection: sa.Connection, list_id: str, policy: Policy) -> Coverage:
    """What a list covers under a pack.

    Raises:
        LookupError: there is no such list.
    """
    row = connection.execute(sa.select(tax_lists).where(tax_lists.c.id == list_id)).one_or_none()
    if row is None:
        raise LookupError(list_id)
    side: Side = "buyer" if row.direction == Direction.RECEIVED.value else "seller"
    mine = sa.select(tax_rows.c[f"{side}_tax_id"]).where(tax_rows.c.list_id == list_id).distinct()
    listed = frozenset(filter(None, connection.execute(mine).scalars()))
    own = policy.own_tax_ids
    companies = (listed & own) if own else listed
    if not listed and len(own) == 1:
        # A list that does not say whose it is; we are only one.
        companies = own
    kinds = frozenset(kind for word in json.loads(row.kinds) for kind in kinds_named(word))
    fresh = day_of(row.imported_at) - dt.timedelta(days=_FRESH_DAYS)
    return Coverage(
        list_id, Form(row.form), side, row.first_day, row.last_day, row.imported_at, companies, own - companies, kinds,
        frozenset(json.loads(row.sources)), fresh.isoformat(),
    )  # fmt: skip


def in_question(coverage: Coverage, margin: dt.timedelta, since: float, until: float) -> sa.ColumnElement[bool]:
    """The entries that a list may be asked about: issued or registered in its days, and not of another of ours.

    ``margin`` widens the days of issue; ``since`` and ``until`` are the moments of registration.
    """
    first, last = (dt.date.fromisoformat(day) for day in (coverage.first_day, coverage.last_day))
    issued = entries.c.issue_date.between((first - margin).isoformat(), (last + margin).isoformat())
    registered = sa.and_(entries.c.registered_at >= since, entries.c.registered_at < until)
    company = entries.c[f"{coverage.side}_tax_id"]
    # What we got is no part of what we issued.
    issued_by_us: sa.ColumnElement[bool] = company.in_(sorted(coverage.companies))
    ours_or_strange = sa.or_(company.is_(None), company.not_in(sorted(coverage.others)))
    mine = issued_by_us if coverage.side == "seller" else ours_or_strange
    return sa.and_(entries.c.withdrawn_at.is_(None), sa.or_(issued, registered), mine)


def why_not_listed(entry: Mapping[str, Any], coverage: Coverage, *, elsewhere: bool) -> Reason:
    """Why an entry is not on a list; NOT_ON_LIST when it should be. ``elsewhere``: another list has it."""
    kind, company = Kind(entry["kind"]), coverage.company_of(entry)
    source = source_of(entry["invoice_number"])
    told = (
        (kind in NEVER_LISTED, Reason.KIND_NEVER_LISTED),
        (elsewhere, Reason.ON_ANOTHER_LIST),
        (coverage.form not in COMPLETE, Reason.ONLY_A_CHOICE),
        (not coverage.holds_day(entry["issue_date"]), Reason.OUTSIDE_COVERAGE),
        (company is not None and company not in coverage.companies, Reason.OTHER_COMPANY),
        (bool(coverage.kinds) and kind not in coverage.kinds, Reason.KIND_NOT_IN_EXPORT),
        (bool(coverage.sources) and source not in coverage.sources, Reason.SOURCE_NOT_IN_EXPORT),
        (entry["issue_date"] is not None and entry["issue_date"] >= coverage.fresh_from, Reason.TOO_FRESH),
        (company is None and bool(coverage.others), Reason.BUYER_UNKNOWN),
    )
    return next((reason for holds, reason in told if holds), Reason.NOT_ON_LIST)
