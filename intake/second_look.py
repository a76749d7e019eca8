"""The second look: a name whose line OCR was not sure of is read once more by itself, larger.

The engine scores a whole line, so a faint colon of the label lowers the score of the name behind it. Alone, the name
gets the score it deserves. Both readings stand in the field; the checks decide what two that agree are worth.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.read.engine import OcrEngine
from models.invoice import Invoice
from models.reading import Box, Field, Reading, Source

#: The names have no check of their own, so they alone need the look; at this score the first reading suffices.
_NAMES = ("buyer_name", "seller_name")
_SURE, _HOPELESS = 0.98, 0.90


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """The picture that a page was read from, and how much smaller its shown picture is (1.0: the same)."""

    picture: NDArray[np.uint8]
    scale: float


def look_again(invoice: Invoice, looks: dict[int, Look], engine: OcrEngine | None) -> Invoice:
    """Give the invoice with second readings of its unsure names; ``looks`` holds the pages that were read by OCR."""
    fields = dict(invoice.fields)
    for name in _NAMES:
        field = fields.get(name)
        if field is None or engine is None or field.best.source is not Source.OCR:
            continue
        look = looks.get(field.best.page)
        if look and field.best.box and _HOPELESS <= field.best.confidence < _SURE:
            fields[name] = _with_second(field, look, field.best.box, engine)
    return dataclasses.replace(invoice, fields=fields)


def _with_second(field: Field, look: Look, box: Box, engine: OcrEngine) -> Field:
    words = engine.read(_crop(look, box))
    seen = next((word for word in words if field.value in word.text.replace(" ", "")), None)
    if seen is None:
        return field
    second = Reading(field.value, Source.OCR, seen.confidence, field.best.page, box)
    return dataclasses.replace(field, readings=(*field.readings, second))


def _crop(look: Look, box: Box) -> NDArray[np.uint8]:
    height, width = look.picture.shape[:2]
    pad = 0.35 * box.height
    x0, y0 = max(0, int((box.x0 - 0.1 * pad) / look.scale)), max(0, int((box.y0 - pad) / look.scale))
    x1, y1 = min(width, int((box.x1 + pad) / look.scale)), min(height, int((box.y1 + pad) / look.scale))
    part = look.picture[y0:y1, x0:x1]
    framed = cv2.copyMakeBorder(part, 20, 20, 40, 40, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(framed, None, fx=1.6, fy=1.6, interpolation=cv2.INTER_CUBIC), np.uint8)
