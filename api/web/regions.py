"""Regions: of each, what the tax authority lists, what is here, what waits, and what was refused."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from api.deps import Desk, Seeing
from api.guard import allow, guarded
from api.web.frame import render
from intake.desk.regions import COUNTS, region_counts
from models.clock import day_of
from models.rights import Permission

router = guarded(include_in_schema=False)
#: Of what each bar consists, in the order of its parts; all of them together are its length.
_PARTS = ("here", "waiting", "refused", "missing")


@router.get("/regions", dependencies=[allow(Permission.SEE_SCOPE)])
def regions(
    request: Request, desk: Desk, sight: Seeing, since: str = "", until: str = "", every: bool = False
) -> Response:  # fmt: skip
    """The regions with the most first; ``every`` also those of which there is nothing."""
    found = region_counts(desk, sight, since=_day(since), until=_day(until))
    first, last = found["since"], found["until"]
    rows = sorted(found["regions"], key=lambda one: (-_length(one), one["region"] or "99"))
    longest = max(map(_length, rows))
    sums = {name: sum(one[name] for one in rows) for name in COUNTS}
    shown = [{**one, "bar": _bar(one, longest)} for one in rows if every or _length(one) or one["listed"]]
    return render(
        request, "regions.html", rows=shown, sums=sums, parts=_PARTS, since=first, until=last, every=every,
        asked=bool(since or until),
        rest=len(rows) - len(shown), spans=_spans(day_of(time.time())),
    )  # fmt: skip


def _length(one: dict[str, Any]) -> int:
    return sum(one[name] for name in _PARTS)


def _bar(one: dict[str, Any], longest: int) -> list[tuple[str, float, float]]:
    """The parts of a bar: name, where it begins, and how wide it is, of 100."""
    parts, at = [], 0.0
    for name in _PARTS:
        width = 100 * one[name] / max(longest, 1)
        if width:
            parts.append((name, round(at, 2), round(width, 2)))
        at += width
    return parts


def _spans(today: dt.date) -> list[tuple[str, str, str]]:
    """Periods that are asked for often: the key of their text, the first and the last day."""
    month = today.replace(day=1)
    before = month - dt.timedelta(days=1)
    return [
        ("this_month", month.isoformat(), today.isoformat()),
        ("last_month", before.replace(day=1).isoformat(), before.isoformat()),
        ("this_year", today.replace(month=1, day=1).isoformat(), today.isoformat()),
    ]


def _day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
