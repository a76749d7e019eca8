"""Single cells of a sheet: numbers of invoices, days, money, as spreadsheets keep and ruin them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from models.dates import iso_date
from models.money import parse_money

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta
LONGEST_TEXT = 1000
#: A double holds every whole number up to here; a spreadsheet shows and saves 15 digits.
_EXACT = 10**15
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)
#: Days of a spreadsheet are counted from here (the day it believes 29 February 1900 to be included).
_DAY_ZERO = dt.date(1899, 12, 30)
#: 2000-01-01 to 2099-12-31 in such days.
_SERIALS = range(36526, 73051)


class BadCell(ValueError):
    """A cell that says something, but not what its column is for."""


class Rounded(BadCell):
    """A number of which a spreadsheet has lost digits."""


def text_of(cell: Cell | None) -> str:
    """What a cell says, in one line; a number without the ``.0`` that a spreadsheet adds."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    text = " ".join(unicodedata.normalize("NFKC", str(cell)).split())
    # ="0123" and a leading apostrophe keep a spreadsheet from taking digits for a number.
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1].strip()
    return text.lstrip("'")[:LONGEST_TEXT]


def digits_of(cell: Cell | None) -> str:
    """The digits of a number or code; "" where there are none.

    Raises:
        Rounded: digits are lost. BadCell: it is no number.
    """
    if isinstance(cell, int | float) and abs(cell) >= _EXACT:
        raise Rounded(f"{cell:.10G}")
    text = text_of(cell).replace(" ", "").replace("-", "").removesuffix(".0")
    if not text or text.isdecimal():
        return text
    raise Rounded(text) if _SCIENTIFIC.fullmatch(text) else BadCell(text)


def cents_of(cell: Cell | None) -> int | None:
    """An amount in whole cents; None where the cell is empty. What is in brackets is negative.

    Raises:
        BadCell: it is no amount.
    """
    if isinstance(cell, float):
        # A double such as 0.1 + 0.2 is written with digits that nobody entered.
        return _cents(Decimal(repr(cell)), repr(cell))
    text = text_of(cell)
    if text in ("", "-", "--", "***"):
        return None
    bracketed = text.startswith("(") and text.endswith(")")
    cents = _cents(None if isinstance(cell, bool) else parse_money(text.strip("()") if bracketed else text), text)
    return -cents if bracketed else cents


def _cents(amount: Decimal | None, text: str) -> int:
    if amount is None or not amount.is_finite() or abs(amount) >= _EXACT:
        raise BadCell(text)
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


def day_of(cell: Cell | None) -> str | None:
    """A day in ISO form: a date, a printed date with or without a time, or a spreadsheet's count of days.

    Raises:
        BadCell: it is no day.
    """
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    text = text_of(cell)
    if not text:
        return None
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and int(text[:5]) in _SERIALS:
        return (_DAY_ZERO + dt.timedelta(days=int(text[:5]))).isoformat()
    day = iso_date(text)
    if day is None:
        raise BadCell(text)
    return day
