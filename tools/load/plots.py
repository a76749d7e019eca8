"""The plots of ``make load`` as files beside the page."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from pathlib import Path

from api.web.plots import Series, Tick, curves, time_height, time_top
from tools.load.figures import Done, percentile

#: The pages of the service bring their own; a file that stands alone needs it inside.
_STYLE = (
    "<style>text{font:13px sans-serif;fill:#555}line{stroke:#ddd}line.good,line.other{stroke-width:2}"
    "line.good{stroke:#1a7f4b}line.other{stroke:#b35c00}circle.good{fill:#1a7f4b}circle.other{fill:#b35c00}</style>"
)


def by_minute(finished: Sequence[Done], folder: Path) -> str:
    """Draw the median (green) and the 95th percentile (brown) by minute of arrival; gives the plot's place."""
    ordered = sorted(finished, key=lambda one: one.arrived)
    start = ordered[0].arrived
    minutes = {
        minute: [one.took for one in these]
        for minute, these in itertools.groupby(ordered, key=lambda one: int((one.arrived - start) // 60))
    }
    labels = [str(minute) for minute in range(max(minutes) + 1)]
    taken = [minutes.get(minute, []) for minute in range(len(labels))]
    top = time_top(max(one.took for one in ordered))
    heights = {
        "good": [time_height(statistics.median(these), top) if these else None for these in taken],
        "other": [time_height(percentile(these, 95), top) if these else None for these in taken],
    }
    ticks = [Tick(time_height(at, top), f"{at} s") for at in (1, 10, 60, 600) if at <= top]
    drawn = curves(
        "load", labels, [Series(tone, told) for tone, told in heights.items()], ticks,
        title="From arrival to the end state", description="Median and 95th percentile in seconds, by minute.",
    )  # fmt: skip
    folder.mkdir(exist_ok=True)
    inside = str(drawn).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(">", f">{_STYLE}", 1)
    (folder / "load.svg").write_text(f"{inside}\n", "utf-8")
    return f"{folder.name}/load.svg"
