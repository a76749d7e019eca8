"""What the drawers of tickets share: dates, numbers, figures by chance, and rows of labels with their values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from models.money import CENT
from models.regions import Region
from models.vin import check_digit
from samples.canvas import BROWN, KAI, SONG, Canvas, Colour, draw_seal

_VIN = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"


def dice(seed: int) -> Random:
    """The source of chance of one ticket."""
    return Random(seed)  # noqa: S311 - drawn data, no secret


def some_day(random: Random) -> dt.date:
    """A day of issue."""
    return dt.date(2025, 1, 2) + dt.timedelta(days=random.randint(0, 330))


def digits(random: Random, count: int) -> str:
    """So many digits, of which the first is not nought."""
    return str(random.randint(1, 9)) + "".join(random.choice("0123456789") for _ in range(count - 1))


def number20(random: Random, region: Region, date: dt.date) -> str:
    """The number of a 数电票 of the region and the year."""
    return f"{date:%y}{region.digital2}2{digits(random, 15)}"


def price(random: Random, low: int, high: int) -> Decimal:
    """A figure between two whole yuan, with cents."""
    return Decimal(random.randint(low * 100, high * 100)) / 100


def with_tax(total: Decimal, rate: str) -> tuple[Decimal, Decimal]:
    """Part a total into amount and tax."""
    amount = (total / (1 + Decimal(rate) / 100)).quantize(CENT, ROUND_HALF_UP)
    return amount, total - amount


def some_vin(random: Random) -> str:
    """A vehicle identification number whose check digit holds."""
    body = "L" + "".join(random.choice(_VIN) for _ in range(7)) + "0" + "".join(random.choice(_VIN) for _ in range(2))
    body += digits(random, 6)
    return body[:8] + check_digit(body) + body[9:]


def letters(random: Random, count: int) -> str:
    """So many capitals and digits."""
    return "".join(random.choice(_VIN) for _ in range(count))


def chinese_day(date: dt.date) -> str:
    """A date as forms print it."""
    return f"{date:%Y年%m月%d日}"


Row = tuple[float, float, str, float, str]


def draw_rows(canvas: Canvas, rows: Iterable[Row], size: float = 9, ink: Colour = BROWN, face: str = SONG) -> None:
    """Draw rows of x and label, x and value (``(x, y, label, x of value, value)``)."""
    for x, y, label, at, value in rows:
        if label:
            canvas.text(x, y, label, size, KAI, ink)
        if value:
            canvas.text(at, y, value, size, face)


def draw_title(canvas: Canvas, width: float, title: str, place: str, size: float = 18, y: float = 40) -> None:
    """Draw the title in the middle with its double line and the seal of supervision below."""
    canvas.text(width / 2, y, title, size, KAI, BROWN, "centre")
    reach = 0.5 * size * len(title) + 6
    for below in (10, 12.5):
        canvas.line(width / 2 - reach, y + below, width / 2 + reach, y + below, BROWN, 0.8)
    draw_seal(canvas, width / 2, y + 16, ("全国统一发票监制章", "国家税务总局", f"{place}税务局"), 40, 24)


def draw_grid(canvas: Canvas, xs: Iterable[float], ys: Iterable[float], ink: Colour = BROWN) -> None:
    """Draw all rules between the outer edges of a table."""
    xs, ys = list(xs), list(ys)
    for y in ys:
        canvas.line(xs[0], y, xs[-1], y, ink)
    for x in xs:
        canvas.line(x, ys[0], x, ys[-1], ink)
