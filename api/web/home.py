"""The first page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup

from api.deps import Asking, Desk, Seeing
from api.guard import guarded, signed_in
from api.web.frame import language, render
from api.web.plots import Pair, paired_bars
from api.web.texts import words
from intake.check.catalogue import rules
from intake.desk.alarms import alarm_list
from intake.desk.figures import DayCount, by_day, listed, today, top_reasons
from intake.desk.regions import missing_regions
from intake.desk.review_queue import waiting_counts
from models.rights import Permission
from models.sight import Sight

router = guarded(include_in_schema=False)
_ALARMS, _REGIONS = 3, 6


@router.get("/", dependencies=[signed_in()])
def home(request: Request, desk: Desk, sight: Seeing, caller: Asking) -> Response:
    """Where to begin: what needs somebody, how the day goes, send something, find something."""
    waiting = waiting_counts(desk, sight)[""] if caller.may(Permission.REVIEW) else 0
    may_alarm = caller.may(Permission.RECONCILE) or caller.may(Permission.READ_AUDIT)
    alarms, more = alarm_list(desk, sight, limit=_ALARMS) if may_alarm else ([], None)
    days = by_day(desk, sight)
    return render(
        request, "home.html", waiting=waiting, alarms=alarms, more_alarms=more is not None,
        today=today(desk, sight), days=days, plot=_plot(days, language(request)),
        reasons=_reasons(desk, sight, language(request)), missing=_missing(desk, sight),
    )  # fmt: skip


def _plot(days: Sequence[DayCount], lang: str) -> Markup | None:
    """Registered against returned by day; nothing to draw before the first of either."""
    registered, returned = sum(one.registered for one in days), sum(one.returned for one in days)
    if not registered and not returned:
        return None
    told = words(lang)
    pairs = [Pair(f"{one.day:%m-%d}", one.registered, one.returned) for one in days]
    said = told["plot_days_said"].format(registered=registered, returned=returned)
    return paired_bars("days", pairs, title=told["plot_days"], description=said)


def _reasons(desk: Desk, sight: Sight, lang: str) -> list[dict[str, Any]]:
    """The rules that returned most, each in its own sentence; what it says of one invoice is left open."""
    known = rules()
    counted = [(one, known[one.rule]) for one in top_reasons(desk, sight) if one.rule in known]
    said = [(one, rule.zh if lang == "zh" else rule.en) for one, rule in counted]
    return [{"rule": one.rule, "count": one.count, "words": re.sub(r"\{\w+\}", "…", text)} for one, text in said]


def _missing(desk: Desk, sight: Sight) -> list[dict[str, Any]] | None:
    """The regions of which most invoices are missing; None when no list says what there should be."""
    if not listed(desk, sight):
        return None
    regions = [one for one in missing_regions(desk, sight) if one["missing"]]
    return sorted(regions, key=lambda one: -one["missing"])[:_REGIONS]
