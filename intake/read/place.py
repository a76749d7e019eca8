"""One place of a stored page picture, cut out, enlarged and read."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from intake.read.engine import OcrEngine

#: Around the box, in its heights: a tight crop costs decimal points. And how tall print is made before it is read.
_MARGIN, _HEIGHT = 0.25, 64


def read_box(stored: bytes, box: Sequence[float], engine: OcrEngine) -> str:
    """The text in a box (pixels of the picture), its lines from top to bottom; "" where nothing is legible."""
    picture = cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_COLOR)
    x0, y0, x1, y1 = box
    margin = _MARGIN * (y1 - y0)
    height, width = picture.shape[:2]
    left, top = max(0, int(x0 - margin)), max(0, int(y0 - margin))
    part = picture[top : min(height, int(y1 + margin) + 1), left : min(width, int(x1 + margin) + 1)]
    if part.size == 0:
        return ""
    scale = max(1.0, _HEIGHT / part.shape[0])
    enlarged = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    framed = cv2.copyMakeBorder(enlarged, 24, 24, 24, 24, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    words = engine.read(np.asarray(framed, np.uint8))
    return " ".join(word.text for word in sorted(words, key=lambda word: (round(word.box.y0 / 20), word.box.x0)))
