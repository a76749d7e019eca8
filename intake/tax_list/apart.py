"""Reads a list in a process of its own, bounded in time and memory, so that no file can hurt the one that asks."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from intake.errors import UnreadableInput
from models.tax_list import Form, ListedInvoice, ListSummary, RefusedRow

log = structlog.get_logger()
_HOUSE = Path(__file__).parents[2]
_MEGABYTES = 3000
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list that was read: what it is, and the file of its invoices."""

    summary: ListSummary
    rows: Path

    def invoices(self) -> Iterator[ListedInvoice]:
        """Its invoices, one after the other."""
        with self.rows.open(encoding="utf-8") as file:
            for line in file:
                told = json.loads(line)
                yield ListedInvoice(**{**told, "notes": tuple(told["notes"])})


@contextmanager
def read_apart(source: Path, *, megabytes: int = _MEGABYTES, seconds: int = _SECONDS) -> Iterator[ReadList]:
    """Read a list; its invoices are at hand within the ``with``.

    Raises:
        UnreadableInput: REC-FILE, REC-SIZE, REC-HEADER, or FILE-LIMIT when it goes over the bounds.
        FileNotFoundError: there is no such file.
    """
    if not source.is_file():
        raise FileNotFoundError(f"no such file: {source}")
    with tempfile.TemporaryDirectory(prefix="shoupiao-list-") as folder:
        rows, summary = Path(folder) / "rows", Path(folder) / "summary"
        command = [sys.executable, "-m", "intake.tax_list", str(source.resolve()), str(rows), str(summary)]
        try:
            subprocess.run(  # noqa: S603 - our own program; nothing of the command comes from outside but a path
                [*command, str(megabytes), str(seconds)], cwd=_HOUSE, timeout=seconds, capture_output=True, check=True
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as trouble:
            log.warning("list_reader_ended", trouble=repr(trouble), said=(trouble.stderr or b"")[-500:])
            raise UnreadableInput("FILE-LIMIT") from trouble
        told = json.loads(summary.read_text(encoding="utf-8"))
        if "rule" in told:
            raise UnreadableInput(told["rule"], told["params"])
        yield ReadList(_summary(told), rows)


def _summary(told: dict[str, Any]) -> ListSummary:
    refused = tuple(RefusedRow(**row) for row in told["refused"])
    lists = {name: tuple(told[name]) for name in ("sources", "kinds")}
    return ListSummary(**{**told, **lists, "form": Form(told["form"]), "refused": refused})
