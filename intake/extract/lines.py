"""Words of a page as lines of text whose every character still knows where it stands.

Text layers give single characters or whole runs, OCR gives whole lines with label and value in one. Both become the
same thing here: lines read from left to right without blanks, on which patterns can be searched, and from which any
span can be cut with its box and confidence.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.reading import Box, Word

#: Two words share a line when their middles differ by less than this share of the smaller height. Measured on tilted
#: photos: 0.5 splits lines at 2 degrees, 0.8 joins neighbours of dense paper forms.
_SAME_LINE = 0.62


@dataclass(frozen=True, slots=True)
class Piece:
    """A span of a line: its text without blanks, its box, and the lowest confidence of the words it was cut from."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page. ``text`` has no blanks; ``places`` gives for each character its box and confidence."""

    text: str
    places: tuple[tuple[Box, float], ...]
    words: tuple[Word, ...]

    @property
    def box(self) -> Box:
        return around([word.box for word in self.words])

    @property
    def y(self) -> float:
        """The middle of the line."""
        return statistics.median(word.box.center[1] for word in self.words)

    def cut(self, start: int, end: int) -> Piece:
        """Give the characters ``start`` to ``end`` (exclusive) as a piece."""
        places = self.places[start:end]
        return Piece(self.text[start:end], around([box for box, _ in places]), min(conf for _, conf in places))

    def spans(self) -> Iterable[tuple[int, int]]:
        """Yield where each word begins and ends: figures of neighbouring columns must not run together."""
        start = 0
        for word in self.words:
            yield start, start + len(word.text)
            start += len(word.text)

    def match(self, pattern: re.Pattern[str]) -> Iterable[tuple[re.Match[str], Piece]]:
        """Yield every match of the pattern with the piece of its first group (or of the whole match)."""
        for found in pattern.finditer(self.text):
            group = 1 if pattern.groups else 0
            start, end = found.span(group)
            if end > start:
                yield found, self.cut(start, end)


def split_words(words: Iterable[Word]) -> list[Word]:
    """Split words at blanks, sharing the box by the width of the characters (a CJK character is twice as wide)."""
    parts: list[Word] = []
    for word in words:
        if not re.search(r"\s", word.text):
            parts.append(word)
            continue
        edges = _edges(word)
        for found in re.finditer(r"\S+", word.text):
            box = Box(edges[found.start()], word.box.y0, edges[found.end()], word.box.y1)
            parts.append(Word(found.group(), box, word.confidence))
    return parts


def build_lines(words: Iterable[Word]) -> list[Line]:
    """Group words into lines from top to bottom; words printed upwards (side labels) are left out."""
    rows: list[list[Word]] = []
    for word in sorted((w for w in split_words(words) if not _upright_strip(w)), key=lambda w: w.box.center[1]):
        row = _row_of(word, rows)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    return [_line(row) for row in rows]


def inside(words: Iterable[Word], area: Box) -> list[Word]:
    """Give the words whose middle lies in the area."""
    return [
        word for word in words if area.x0 <= word.box.center[0] <= area.x1 and area.y0 <= word.box.center[1] <= area.y1
    ]


def text_height(words: Sequence[Word]) -> float:
    """The usual height of a line of text on the page, in pixels."""
    return statistics.median([word.box.height for word in words if not _upright_strip(word)] or [1.0])


def _upright_strip(word: Word) -> bool:
    return len(word.text) > 1 and word.box.height > 1.5 * word.box.width


def _row_of(word: Word, rows: Sequence[list[Word]]) -> list[Word] | None:
    for row in reversed(rows[-12:]):
        near = min(row, key=lambda other: abs(other.box.center[0] - word.box.center[0]))
        height = min(near.box.height, word.box.height)
        if abs(near.box.center[1] - word.box.center[1]) < _SAME_LINE * height:
            return row
    return None


def _line(row: list[Word]) -> Line:
    ordered = sorted(row, key=lambda word: word.box.x0)
    text, places = "", []
    for word in ordered:
        edges = _edges(word)
        for index, char in enumerate(word.text):
            text += char
            places.append((Box(edges[index], word.box.y0, edges[index + 1], word.box.y1), word.confidence))
    return Line(text, tuple(places), tuple(ordered))


def _edges(word: Word) -> list[float]:
    widths = [2.0 if ord(char) > 0x2E7F else 1.0 for char in word.text]
    scale = word.box.width / (sum(widths) or 1.0)
    edges = [word.box.x0]
    for width in widths:
        edges.append(edges[-1] + width * scale)
    return edges


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box around all boxes."""
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )
