"""Finds the row of headers of a sheet, and what each of its columns is."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from intake.tax_list.cells import Cell, text_of
from models.tax_list import plain

#: Titles and instructions stand above the headers in some exports.
_SEARCHED_ROWS = 20
_NUMBERS = frozenset({"digital_number", "invoice_number"})
_FIGURES = frozenset({"amount", "total"})


@dataclass(frozen=True, slots=True)
class Header:
    """The headers of a sheet: the line they stand on, the place of each known column, and the names of the others."""

    line: int
    columns: Mapping[str, int]
    others: Mapping[int, str]
    #: The known columns as the sheet calls them.
    written: frozenset[str]

    @property
    def of_lines(self) -> bool:
        """Whether a row is one line of an invoice, so that an invoice may have several."""
        return "line_name" in self.columns or "tax_class" in self.columns


def find_header(rows: Iterable[Sequence[Cell]]) -> Header | None:
    """The row among the first that names the most known columns; None when none names number, day and figures."""
    found = [_header(line, row) for line, row in enumerate(islice(rows, _SEARCHED_ROWS), 1)]
    best = max(found, key=lambda header: len(header.columns), default=None)
    if best is None or not (_NUMBERS & best.columns.keys() and _FIGURES & best.columns.keys()):
        return None
    return best if "issue_date" in best.columns else None


def column_named(name: str) -> str | None:
    """What a header stands for; None when it is not known."""
    word = re.sub(r"\*", "", plain(name))
    aliases = _aliases()
    if word in aliases:
        return aliases[word]
    # A note such as (必填) says nothing of the column; (含税) does, and an unknown name with it stays unknown.
    without = re.sub(r"\((?!含税)[^)]*\)", "", word)
    return aliases.get(without)


def _header(line: int, row: Sequence[Cell]) -> Header:
    columns: dict[str, int] = {}
    others: dict[int, str] = {}
    for place, cell in enumerate(row):
        name = text_of(cell)
        known = column_named(name)
        if known and known not in columns:
            columns[known] = place
        elif name:
            others[place] = name
    written = frozenset(re.sub(r"\*", "", plain(text_of(row[place]))) for place in columns.values())
    return Header(line, columns, others, written)


@functools.cache
def _aliases() -> Mapping[str, str]:
    with Path(__file__).with_name("columns.toml").open("rb") as file:
        table = tomllib.load(file)["columns"]
    return {plain(alias): column for column, names in table.items() for alias in names}
