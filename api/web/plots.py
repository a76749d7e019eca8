"""Small plots as SVG, drawn on the server: a title and a description for who cannot see them, no script, no style.

The tables with the same figures stand beside them in the templates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _BOTTOM, _TOP = 900, 240, 64, 30, 32, 14


@dataclass(frozen=True, slots=True)
class Pair:
    """What stands over one label of the axis: a good and a bad count."""

    label: str
    good: int
    bad: int


def paired_bars(name: str, pairs: Sequence[Pair], *, title: str, description: str) -> Markup:
    """Two bars over each label; ``name`` keeps the ids of several plots on a page apart."""
    top = _ceiling(max((max(one.good, one.bad) for one in pairs), default=0))
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(pairs), 1)
    drawn = Markup("").join(_pair(one, _LEFT + place * step, step, top) for place, one in enumerate(pairs))
    labels = Markup("").join(
        _label(one.label, _LEFT + (place + 0.5) * step)
        for place, one in enumerate(pairs)
        if (len(pairs) - 1 - place) % 7 == 0
    )
    axis = Markup("").join(_line(count, top) for count in sorted({0, top // 2, top}))
    return Markup(
        '<svg class="plot" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{name}-title {name}-desc">'
        '<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>{axis}{drawn}{labels}</svg>'
    ).format(
        w=_WIDTH, h=_HEIGHT, name=name, title=title, description=description, axis=axis, drawn=drawn, labels=labels
    )


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


def _line(count: int, top: int) -> Markup:
    above = _above(count, top)
    return Markup(
        '<line class="axis" x1="{left}" x2="{right}" y1="{above:.1f}" y2="{above:.1f}"/>'
        '<text x="{text}" y="{middle:.1f}" text-anchor="end">{count}</text>'
    ).format(left=_LEFT, right=_WIDTH - _RIGHT, above=above, text=_LEFT - 6, middle=above + 4, count=count)


def _label(text: str, middle: float) -> Markup:
    return Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(middle, _HEIGHT - 4, text)


def _above(count: int, top: int) -> float:
    return _TOP + (_HEIGHT - _BOTTOM - _TOP) * (1 - count / top)


def _ceiling(most: int) -> int:
    """The end of the axis: the least of 2, 4, 10, 20, 40, 100 … that is enough."""
    end, steps = 2, (2.0, 2.5, 2.0)
    place = 0
    while end < most:
        end, place = int(end * steps[place % 3]), place + 1
    return end
