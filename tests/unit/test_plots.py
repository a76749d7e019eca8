"""Plots drawn on the server."""

from __future__ import annotations

from xml.etree import ElementTree

import hypothesis.strategies as st
from hypothesis import given

from api.web.plots import Pair, paired_bars

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
