"""Plots drawn on the server."""

from __future__ import annotations

import itertools
from xml.etree import ElementTree

import hypothesis.strategies as st
from hypothesis import given

from api.web.plots import TIMES, Pair, Series, Tick, curves, paired_bars, time_height, time_top

_SVG = "{http://www.w3.org/2000/svg}"


def drawn(pairs: list[Pair], title: str = "t") -> ElementTree.Element:
    text = str(paired_bars("days", pairs, title=title, description="d"))
    return ElementTree.fromstring(text.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=40))
def test_every_count_has_its_bar_within_the_picture_and_the_higher_one_is_higher(counts: list[tuple[int, int]]) -> None:
    bars = drawn([Pair("x", good, bad) for good, bad in counts]).findall(f"{_SVG}rect")
    told = [count for pair in counts for count in pair if count]
    assert len(bars) == len(told)
    heights = [float(bar.attrib["height"]) for bar in bars]
    assert all(0 <= height <= 240 for height in heights)
    ordered = [height for _, height in sorted(zip(told, heights, strict=True))]
    assert ordered == sorted(ordered)


def test_words_are_words_and_never_marks() -> None:
    plot = drawn([Pair("<b>", 1, 0)], title="<script>")
    assert plot.findtext(f"{_SVG}title") == "<script>"
    assert plot.findall(f".//{_SVG}b") == []


def test_the_axis_is_numbered_up_to_the_highest_bar() -> None:
    numbers = {text.text for text in drawn([Pair("11-24", 17, 3)]).findall(f"{_SVG}text")}
    assert {"0", "10", "20", "11-24"} <= numbers


def curve(*heights: float | None) -> ElementTree.Element:
    labels = [str(place) for place in range(len(heights))]
    text = curves("c", labels, [Series("good", heights)], [Tick(0, "none"), Tick(1, "all")], title="t", description="d")
    return ElementTree.fromstring(str(text).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))


@given(st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=40))
def test_a_curve_has_a_dot_for_all_that_is_known_and_no_line_over_a_gap(heights: list[float | None]) -> None:
    plot = curve(*heights)
    dots = [float(dot.attrib["cy"]) for dot in plot.findall(f"{_SVG}circle")]
    known = [height for height in heights if height is not None]
    assert len(dots) == len(known)
    assert all(0 <= dot <= 240 for dot in dots)
    lines = [line for line in plot.findall(f"{_SVG}line") if line.attrib["class"] == "good"]
    assert len(lines) == sum(a is not None and b is not None for a, b in itertools.pairwise(heights))


def test_what_is_more_lies_higher() -> None:
    low, high = (float(dot.attrib["cy"]) for dot in curve(0.2, 0.8).findall(f"{_SVG}circle"))
    assert high < low


@given(st.floats(0, TIMES[-1]), st.floats(0, TIMES[-1]))
def test_a_longer_time_never_lies_lower_and_the_scale_holds_the_longest(one: float, other: float) -> None:
    top = time_top(max(one, other))
    short, long = sorted((one, other))
    assert 0 <= time_height(short, top) <= time_height(long, top) <= 1
    assert top >= long
