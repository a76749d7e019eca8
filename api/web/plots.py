"""Small plots as SVG, drawn on the server: a title and a description for who cannot see them, no script, no style.

The tables with the same figures stand beside them in the templates.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

#: Where a scale of times has a line, in seconds: 1 s, 10 s, 1 min, 10 min, 1 h, 1 day, 1 week, 1 year.
TIMES = (1, 10, 60, 600, 3600, 86_400, 604_800, 31_536_000)
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _BOTTOM, _TOP = 900, 240, 64, 30, 32, 14


@dataclass(frozen=True, slots=True)
class Pair:
    """What stands over one label of the axis: a good and a bad count."""

    label: str
    good: int
    bad: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the axis: how high it lies (0 bottom, 1 top), and what is written at it."""

    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """One curve: its tone (``good`` or ``other``), and how high it lies over each label; None where nothing was."""

    tone: str
    heights: Sequence[float | None]


def curves(
    name: str, labels: Sequence[str], series: Sequence[Series], ticks: Sequence[Tick], *, title: str, description: str
) -> Markup:
    """A curve for each series, broken where nothing was; ``name`` keeps the ids of several plots on a page apart."""
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    drawn = Markup("").join(_curve(one, step) for one in series)
    axis = Markup("").join(_rule(tick.text, _at(tick.height)) for tick in ticks)
    return _plot(name, title, description, axis + drawn + _labels(labels, step))


def time_height(seconds: float, top: float) -> float:
    """How high a time lies on a scale that ends at ``top``: each line some times the one below (``TIMES``)."""
    return math.log(min(max(seconds, 1.0), top)) / math.log(top)


def time_top(longest: float) -> int:
    """The end of the scale for a longest time: the first of ``TIMES`` that is enough."""
    return next((one for one in TIMES[1:] if one >= longest), TIMES[-1])


def paired_bars(name: str, pairs: Sequence[Pair], *, title: str, description: str) -> Markup:
    """Two bars over each label; ``name`` keeps the ids of several plots on a page apart."""
    top = _ceiling(max((max(one.good, one.bad) for one in pairs), default=0))
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(pairs), 1)
    drawn = Markup("").join(_pair(one, _LEFT + place * step, step, top) for place, one in enumerate(pairs))
    axis = Markup("").join(_rule(str(count), _above(count, top)) for count in sorted({0, top // 2, top}))
    return _plot(name, title, description, axis + drawn + _labels([one.label for one in pairs], step))


def _plot(name: str, title: str, description: str, inside: Markup) -> Markup:
    return Markup(
        '<svg class="plot" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{name}-title {name}-desc">'
        '<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>{inside}</svg>'
    ).format(w=_WIDTH, h=_HEIGHT, name=name, title=title, description=description, inside=inside)


def _labels(labels: Sequence[str], step: float) -> Markup:
    """The label of the last place, and of every seventh before it."""
    return Markup("").join(
        _label(one, _LEFT + (place + 0.5) * step)
        for place, one in enumerate(labels)
        if (len(labels) - 1 - place) % 7 == 0
    )


def _curve(one: Series, step: float) -> Markup:
    points: list[tuple[float, float] | None] = [
        None if height is None else (_LEFT + (place + 0.5) * step, _at(height))
        for place, height in enumerate(one.heights)
    ]
    lines = Markup("").join(
        Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(one.tone, *here, *there)
        for here, there in itertools.pairwise(points)
        if here and there
    )
    dots = Markup("").join(
        Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="3.5"/>').format(one.tone, *point)
        for point in points
        if point
    )
    return lines + dots


def _pair(one: Pair, left: float, step: float, top: int) -> Markup:
    wide = step * 0.38
    return _bar("good", one.good, left + step * 0.1, wide, top) + _bar("bad", one.bad, left + step * 0.52, wide, top)


def _bar(tone: str, count: int, left: float, wide: float, top: int) -> Markup:
    if not count:
        return Markup("")
    above = _above(count, top)
    return Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1.5"/>').format(
        tone, left, above, wide, _HEIGHT - _BOTTOM - above
    )


def _rule(text: str, above: float) -> Markup:
    return Markup(
        '<line class="axis" x1="{left}" x2="{right}" y1="{above:.1f}" y2="{above:.1f}"/>'
        '<text x="{text}" y="{middle:.1f}" text-anchor="end">{told}</text>'
    ).format(left=_LEFT, right=_WIDTH - _RIGHT, above=above, text=_LEFT - 6, middle=above + 4, told=text)


def _label(text: str, middle: float) -> Markup:
    return Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(middle, _HEIGHT - 4, text)


def _above(count: int, top: int) -> float:
    return _at(count / top)


def _at(height: float) -> float:
    return _TOP + (_HEIGHT - _BOTTOM - _TOP) * (1 - height)


def _ceiling(most: int) -> int:
    """The end of the axis: the least of 2, 4, 10, 20, 40, 100 … that is enough."""
    end, steps = 2, (2.0, 2.5, 2.0)
    place = 0
    while end < most:
        end, place = int(end * steps[place % 3]), place + 1
    return end
