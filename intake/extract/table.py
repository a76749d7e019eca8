"""The lines of goods and services between the header of the table and 合计."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from intake.extract.frame import Frame
from intake.extract.lines import Line, around
from models.invoice import LineItem
from models.reading import Box, Word

_NUMBER = re.compile(r"^[¥￥]?-?\d[\d,]*(?:\.\d+)?$")
_MONEY = re.compile(r"^[¥￥]?-?\d[\d,]*\.\d{1,2}$")
_RATE = re.compile(r"^(?:\d{1,2}(?:\.\d)?%|免税|不征税|\*{1,3}|出口零税率|普通零税率)$")
_STARS = re.compile(r"^\*{1,3}$")
_GLUED_RATE = re.compile(r"^(-?[\d,]+\.\d{2})(\d{1,2}%)$")
_END = re.compile(r"^(?:小计|合计|价税合计)")
_NUMERIC = ("quantity", "price", "amount", "tax")


@dataclass(slots=True)
class _Row:
    cells: dict[str, list[str]] = field(default_factory=dict)
    box: Box | None = None

    def add(self, column: str, word: Word) -> None:
        self.cells.setdefault(column, []).append(word.text)
        self.box = around([self.box, word.box]) if self.box else word.box

    def item(self, page: int) -> LineItem:
        text = {column: "".join(parts) for column, parts in self.cells.items()}
        for column in _NUMERIC:
            if column in text:
                text[column] = text[column].lstrip("¥￥").replace(",", "")
        return LineItem(page=page, box=self.box, **text)


def read_items(frame: Frame) -> tuple[LineItem, ...]:
    """Read all lines of the table; () when the header or the amount column was not found."""
    if frame.header is None or "amount" not in frame.columns:
        return ()
    rows: list[_Row] = []
    for line in _table_lines(frame):
        cells = list(_cells(line.words, frame.columns))
        if any(column == "amount" for column, _ in cells):
            rows.append(_Row())
        elif not rows or any(column not in ("name", "spec", "unit") for column, _ in cells):
            continue
        for column, word in cells:
            rows[-1].add(column, word)
    return tuple(row.item(frame.page.page) for row in rows)


def _table_lines(frame: Frame) -> Iterable[Line]:
    top = frame.header.box.y1 - 0.3 * frame.height if frame.header else 0
    bottom = frame.totals.y - 0.5 * frame.height if frame.totals else frame.page.height
    for line in frame.lines:
        if line is frame.header or not top < line.y < bottom:
            continue
        if _END.search(line.text):
            return
        yield line


def _cells(words: Sequence[Word], columns: dict[str, Box]) -> Iterable[tuple[str, Word]]:
    for word in _unglue(words):
        column = _column_of(word, columns)
        if column:
            yield column, word


def _unglue(words: Sequence[Word]) -> Iterable[Word]:
    """OCR sometimes joins the amount with the rate beside it."""
    for word in words:
        found = _GLUED_RATE.match(word.text)
        if not found:
            yield word
            continue
        cut = word.box.x0 + word.box.width * len(found[1]) / len(word.text)
        yield Word(found[1], Box(word.box.x0, word.box.y0, cut, word.box.y1), word.confidence)
        yield Word(found[2], Box(cut, word.box.y0, word.box.x1, word.box.y1), word.confidence)


def _column_of(word: Word, columns: dict[str, Box]) -> str | None:
    """Name the column of a word: figures stand flush right under their label, rates and texts around it."""
    rate = columns.get("tax_rate")
    if _RATE.match(word.text) and rate is not None:
        if not _STARS.match(word.text):
            return "tax_rate"
        return _nearest(word, columns, ("tax_rate", "tax"))
    numeric = [name for name in _NUMERIC if name in columns]
    if _NUMBER.match(word.text) and word.box.x0 > _text_limit(columns):
        nearest = _nearest(word, columns, numeric)
        if nearest in ("amount", "tax") and not _MONEY.match(word.text):
            return None
        return nearest
    return _text_column(word, columns)


def _text_limit(columns: dict[str, Box]) -> float:
    unit = columns.get("unit")
    return unit.x0 if unit else columns["amount"].x0 - 3 * columns["amount"].width


def _nearest(word: Word, columns: dict[str, Box], names: Sequence[str]) -> str | None:
    known = [name for name in names if name in columns]
    return min(known, key=lambda name: abs(columns[name].x1 - word.box.x1), default=None)


def _text_column(word: Word, columns: dict[str, Box]) -> str | None:
    known = [name for name in ("name", "spec", "unit") if name in columns]
    if not known or word.box.x0 > columns["amount"].x0:
        return None
    starts = {name: columns[name].x0 - 0.6 * columns[name].width for name in known}
    left = [name for name in known if name == "name" or word.box.x0 >= starts[name]]
    return left[-1] if left else None
