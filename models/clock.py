"""Moments and days as invoices count them: by the clock of Shanghai, wherever the machine stands."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(moment: float) -> dt.datetime:
    """A moment as the clock of Shanghai shows it."""
    return dt.datetime.fromtimestamp(moment, SHANGHAI)


def day_of(moment: float) -> dt.date:
    """The calendar day of a moment."""
    return local(moment).date()


def start_of(day: dt.date) -> float:
    """The moment at which a day begins."""
    return dt.datetime.combine(day, dt.time(), SHANGHAI).timestamp()
