"""Days as people say them: 昨天, 上周三, 3月2日, 2026-03-02, last week, 2 March. Each is a span of calendar days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Days:
    """A span of days, both ends included."""

    first: dt.date
    last: dt.date

    def holds(self, day: str | None) -> bool:
        """Whether an ISO day lies within; nothing lies nowhere."""
        return day is not None and self.first.isoformat() <= day[:10] <= self.last.isoformat()

    def with_(self, other: Days | None) -> Days:
        """The span from the first day of both to the last."""
        return self if other is None else Days(min(self.first, other.first), max(self.last, other.last))


Said = re.Match[str]
_WEEK = "(?:周|星期|礼拜)"
_WEEKDAYS = "一二三四五六日"
_COUNTS = {word: value for value, word in enumerate("零一二三四五六七八九十")} | {"两": 2}
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if name[3:] else name for name in _MONTHS)
_DAYS_EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_COUNT = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"


def cut_days(text: str, today: dt.date) -> tuple[Days | None, str]:
    """Take every day out of a text (NFKC, lower case); gives the span of all of them, and what is left.

    A day without a year is the latest one that is not in the future; a week begins on Monday.
    """
    found: Days | None = None
    for pattern, read in _READERS.items():

        def take(said: Said, read: Callable[[Said, dt.date], Days | None] = read) -> str:
            nonlocal found
            try:
                days = read(said, today)
            except (ValueError, OverflowError):
                days = None
            if days is None:
                return said[0]
            found = days.with_(found)
            return " "

        text = re.sub(pattern, take, text)
    return found, text


def packed_day(digits: str) -> Days | None:
    """The day that eight digits without separators may be (20260302); None when they are none."""
    try:
        return _one(dt.datetime.strptime(digits, "%Y%m%d").date()) if re.fullmatch(r"20\d{6}", digits) else None
    except ValueError:
        return None


def _one(day: dt.date) -> Days:
    return Days(day, day)


def _week(today: dt.date, back: int) -> Days:
    monday = today - dt.timedelta(today.weekday() + 7 * back)
    return Days(monday, monday + dt.timedelta(6))


def _month(year: int, month: int) -> Days:
    """A month; months below 1 lie in the years before."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    after = dt.date(year + month // 12, month % 12 + 1, 1)
    return Days(dt.date(year, month, 1), after - dt.timedelta(1))


def _quarter(today: dt.date, back: int) -> Days:
    first = today.month - (today.month - 1) % 3 - 3 * back
    return _month(today.year, first).with_(_month(today.year, first + 2))


def _year(year: int) -> Days:
    return Days(dt.date(year, 1, 1), dt.date(year, 12, 31))


def _month_back(today: dt.date, back: int) -> Days:
    return _month(today.year, today.month - back)


def _year_back(today: dt.date, back: int) -> Days:
    return _year(today.year - back)


def _count(text: str) -> int:
    """A number up to 99 in figures or in Chinese. Raises: ValueError."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if (tens and tens not in _COUNTS) or (ones and ones not in _COUNTS):
        raise ValueError(text)
    return (_COUNTS[tens] if tens else 1) * 10 * bool(ten) + (_COUNTS[ones] if ones else 0)


def _latest(today: dt.date, month: int, day: int | None) -> Days:
    """A day or month without its year."""
    for year in range(today.year, today.year - 5, -1):  # five years back there is a 29 February
        try:
            days = _one(dt.date(year, month, day)) if day else _month(year, month)
        except ValueError:
            continue
        if days.first <= today:
            return days
    raise ValueError(f"{month}-{day}")


def _weekday(today: dt.date, number: int, back: int | None) -> Days:
    if back is None:
        return _one(today - dt.timedelta((today.weekday() - number) % 7))
    return _one(_week(today, back).first + dt.timedelta(number))


def _in_month(said: Said, today: dt.date) -> Days | None:
    month = _count(said[1])
    if not 1 <= month <= 12:
        return None
    return _latest(today, month, _count(said[2]) if said[2] else None)


def _full(said: Said, today: dt.date) -> Days:
    return _one(dt.date(int(said[1]), int(said[2]), int(said[3])))


def _english(said: Said, today: dt.date) -> Days:
    month = next(place for place, name in enumerate(_MONTHS, 1) if name.startswith(said["month"][:3]))
    day = said["before"] or said["after"]
    if said["year"]:
        year = int(said["year"])
        return _one(dt.date(year, month, int(day))) if day else _month(year, month)
    return _latest(today, month, int(day) if day else None)


def _back(said: Said, marks: Mapping[str, int]) -> int:
    return next((back for mark, back in marks.items() if said[1] and said[1].startswith(mark)), 0)


def _last_of(said: Said, today: dt.date) -> Days:
    count, unit = _count(said[1]), said[2]
    length = {"周": 7, "星": 7, "礼": 7, "w": 7, "个": 30, "月": 30, "m": 30}.get(unit[0], 1) * count
    return Days(today - dt.timedelta(length), today)


def _ago(said: Said, today: dt.date) -> Days:
    return _one(today - dt.timedelta(_count(said[1])))


_SPANS: Mapping[str, Callable[[dt.date, int], Days]] = {
    "week": _week,
    "month": _month_back,
    "quarter": _quarter,
    "year": _year_back,
}
_RELATIVE = {"大前天": 3, "前天": 2, "前日": 2, "昨天": 1, "昨日": 1, "今天": 0, "今日": 0}
_ENGLISH = {"the day before yesterday": 2, "day before yesterday": 2, "yesterday": 1, "today": 0}
_PAST = {"上上": 2, "上": 1, "前": 2, "去": 1, "last": 1}

#: Longer ways of saying come before those that they hold.
_READERS: Mapping[str, Callable[[Said, dt.date], Days | None]] = {
    r"(?<![\da-z])(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?!\d)": _full,
    r"(?<![\da-z])(20\d\d)\s*(?:年|[-/](?=\d{1,2}(?![\d-])))\s*(\d{1,2})\s*月?(?!\d)": (
        lambda said, today: _month(int(said[1]), int(said[2])) if 1 <= int(said[2]) <= 12 else None
    ),
    r"(?<!\d)(20\d\d)年(?!\s*\d)": lambda said, today: _year(int(said[1])),
    r"(?<![\d.])(\d{1,2}|十[一二]?|[一二三四五六七八九])月"
    r"(?:(\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?(?!份?\d)份?": _in_month,
    r"(?<![\d/.])(\d{1,2})/(\d{1,2})(?![\d/])": _in_month,
    rf"(上上|上|本|这)?个?{_WEEK}([一二三四五六日天])": lambda said, today: _weekday(
        today, _WEEKDAYS.index(said[2].replace("天", "日")), _back(said, _PAST) if said[1] else None
    ),
    rf"(上上|上|本|这)个?{_WEEK}": lambda said, today: _week(today, _back(said, _PAST)),
    r"(上上|上|本|这)个?月份?": lambda said, today: _month_back(today, _back(said, _PAST)),
    r"(上上|上|本|这)个?季度?": lambda said, today: _quarter(today, _back(said, _PAST)),
    r"(前|去|今)年": lambda said, today: _year_back(today, _back(said, _PAST)),
    rf"(?:最近|近|过去)的?\s*{_COUNT}\s*(天|日|周|星期|礼拜|个?月)": _last_of,
    rf"{_COUNT}\s*天(?:以?前)": _ago,
    "|".join(_RELATIVE): lambda said, today: _one(today - dt.timedelta(_RELATIVE[said[0]])),
    r"\b(?:last|past)\s+(\d{1,3})\s+(day|week|month)s?\b": _last_of,
    r"\b(\d{1,3})\s+days?\s+ago\b": _ago,
    rf"\b(last|this|on)?\s*({'|'.join(_DAYS_EN)})\b": lambda said, today: _weekday(
        today, _DAYS_EN.index(said[2]), _back(said, _PAST) if said[1] in ("last", "this") else None
    ),
    r"\b(last|this)\s+(week|month|quarter|year)\b": lambda said, today: _SPANS[said[2]](today, _back(said, _PAST)),
    rf"\b(?:{'|'.join(_ENGLISH)})\b": lambda said, today: _one(today - dt.timedelta(_ENGLISH[said[0]])),
    rf"\b(?:(?P<before>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?P<month>{_MONTH})\b"
    r"(?:\s+(?P<after>\d{1,2})(?:st|nd|rd|th)?(?!\d|[.,]\d))?(?:,?\s+(?P<year>20\d\d)(?![\d.]))?": _english,
}
