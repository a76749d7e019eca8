"""Which entry may be meant by an invoice of the list whose number nobody registered. Only ever suggested."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.reconciliation import Reason
from models.tax_list import plain

Row = Mapping[str, Any]
#: So many days apart two readings of one date of issue may be.
NEAR = dt.timedelta(days=3)
#: More candidates than these are not looked through.
_MOST = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the list and an entry that may be the same invoice; a higher ``worth`` is likelier."""

    worth: int
    row_id: int
    entry_id: str
    reason: Reason
    entry: Row = field(compare=False)


@dataclass(slots=True)
class Likely:
    """Rows of the list without an entry, by what an entry may share with them; then entries are held against them."""

    side: str
    _rows: dict[tuple[str, Hashable], list[Row]] = field(default_factory=lambda: defaultdict(list))
    _pairs: list[Pair] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Take a row of the list that has no entry."""
        for shared in _shared(row):
            self._rows[shared].append(row)

    def offer(self, entry: Row) -> None:
        """Hold an entry that is on no list against the rows."""
        near = {row["id"]: row for shared in _shared(entry) for row in self._rows.get(shared, ())}
        for row in near.values():
            if not _same_or_unknown(row[f"{self.side}_tax_id"], entry[f"{self.side}_tax_id"]):
                continue
            if _one_digit_off(row["invoice_number"], entry["invoice_number"]):
                self._pairs.append(Pair(3, row["id"], entry["id"], Reason.ONE_DIGIT_OFF, entry))
            elif _same_deal(row, entry):
                worth = 2 if row["issue_date"] == entry["issue_date"] else 1
                self._pairs.append(Pair(worth, row["id"], entry["id"], Reason.SAME_SELLER_DAY_TOTAL, entry))

    def suggestions(self) -> Iterator[tuple[Pair, tuple[str, ...]]]:
        """The likeliest pairs, each row and each entry once, with the other entries that are just as likely."""
        by_row: dict[int, list[Pair]] = defaultdict(list)
        for pair in self._pairs:
            by_row[pair.row_id].append(pair)
        rows: set[int] = set()
        taken: set[str] = set()
        for pair in sorted(self._pairs, key=lambda pair: (-pair.worth, pair.row_id, pair.entry_id)):
            if pair.row_id in rows or pair.entry_id in taken:
                continue
            rows.add(pair.row_id)
            taken.add(pair.entry_id)
            alike = (one.entry_id for one in by_row[pair.row_id] if one.worth == pair.worth and one != pair)
            yield pair, tuple(sorted(alike)[:_MOST])


def _shared(row: Row) -> Iterable[tuple[str, Hashable]]:
    """What the same invoice still has in common when its number was misread.

    The total is always a part of it: one seller's numbers of one day follow each other and differ by a digit.
    """
    seller = row["seller_tax_id"] or plain(row["seller_name"] or "")
    day, total = row["issue_date"], row["total_cents"]
    if seller and total is not None:
        yield "seller, total", (seller, total)
    if day and total is not None:
        yield "day, total", (day, total)


def _same_deal(row: Row, entry: Row) -> bool:
    """Same seller and total, and days that are close."""
    if row["total_cents"] is None or row["total_cents"] != entry["total_cents"]:
        return False
    if not (row["issue_date"] and entry["issue_date"]):
        return False
    sellers = [one["seller_tax_id"] or plain(one["seller_name"] or "") for one in (row, entry)]
    days = [dt.date.fromisoformat(one["issue_date"]) for one in (row, entry)]
    return bool(sellers[0]) and sellers[0] == sellers[1] and abs(days[0] - days[1]) <= NEAR


def _one_digit_off(one: str, other: str) -> bool:
    """Whether numbers of one length differ in one digit, or in two neighbours that changed places."""
    if len(one) != len(other):
        return False
    places = [place for place, (left, right) in enumerate(zip(one, other, strict=True)) if left != right]
    if len(places) == 2 and places[1] == places[0] + 1:
        first, second = places
        return one[first] == other[second] and one[second] == other[first]
    return len(places) == 1


def _same_or_unknown(one: str | None, other: str | None) -> bool:
    return not one or not other or one == other
