"""What a company asks of its invoices beyond the law, and the law's own dates. Pure data; read by ``intake.check``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from models.finding import Severity
from models.kinds import Kind


@dataclass(frozen=True, slots=True)
class Company:
    """A company of ours. ``here``: its invoices are taken in here; else it is another one of the group."""

    name: str
    tax_id: str
    here: bool = True


@dataclass(frozen=True, slots=True)
class Watched:
    """A seller whose invoices a person looks at, by name or tax id, and why."""

    name: str
    tax_id: str
    why: str


@dataclass(frozen=True, slots=True)
class RatePeriod:
    """A tax rate (0.13) and the days on which it holds, both included; ``last`` is None while it holds."""

    rate: Decimal
    first: dt.date
    last: dt.date | None


@dataclass(frozen=True, slots=True)
class Policy:
    """One pack. What is None or empty is not asked; amounts are yuan.

    ``age_days``: older invoices are asked about. ``books_closed``: month and day after which an invoice of the year
    before is pointed out. ``amount_limit``: a higher total is asked about. ``second_person_above``: from this total on
    two people must confirm. ``kinds``: the only kinds taken in. ``severities``: rules that are graver here.
    """

    name: str
    version: str
    valid_from: dt.date
    rates: tuple[RatePeriod, ...] = ()
    retired: Mapping[Kind, dt.date] = field(default_factory=dict)
    companies: tuple[Company, ...] = ()
    watched: tuple[Watched, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    age_days: int | None = None
    books_closed: tuple[int, int] | None = None
    amount_limit: Decimal | None = None
    second_person_above: Decimal | None = None
    severities: Mapping[str, Severity] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Name and version, as it is noted with what it judged."""
        return f"{self.name} {self.version}"

    @property
    def ours(self) -> tuple[Company, ...]:
        """The companies whose invoices are taken in here."""
        return tuple(company for company in self.companies if company.here)

    @property
    def own_tax_ids(self) -> frozenset[str]:
        """Their tax ids."""
        return frozenset(company.tax_id for company in self.ours)
