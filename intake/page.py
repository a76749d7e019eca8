"""One page from picture or text layer to its reading: the turn between the rooms preprocess and read.

The boxes of a reading are pixels of the page picture that people are shown, which is smaller than a camera's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.errors import EngineUnavailable
from intake.preprocess import prepare
from intake.read.engine import OcrEngine
from intake.read.qr import read_codes
from intake.read.text_layer import read_text_layer
from intake.source import SourcePage
from models.finding import Finding
from models.outcome import PagePicture
from models.reading import Box, PageReading, QrCode, Source, Word

#: The longer side of a stored page picture: enough to read every print of an A5 form, about 150 kB as WebP.
SHOWN_SIDE = 2000


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


def read_page(page: SourcePage, engine: OcrEngine | None, has_data: bool, scratch: Path | None) -> ReadPage:
    """Read one page: its text layer if it has one, else its picture with OCR.

    A page without text in a file that carries the invoice as data is not read with OCR: the data is the better proof.
    """
    words = read_text_layer(page)
    picture = page.picture()
    if picture is None:
        return ReadPage(PageReading(page.number, 1.0, 1.0, words, Source.TEXT_LAYER))
    findings: tuple[Finding, ...] = ()
    source = Source.TEXT_LAYER
    if not words and not has_data:
        if engine is None:
            raise EngineUnavailable("this page is a picture and needs the OCR engine; run: python -m intake doctor")
        prepared = prepare(picture, engine.turns)
        picture, findings = prepared.picture, prepared.findings
        words, source = engine.read(picture), Source.OCR
    codes = read_codes(picture, patient=source is Source.OCR)
    scale = min(1.0, SHOWN_SIDE / max(picture.shape[:2]))
    reading = PageReading(
        page=page.number,
        width=picture.shape[1] * scale,
        height=picture.shape[0] * scale,
        words=tuple(Word(word.text, _scaled(word.box, scale), word.confidence) for word in words),
        source=source,
        codes=tuple(QrCode(code.text, _scaled(code.box, scale) if code.box else None) for code in codes),
    )
    stored = _store(picture, scale, page.number, scratch) if scratch else None
    return ReadPage(reading, stored, findings, Look(picture, scale, reading.words) if source is Source.OCR else None)


def _scaled(box: Box, scale: float) -> Box:
    return Box(box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale)


def _store(picture: NDArray[np.uint8], scale: float, number: int, scratch: Path) -> PagePicture:
    shown = picture if scale == 1.0 else cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    path = scratch / f"page-{number}.webp"
    encoded = cv2.imencode(".webp", shown, [cv2.IMWRITE_WEBP_QUALITY, 80])[1]
    path.write_bytes(encoded.tobytes())
    return PagePicture(number, str(path), shown.shape[1], shown.shape[0])
