"""The plots of how fast documents come into the ledger, and how much of it nobody had to decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from api.web.plots import TIMES, Series, Tick, curves, time_height, time_top
from intake.desk.speed import DaySpeed

_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def time_plot(days: Sequence[DaySpeed], told: Mapping[str, str], wait: Callable[[float], str]) -> Markup:
    """Median and 95th percentile from arrival to the ledger, by day; ``wait`` says a time in words."""
    top = time_top(max(one.p95 or 0.0 for one in days))

    def heights(times: Sequence[float | None]) -> list[float | None]:
        return [None if one is None else time_height(one, top) for one in times]

    series = [
        Series("good", heights([one.median for one in days])),
        Series("other", heights([one.p95 for one in days])),
    ]
    ticks = [Tick(time_height(one, top), wait(one)) for one in TIMES if one <= top]
    said = told["plot_time_said"].format(n=sum(one.documents for one in days))
    return curves("time", _labels(days), series, ticks, title=told["plot_time"], description=said)


def proof_plot(days: Sequence[DaySpeed], told: Mapping[str, str]) -> Markup:
    """The share of fields proven, and of documents that no person decided, by day."""
    series = [Series("good", [one.proven for one in days]), Series("other", [one.alone for one in days])]
    ticks = [Tick(one, f"{one:.0%}") for one in _SHARES]
    said = told["plot_proof_said"].format(n=sum(one.documents for one in days))
    return curves("proof-rate", _labels(days), series, ticks, title=told["plot_proof"], description=said)


def _labels(days: Sequence[DaySpeed]) -> list[str]:
    return [f"{one.day:%m-%d}" for one in days]
