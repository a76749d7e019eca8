"""The files of an export. No text can become a formula; amounts stay numbers, also negative ones.

In a workbook every text is a text cell, so that 20 digits stay 20 digits, and one that looks like a formula is marked
as quoted. CSV has no types: there such a text gets a ' in front, and a byte order mark tells Excel that it is UTF-8.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from models.clock import local
from models.columns import COLUMNS, Content
from models.money import money_text

Json = Mapping[str, Any]
Language = Literal["zh", "en"]
Value = str | Decimal | dt.date | dt.datetime | None
_CENTS = {"amount_excl_tax": "amount_cents", "tax": "tax_cents", "total": "total_cents"}
#: What a spreadsheet may take for the beginning of a formula, also full width, as Chinese keyboards write it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Rows of a sheet (Excel has 1 048 576) and characters of a cell.
SHEET_ROWS, _CELL = 1_000_000, 32_767
_PIECE = 1 << 16


class Form(StrEnum):
    """The files that an export may be."""

    XLSX = "xlsx"
    CSV = "csv"
    JSONL = "jsonl"


class Laid(Protocol):
    """How the rows of a file are laid out."""

    @property
    def heads(self) -> list[str]:
        """The names of the columns."""

    def values(self, row: Json) -> list[Value]:
        """What stands in a row."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns an export has, and in which language its words are."""

    columns: Sequence[str]
    language: Language = "zh"

    @property
    def heads(self) -> list[str]:
        """The names of the columns."""
        return [getattr(COLUMNS[name], self.language) for name in self.columns]

    def values(self, row: Json) -> list[Value]:
        """What stands in a row, by its content."""
        return [self._value(row, name) for name in self.columns]

    def _value(self, row: Json, name: str) -> Value:
        match COLUMNS[name].content:
            case Content.WORD:
                return str(row[f"{name}_{self.language}"])
            case Content.AMOUNT if row[_CENTS[name]] is not None:
                return Decimal(row[_CENTS[name]]) / 100
            case Content.DAY if row[name]:
                return dt.date.fromisoformat(row[name])
            case Content.MOMENT if row[name] is not None:
                return local(row[name]).replace(tzinfo=None, microsecond=0)
        return str(row[name]) if row[name] is not None else None


def risky(text: str) -> bool:
    """Whether a spreadsheet might take a text for a formula."""
    return text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)


def csv_bytes(rows: Iterable[Json], layout: Laid) -> Iterator[bytes]:
    """CSV in UTF-8, with a byte order mark."""
    page = io.StringIO("\ufeff", newline="")
    page.seek(0, io.SEEK_END)
    writer = csv.writer(page)
    writer.writerow(layout.heads)
    for row in rows:
        writer.writerow([_plain(value) for value in layout.values(row)])
        if page.tell() > _PIECE:
            yield _taken(page)
    yield _taken(page)


def jsonl_bytes(rows: Iterable[Json], layout: Layout) -> Iterator[bytes]:
    """A JSON object a line, for programs: names, codes and times as the API gives them, amounts as text."""
    for row in rows:
        told = {name: row[name] for name in layout.columns}
        yield json.dumps(told, ensure_ascii=False).encode() + b"\n"


def xlsx_bytes(rows: Iterable[Json], layout: Layout) -> Iterator[bytes]:
    """A workbook; it is finished on disk first, as a workbook is a ZIP file."""
    with tempfile.TemporaryFile(prefix="shoupiao-export-") as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True})
        _write_book(book, rows, layout)
        book.close()
        file.seek(0)
        yield from iter(lambda: file.read(_PIECE), b"")


WRITERS: Mapping[Form, Callable[[Iterable[Json], Layout], Iterator[bytes]]] = {
    Form.XLSX: xlsx_bytes,
    Form.CSV: csv_bytes,
    Form.JSONL: jsonl_bytes,
}


def _plain(value: Value) -> str:
    if isinstance(value, Decimal):
        return money_text(value)
    text = "" if value is None else str(value)
    return f"'{text}" if risky(text) else text


def _taken(page: io.StringIO) -> bytes:
    written = page.getvalue().encode()
    page.seek(0)
    page.truncate()
    return written


def _write_book(book: xlsxwriter.Workbook, rows: Iterable[Json], layout: Layout) -> None:
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "amount": book.add_format({"num_format": "#,##0.00"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
        "text": book.add_format({"num_format": "@"}),
    }
    sheet, line = _new_sheet(book, layout, formats), 1
    for row in rows:
        if line > SHEET_ROWS:
            sheet, line = _new_sheet(book, layout, formats), 1
        for place, value in enumerate(layout.values(row)):
            _write_cell(sheet, line, place, value, formats)
        line += 1


def _new_sheet(book: xlsxwriter.Workbook, layout: Layout, formats: Mapping[str, Any]) -> Worksheet:
    count = len(book.worksheets()) + 1
    name = "台账" if layout.language == "zh" else "Ledger"
    sheet = book.add_worksheet(name if count == 1 else f"{name} {count}")
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(layout.columns):
        sheet.set_column(place, place, COLUMNS[column].width)
    for place, head in enumerate(layout.heads):
        sheet.write_string(0, place, head, formats["head"])
    return sheet


def _write_cell(sheet: Worksheet, line: int, place: int, value: Value, formats: Mapping[str, Any]) -> None:
    match value:
        case Decimal():
            sheet.write_number(line, place, float(value), formats["amount"])
        case dt.datetime():
            sheet.write_datetime(line, place, value, formats["moment"])
        case dt.date():
            sheet.write_datetime(line, place, value, formats["day"])
        case str() if value:
            sheet.write_string(line, place, value[:_CELL], formats["quoted" if risky(value) else "text"])
