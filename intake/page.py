"""One page from picture or text layer to its reading: the turn between the rooms preprocess and read.

The boxes of a reading are pixels of the page picture that people are shown, which is smaller than a camera's. A photo
of several sheets becomes several clips, each flattened and shown as a page of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from intake.errors import EngineUnavailable
from intake.preprocess import Picture, prepare, quarter_turned
from intake.preprocess.locate import clips_of
from intake.preprocess.quality import cut_sides
from intake.read.engine import OcrEngine
from intake.read.qr import read_codes
from intake.read.text_layer import read_text_layer
from intake.source import SourcePage
from models.finding import Finding
from models.outcome import PagePicture
from models.reading import Box, PageReading, QrCode, Source, Word

#: The longer side of a stored page picture: enough to read every print of an A5 form, about 150 kB as WebP.
SHOWN_SIDE = 2000
#: How hard WebP tries (0-6). Measured: half the time of its usual 4 (40 for 80 ms a page), files 4 % larger.
_EFFORT = 2
#: A word is legible from this score on; a page that has fewer legible characters, or a smaller share of them, may
#: stand on its side or on its head.
_LEGIBLE, _ENOUGH, _SHARE = 0.85, 24, 0.5


@dataclass(frozen=True, slots=True)
class Look:
    """The picture that a page was read from, and how much smaller its shown picture is (1.0: the same).

    ``words`` are those that the first look found, in pixels of the shown picture.
    """

    picture: NDArray[np.uint8]
    scale: float
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page's reading, its stored picture (None without a scratch folder) and what the picture was worth.

    ``look`` is the picture itself where it was read by OCR, for a second look.
    """

    reading: PageReading
    stored: PagePicture | None = None
    findings: tuple[Finding, ...] = ()
    look: Look | None = None


def read_page(
    page: SourcePage, number: int, engine: OcrEngine | None, has_data: bool, scratch: Path | None
) -> Iterator[ReadPage]:
    """Read one page: its text layer if it has one, else its picture with OCR; pages are numbered from ``number`` on.

    A page without text in a file that carries the invoice as data is not read with OCR: the data is the better proof.
    """
    words = read_text_layer(page)
    picture = page.picture()
    if picture is None:
        yield ReadPage(PageReading(number, 1.0, 1.0, words, Source.TEXT_LAYER))
    elif words or has_data:
        yield _read(picture, words, Source.TEXT_LAYER, number, scratch)
    elif engine is None:
        raise EngineUnavailable("this page is a picture and needs the OCR engine; run: python -m intake doctor")
    else:
        for place, (clip, region) in enumerate(clips_of(picture)):
            yield _recognise(clip, region, number + place, engine, scratch)


def _recognise(clip: Picture, region: Box | None, number: int, engine: OcrEngine, scratch: Path | None) -> ReadPage:
    prepared = prepare(clip, engine.turns)
    picture, words = _upright(prepared.picture, engine)
    findings = (*prepared.findings, *cut_sides(words, picture.shape[1], picture.shape[0]))
    return _read(picture, words, Source.OCR, number, scratch, findings, region)


def _upright(picture: Picture, engine: OcrEngine) -> tuple[Picture, tuple[Word, ...]]:
    """Read a picture; where little of it is legible, try it on its head and on its sides and keep the best."""
    words = engine.read(picture)
    legible = _legible(words)
    if not words or (legible >= _ENOUGH and legible >= _SHARE * sum(len(word.text) for word in words)):
        return picture, words
    tries = [(legible, picture, words)]
    for turns in (2, 1, 3):
        turned = quarter_turned(picture, turns)
        again = engine.read(turned)
        tries.append((_legible(again), turned, again))
    best = max(tries, key=lambda one: one[0])
    return best[1], best[2]


def _legible(words: tuple[Word, ...]) -> int:
    # A single character may look like one on its head; longer words do not.
    return sum(len(word.text) for word in words if word.confidence >= _LEGIBLE and len(word.text) > 1)


def _read(
    picture: Picture,
    words: tuple[Word, ...],
    source: Source,
    number: int,
    scratch: Path | None,
    findings: tuple[Finding, ...] = (),
    region: Box | None = None,
) -> ReadPage:
    codes = read_codes(picture, patient=source is Source.OCR)
    scale = min(1.0, SHOWN_SIDE / max(picture.shape[:2]))
    reading = PageReading(
        page=number,
        width=picture.shape[1] * scale,
        height=picture.shape[0] * scale,
        words=tuple(Word(word.text, _scaled(word.box, scale), word.confidence) for word in words),
        source=source,
        codes=tuple(QrCode(code.text, _scaled(code.box, scale) if code.box else None) for code in codes),
        region=region,
    )
    stored = _store(picture, scale, number, scratch) if scratch else None
    look = Look(picture, scale, reading.words) if source is Source.OCR else None
    return ReadPage(reading, stored, findings, look)


def _scaled(box: Box, scale: float) -> Box:
    return Box(box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale)


def _store(picture: NDArray[np.uint8], scale: float, number: int, scratch: Path) -> PagePicture:
    shown = picture if scale == 1.0 else cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    path = scratch / f"page-{number}.webp"
    Image.fromarray(cv2.cvtColor(shown, cv2.COLOR_BGR2RGB)).save(path, "WEBP", quality=80, method=_EFFORT)
    return PagePicture(number, str(path), shown.shape[1], shown.shape[0])
