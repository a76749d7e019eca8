"""The filters of the ledger as they stand in an address."""

from __future__ import annotations

import datetime as dt
import time
from typing import Annotated

from fastapi import Query as InAddress
from pydantic import AfterValidator, BaseModel, Field

from models.clock import day_of
from models.query import FILTERS, Query, parse_query


def _on_the_calendar(day: str) -> str:
    if day:
        dt.date.fromisoformat(day)
    return day


#: A day of the calendar as ``2026-03-02``, or nothing.
Day = Annotated[str, InAddress(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"), AfterValidator(_on_the_calendar)]


def _filter(description: str) -> str:
    field: str = Field(default="", max_length=500, description=description)
    return field


class Selection(BaseModel):
    """Filters; all that are given must hold. Several values of one are separated by commas."""

    q: str = _filter("The box: numbers, amounts, days, regions, words; 卖方:范例 or seller:范例 for one filter.")
    number: str = _filter("Any part of the invoice number.")
    code: str = _filter("Any part of the invoice code.")
    seller: str = _filter("Part of the seller's name or tax id.")
    buyer: str = _filter("Part of the buyer's name or tax id.")
    item: str = _filter("Part of what was bought.")
    sender: str = _filter("Part of the name of who sent it.")
    kind: str = _filter("Kinds: codes or names, 专票, 火车票.")
    region: str = _filter("Regions that issued: 北京, Beijing, 11 or 1100.")
    issued: str = _filter("A day, month or span: 2026-03-02, 2026年3月2日, 20260302, 2026-03, 2026-03-01~2026-03-15.")
    since: str = _filter("Issued on this day or later.")
    until: str = _filter("Issued on this day or earlier.")
    registered: str = _filter("Registered on a day, in a month or a span, in Shanghai.")
    registered_since: str = _filter("Registered on this day or later.")
    registered_until: str = _filter("Registered on this day or earlier.")
    amount: str = _filter("Total: 10000, 10,000.00, ¥1万, 壹万圆整, 3280-3300, >5000.")
    verification: str = _filter("States of verification: unchecked, match … or 未查验 ….")
    reconciliation: str = _filter("States of reconciliation: unseen, matched … or 未对账 ….")
    booking: str = _filter("States of booking: open, booked, revoked or 未记账 ….")

    def typed(self) -> dict[str, str]:
        """The filters that were given, as they were typed."""
        return {name: value for name, value in self.model_dump(include=set(FILTERS)).items() if value}

    def read(self) -> Query:
        """The query that they make.

        Raises:
            BadFilter: one is not understood.
        """
        return parse_query(self.typed(), day_of(time.time()))
