"""The root of the ledger at the end of a day: one line, kept outside, that proves everything before it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_LINE = re.compile(r"(\d{4}-\d\d-\d\d)\s+events\s+(\d+)\s+last\s+(\d+)\s+sha256\s+([0-9a-f]{64})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Root:
    """Up to the event ``last`` there were so many events, and that one had this hash, which covers all before it."""

    day: dt.date
    events: int
    last: int
    hash: str

    def __str__(self) -> str:
        """The line to publish; ``read_root`` reads it again."""
        return f"{self.day.isoformat()} events {self.events} last {self.last} sha256 {self.hash}"


def read_root(line: str) -> Root | None:
    """The root that a line holds, however it was spaced on its way through mail or print; None when it holds none."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return None
    day, events, last, digest = found.groups()
    try:
        return Root(dt.date.fromisoformat(day), int(events), int(last), digest.lower())
    except ValueError:
        return None
