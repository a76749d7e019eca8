"""Pictures for a second look: a line or a field cut out of its page, brought to a good size, without red ink."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.page import Look
from models.reading import Box

Picture = NDArray[np.uint8]
#: A pixel is red ink when red exceeds the other channels by this much; a crop has a seal in it from this share on.
_REDNESS, _RED_INK = 40, 0.02


@dataclasses.dataclass(frozen=True, slots=True)
class Cut:
    """How a field is cut out: margin in text heights, height of the crop in pixels, largest enlargement.

    ``whole_line``: with the label and whatever else the first look read as one line. A value cut out of its line keeps
    a sliver of its neighbours, which costs its score (measured on drawn forms: 1.0 became 0.96 to 0.98).
    ``red``: red ink is what is to be read, not a seal over it.
    """

    margin: float
    height: float
    limit: float
    whole_line: bool
    red: bool = False


#: The first brings a line to the height of the recogniser's input, with a little for its frame.
LINE, ALONE = Cut(0.3, 60, 2.0, True), Cut(0.55, 110, 3.0, False)
MARK = Cut(0.55, 110, 3.0, False, red=True)


def without_red(picture: Picture) -> Picture:
    """The red channel as grey: the ink of seals fades into the paper, black and blue print stays."""
    return np.asarray(cv2.cvtColor(picture[:, :, 2], cv2.COLOR_GRAY2BGR), np.uint8)


def _red_share(picture: Picture) -> float:
    blue, green, red = (picture[:, :, channel].astype(np.int16) for channel in range(3))
    return float(((red - np.maximum(blue, green)) > _REDNESS).mean())


def place(look: Look, box: Box, cut: Cut) -> Box:
    """Where to cut: the whole line that the field was part of, label and all, or the field alone."""
    if not cut.whole_line:
        return box
    x, y = box.center
    around = [word.box for word in look.words if word.box.x0 <= x <= word.box.x1 and word.box.y0 <= y <= word.box.y1]
    return min(around, key=lambda one: one.width * one.height, default=box)


def crop(look: Look, box: Box, cut: Cut) -> Picture:
    """Cut a box (in pixels of the shown picture) out of the picture that was read, at a size that reads well."""
    height, width = look.picture.shape[:2]
    pad = cut.margin * box.height
    x0, y0 = max(0, int((box.x0 - pad) / look.scale)), max(0, int((box.y0 - pad) / look.scale))
    x1, y1 = int((box.x1 + pad) / look.scale) + 1, int((box.y1 + pad) / look.scale) + 1
    x0, y0, x1, y1 = min(x0, width - 1), min(y0, height - 1), min(x1, width), min(y1, height)
    part = look.picture[y0:y1, x0:x1]
    if not cut.red and _red_share(part) > _RED_INK:
        part = without_red(part)
    factor = float(np.clip(cut.height / max(1, y1 - y0), 0.4, cut.limit))
    sized = cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.copyMakeBorder(sized, 30, 30, 60, 60, cv2.BORDER_REPLICATE), np.uint8)
