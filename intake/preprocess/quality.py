"""How good a picture is to read, measured, and the one thing to change where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.finding import Finding, Severity
from models.reading import Word

Picture = NDArray[np.uint8]
#: Below this the smallest print of a form has strokes thinner than a pixel; nothing reads below the other.
_SHORT_SIDE_WARN, _SHORT_SIDE_REJECT = 800, 200
#: Measured: 39 legible pictures have 0.54 to 1.72, drawn pages blurred by 3 pixels and more 0.35 and less.
_SHARP = 0.40
_CONTRAST = 25.0
#: Glare: white to the limit, while the paper around is darker than this, on more than this share of the picture.
_BURNT, _PAPER, _GLARE = 252, 225, 0.012
_SIDE = 1600
#: Words that touch an edge of the picture, and how many of them say that something is cut off there.
_TOUCHING, _CUT_WORDS = 0.003, 3


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of one picture.

    ``sharpness``: how steep the steepest edges are, as a share of the picture's contrast in one pixel, at a longer side
    of 1600; ``contrast``: grey between the 2nd and the 95th percentile (0-255); ``glare``: share of the picture that is
    burnt out; ``short_side`` in pixels.
    """

    sharpness: float
    contrast: float
    glare: float
    short_side: int


def measure(picture: Picture) -> Quality:
    """Measure a picture (BGR)."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    scale = _SIDE / max(grey.shape)
    if scale < 1:
        grey = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    dark, light = (float(one) for one in np.percentile(grey[::3, ::3], (2, 95)))
    return Quality(_sharpness(grey, light - dark), light - dark, _glare(grey), min(picture.shape[:2]))


def findings_of(quality: Quality, size: tuple[int, int]) -> tuple[Finding, ...]:
    """What to tell the sender; ``size`` is height and width. Only what cannot be read at all sends a picture back."""
    found = []
    if quality.short_side < _SHORT_SIDE_WARN:
        severity = Severity.REJECT if quality.short_side < _SHORT_SIDE_REJECT else Severity.WARN
        found.append(Finding("IMG-RESOLUTION", severity, params={"w": str(size[1]), "h": str(size[0])}))
    if quality.contrast < _CONTRAST:
        found.append(Finding("IMG-DARK", Severity.WARN))
    elif quality.sharpness < _SHARP:
        found.append(Finding("IMG-BLUR", Severity.WARN, params={"field": "@page.print"}))
    if quality.glare > _GLARE:
        found.append(Finding("IMG-GLARE", Severity.WARN, params={"field": "@page.page"}))
    return tuple(found)


def cut_sides(words: Sequence[Word], width: float, height: float) -> tuple[Finding, ...]:
    """A finding for each side at which print runs into the edge of the picture."""
    near = _TOUCHING * max(width, height)
    touching = {
        "left": sum(word.box.x0 <= near for word in words),
        "right": sum(word.box.x1 >= width - near for word in words),
        "top": sum(word.box.y0 <= near for word in words),
        "bottom": sum(word.box.y1 >= height - near for word in words),
    }
    return tuple(
        Finding("IMG-CUT", Severity.WARN, params={"side": f"@edge.{side}"})
        for side, count in touching.items()
        if count >= _CUT_WORDS
    )


def _sharpness(grey: Picture, contrast: float) -> float:
    steps = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3)) / 4
    edges = steps[steps > 8]
    return float(np.percentile(edges, 95) / max(contrast, 1.0)) if edges.size else 0.0


def _glare(grey: Picture) -> float:
    """Burnt-out spots; a page that is white as a whole, as every scan and render is, has none."""
    if float(np.median(grey)) > _PAPER:
        return 0.0
    burnt = cv2.morphologyEx((grey >= _BURNT).astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    return float(burnt.mean())
