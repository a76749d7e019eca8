"""Bytes of a spreadsheet -> its sheets. They come from strangers: kind, rows and columns are bounded."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from intake.errors import UnreadableInput
from intake.tax_list.cells import Cell

MOST_ROWS = 500_000
MOST_COLUMNS = 200
MOST_SHEETS = 50
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: ``rows`` gives its rows from the first line of the sheet on, as often as it is asked."""

    name: str
    rows: Callable[[], Iterator[list[Cell]]]


def open_sheets(path: Path) -> list[Sheet]:
    """Open every sheet of an XLSX, XLS or CSV file, whatever its name says.

    Raises:
        UnreadableInput: it is no spreadsheet, asks for a password, is damaged, or is over the bounds.
    """
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith((_ZIP, _OLE)):
        return _open_workbook(path)
    return [_open_text(path.read_bytes())]


def _open_workbook(path: Path) -> list[Sheet]:
    try:
        workbook = CalamineWorkbook.from_path(path)
        names = [meta.name for meta in workbook.sheets_metadata if meta.typ is SheetTypeEnum.WorkSheet]
        sheets = [workbook.get_sheet_by_name(name) for name in names[:MOST_SHEETS]]
    except PasswordError as trouble:
        raise UnreadableInput("REC-FILE", {"why": "@sheet.password"}) from trouble
    except (CalamineError, ValueError, OSError) as trouble:
        raise UnreadableInput("REC-FILE", {"why": "@sheet.damaged"}) from trouble
    for sheet in sheets:
        _bound(sheet.total_height, sheet.total_width)
    return [Sheet(sheet.name, _rows_of(sheet)) for sheet in sheets]


def _rows_of(sheet: CalamineSheet) -> Callable[[], Iterator[list[Cell]]]:
    return lambda: iter(sheet.iter_rows())


def _open_text(content: bytes) -> Sheet:
    text = _decoded(content)
    if "\x00" in text or text.lstrip()[:1] in ("", "<", "{"):
        raise UnreadableInput("REC-FILE", {"why": "@sheet.other"})
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max("\t;,", key=first.count)
    _bound(text.count("\n"), first.count(delimiter))

    def rows() -> Iterator[list[Cell]]:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            _bound(number, len(row))
            yield list(row)

    return Sheet("", rows)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableInput("REC-FILE", {"why": "@sheet.other"})


def _bound(rows: int, columns: int) -> None:
    if rows > MOST_ROWS:
        raise UnreadableInput("REC-SIZE", {"n": str(rows), "limit": str(MOST_ROWS), "what": "@sheet.rows"})
    if columns > MOST_COLUMNS:
        raise UnreadableInput("REC-SIZE", {"n": str(columns), "limit": str(MOST_COLUMNS), "what": "@sheet.columns"})
