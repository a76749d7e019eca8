"""Dates as they are printed, in figures."""

from __future__ import annotations

import datetime as dt
import re

#: 年, 月 and 日 as recognisers misread them too.
_DATE = re.compile(r"(20\d{2})[年午牛./-]?(\d{1,2})[月目./-]?(\d{1,2})(?=[日目]|\D|$)")
_DATE_PACKED = re.compile(r"(20\d{2})[年午牛]?(\d{2})[月目]?(\d{2})")


def iso_date(text: str) -> str | None:
    """Turn a printed date (2026年06月10日, 2026-06-10, 20260610) into ISO form; None when it is no calendar date."""
    found = _DATE.search(text) or _DATE_PACKED.search(text)
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
