"""Values behind their printed labels.

They stand right of them up to the next label, a little above or below where print is shifted, or under them in a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from intake.extract.draft import Draft
from intake.extract.lines import Line, Piece
from models.reading import Box

#: A gap wider than this many text heights ends a value.
_GAP = 1.6
#: How far below its label a value may stand, in text heights.
_BELOW = 4.0


#: 大写 is printed by machine: nothing but its own characters belongs to it.
WORDS = r"(?:[(]?负数[)]?)?[零〇壹贰叁肆伍陆柒捌玖拾佰仟万亿圆元角分整正]{2,}"


@dataclass(frozen=True, slots=True)
class Label:
    """What is printed before a value (pattern ``text``), and what the value looks like from its start (``value``).

    ``below``: the value stands in the row under its label, as in the head of a table.
    """

    text: str
    value: str = r".+"
    below: bool = False


def read_labelled(lines: Sequence[Line], draft: Draft, labels: Mapping[str, Label], stops: str = "") -> None:
    """Note the value of every label that is found; ``stops`` are further labels that end a value."""
    stop = re.compile("|".join([*(label.text for label in labels.values()), *([stops] if stops else [])]))
    for name, label in labels.items():
        piece = find_value(lines, label, stop)
        if piece:
            draft.put(name, piece)


def find_value(lines: Sequence[Line], label: Label, stop: re.Pattern[str]) -> Piece | None:
    """Give the value of a label, the first on the page that looks like one."""
    value = re.compile(label.value)
    for line, end in _places(lines, label):
        found = _under(lines, line, end, value) if label.below else _after(line, end, value, stop)
        if found is None and not label.below:
            found = _shifted(lines, line, end, value, stop)
        if found:
            return found
    return None


def _places(lines: Sequence[Line], label: Label) -> Iterator[tuple[Line, tuple[int, int]]]:
    for line in lines:
        for found in re.finditer(label.text, line.text):
            yield line, found.span()


def _after(line: Line, span: tuple[int, int], value: re.Pattern[str], stop: re.Pattern[str]) -> Piece | None:
    start = span[1]
    while start < len(line.text) and line.text[start] in ":.,|":
        start += 1
    following = stop.search(line.text, start)
    limit = following.start() if following else len(line.text)
    end = start
    while end < limit and (end == start or not _gap(line, end)):
        end += 1
    found = value.match(line.text[start:end])
    return line.cut(start, start + found.end()) if found and found.end() else None


def _gap(line: Line, at: int) -> bool:
    before, after = line.places[at - 1][0], line.places[at][0]
    return after.x0 - before.x1 > _GAP * min(before.height, after.height)


def _shifted(
    lines: Sequence[Line], line: Line, span: tuple[int, int], value: re.Pattern[str], stop: re.Pattern[str]
) -> Piece | None:
    """Print that slipped up or down by less than a row stands on a line of its own, right of its label."""
    box = line.cut(*span).box
    near = [
        (abs(word.box.center[1] - box.center[1]), other.cut(start, end))
        for other in lines
        if other is not line
        for word, (start, end) in zip(other.words, other.spans(), strict=True)
        if word.box.x0 > box.x0 + 0.5 * box.width
        and abs(word.box.center[1] - box.center[1]) < 1.1 * box.height
        and value.fullmatch(word.text)
        and not stop.search(word.text)
    ]
    return min(near, key=lambda one: one[0])[1] if near else None


def _stands_under(value: Box, label: Box, reach: float) -> bool:
    flush = abs(value.x0 - label.x0) < label.height
    return flush or abs(value.center[0] - label.center[0]) < reach


def _under(lines: Sequence[Line], line: Line, span: tuple[int, int], value: re.Pattern[str]) -> Piece | None:
    box = line.cut(*span).box
    reach = max(0.75 * box.width, 2 * box.height)
    for other in sorted((one for one in lines if one.y > box.y1 - 0.2 * box.height), key=lambda one: one.y):
        if other.y > box.y1 + _BELOW * box.height:
            return None
        words = [(start, value.match(other.text[start:end])) for start, end in other.spans()]
        pieces = [other.cut(start, start + found.end()) for start, found in words if found and found.end()]
        near = [piece for piece in pieces if _stands_under(piece.box, box, reach)]
        if near:
            return min(near, key=lambda piece: abs(piece.box.center[0] - box.center[0]))
    return None
