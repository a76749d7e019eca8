"""What was seen on a document: words, codes, readings of a field, and the settled field itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Source(StrEnum):
    """Where a reading comes from, strongest first."""

    STRUCTURED = "structured"
    QR = "qr"
    TEXT_LAYER = "text_layer"
    OCR = "ocr"
    DERIVED = "derived"


class Box(NamedTuple):
    """A region in pixels of the stored page picture; origin top left."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def center(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True)
class Word:
    """A run of text as one source gave it: a word of a text layer, or a line found by OCR.

    ``confidence`` is 1.0 for text layers and the engine's own score (0..1) for OCR.
    """

    text: str
    box: Box
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class QrCode:
    """A decoded two-dimensional code and where it stands on the page."""

    text: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class PageReading:
    """All that was read on one page (or clip). ``source`` says where the words come from.

    ``width`` and ``height`` are those of the stored page picture, so that boxes can be compared with them.
    ``region`` is where a clip lay on the picture it was cut from, in pixels of that picture; None for a whole picture.
    """

    page: int
    width: float
    height: float
    words: tuple[Word, ...]
    source: Source
    codes: tuple[QrCode, ...] = ()
    region: Box | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One value seen for one field. ``raw`` keeps what was printed where ``value`` says it in another form.

    ``repaired``: the value was changed to obey a check (a confused letter of a tax id), so it cannot prove that check.
    ``look`` counts how often the picture had been looked at: 1 is the whole page, 2 the field alone, enlarged.
    """

    value: str
    source: Source
    confidence: float = 1.0
    page: int = 1
    box: Box | None = None
    raw: str | None = None
    look: int = 1
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A settled value with everything that was read for it.

    ``proven`` is set by the gate alone (``intake.check.proof``); ``proof`` names how, for the reviewer's eyes.
    """

    name: str
    value: str
    readings: tuple[Reading, ...]
    proven: bool = False
    proof: str | None = None

    @property
    def best(self) -> Reading:
        """The strongest reading that shows the settled value."""
        return next((r for r in self.readings if r.value == self.value), self.readings[0])

    @property
    def shown(self) -> Reading:
        """The reading to point at: where the settled value is printed, else where it was read at all."""
        placed = [r for r in self.readings if r.value == self.value and r.box]
        printed = (r for r in placed if r.source in (Source.TEXT_LAYER, Source.OCR))
        return next(printed, placed[0] if placed else self.best)

    @property
    def confidence(self) -> float:
        return max((r.confidence for r in self.readings if r.value == self.value), default=0.0)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The distinct sources that agree with the settled value, in order of appearance."""
        return tuple(dict.fromkeys(r.source for r in self.readings if r.value == self.value))
