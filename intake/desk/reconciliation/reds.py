"""Red-letter invoices (红字) of a list: what they take back, and what is left of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.store.tables import entries, tax_rows
from models.entry import Verification
from models.reconciliation import Reason
from models.tax_list import standing


@dataclass(frozen=True, slots=True)
class Blue:
    """An entry that red-letter invoices take back, and what they take of it (cents, not positive)."""

    entry_id: str
    total_cents: int | None
    taken_back: int

    @property
    def left(self) -> Verification:
        """What the entry is after that."""
        whole = self.total_cents is None or self.total_cents + self.taken_back <= 0
        return Verification.RED_FULL if whole else Verification.RED_PARTIAL


@dataclass(frozen=True, slots=True)
class Reds:
    """What red-letter invoices of a list do.

    ``blues``: the entries that they take back, by key. ``pairs``: the keys of invoices of the list that cancel out with
    theirs.
    """

    blues: Mapping[str, Blue]
    pairs: frozenset[str]

    def of(self, listed: Mapping[str, Any]) -> tuple[Reason, ...]:
        """What there is to say of a row."""
        told = [Reason.RED_PAIR] if _blue_key(listed) in self.pairs else []
        told += [Reason.RED_OF_OURS] if listed["cancels"] in self.blues else []
        return tuple(told)

    def cancels_out_unseen(self, listed: Mapping[str, Any]) -> bool:
        """Whether a row is one of a pair that comes to nothing, and of which the ledger has no part to put right."""
        return _blue_key(listed) in self.pairs and _blue_key(listed) not in self.blues


def find_reds(connection: sa.Connection, list_id: str) -> Reds:
    """The red-letter invoices of a list, with those of other lists that take back the same invoices."""
    here = sa.select(tax_rows.c.cancels).where(tax_rows.c.list_id == list_id, tax_rows.c.cancels.is_not(None))
    blue = tax_rows.alias("blue")
    reds = connection.execute(
        sa.select(tax_rows.c.cancels, tax_rows.c.key, tax_rows.c.total_cents, tax_rows.c.list_id, tax_rows.c.status)
        .where(tax_rows.c.cancels.in_(here))
        .order_by(tax_rows.c.id)
    ).all()
    taken: dict[str, dict[str, int]] = defaultdict(dict)
    taken_here: dict[str, dict[str, int]] = defaultdict(dict)
    for red in reds:
        if standing(red.status, None) is not None or red.total_cents is None:
            continue
        taken[red.cancels][red.key] = red.total_cents
        if red.list_id == list_id:
            taken_here[red.cancels][red.key] = red.total_cents
    listed = sa.select(blue.c.key, blue.c.total_cents).where(blue.c.list_id == list_id, blue.c.key.in_(here))
    totals = {row.key: row.total_cents for row in connection.execute(listed)}
    pairs = frozenset(key for key, total in totals.items() if total is not None and total == -_sum(taken_here[key]))
    found = sa.select(entries.c.id, entries.c.key, entries.c.total_cents)
    ours = connection.execute(found.where(entries.c.key.in_(here), entries.c.withdrawn_at.is_(None)))
    blues = {row.key: Blue(row.id, row.total_cents, _sum(taken[row.key])) for row in ours if taken[row.key]}
    return Reds(blues, pairs)


def _sum(totals: Mapping[str, int]) -> int:
    return sum(totals.values())


def _blue_key(listed: Mapping[str, Any]) -> str:
    return str(listed["cancels"] or listed["key"])
