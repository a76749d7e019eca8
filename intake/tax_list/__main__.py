"""The child that reads one list: ``python -m intake.tax_list LIST ROWS SUMMARY MEGABYTES SECONDS``.

It writes the invoices to ROWS, a JSON object a line, and then what the list is to SUMMARY. A list that cannot be read
leaves the rule that says so in SUMMARY. When it dies of its bounds, there is no SUMMARY.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from intake.confine import Bounds, bind, shut_in
from intake.errors import UnreadableInput
from intake.tax_list.read import open_list
from models.tax_list import ListedInvoice

_NAMES = tuple(field.name for field in fields(ListedInvoice))


def main(source: Path, rows: Path, summary: Path) -> None:
    """Read a list into two files."""
    try:
        reading = open_list(source)
        with rows.open("w", encoding="utf-8") as file:
            for invoice in reading.invoices():
                one = {name: getattr(invoice, name) for name in _NAMES}
                file.write(json.dumps(one, ensure_ascii=False) + "\n")
        told: dict[str, Any] = asdict(reading.summary())
    except UnreadableInput as trouble:
        told = {"rule": trouble.rule, "params": trouble.params}
    summary.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def main_apart(source: Path, rows: Path, summary: Path, bounds: Bounds) -> None:
    """Read a list with no more than the bounds and within the walls of a child."""
    bind(bounds)
    shut_in([source], [rows.parent])
    main(source, rows, summary)


if __name__ == "__main__":
    bounds = Bounds(seconds=int(sys.argv[5]), memory_mb=int(sys.argv[4]), file_mb=2048)
    main_apart(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), bounds)
