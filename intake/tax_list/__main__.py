"""The child that reads one list: ``python -m intake.tax_list LIST ROWS SUMMARY MEGABYTES SECONDS``.

It writes the invoices to ROWS, a JSON object a line, and then what the list is to SUMMARY. A list that cannot be read
leaves the rule that says so in SUMMARY. When it dies of its bounds, there is no SUMMARY.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

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


def bind(megabytes: int, seconds: int) -> None:
    """Take no more memory and time than this, and write no more than a list can hold."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**31, 2**31))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    bind(int(sys.argv[4]), int(sys.argv[5]))
    main(*(Path(argument) for argument in sys.argv[1:4]))
