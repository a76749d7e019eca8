"""A page's picture made ready for reading: upright, straight where that helps, and measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.preprocess.quality import findings_of, measure
from models.finding import Finding, Severity

Picture = NDArray[np.uint8]
#: Tilt is corrected between these degrees: the engine reads ±12° as it is, but rows of the form fall apart from about
#: half a degree on wide pages, and above ten the estimate is no tilt of print any more.
_TILT_FROM, _TILT_TO = 0.4, 10.0
#: From here on a person is told: the estimate may be off by a degree, and small print suffers from the turn.
_STEEP = 5.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture ready for reading, what was done to it (``tilt`` in degrees), and findings on its quality."""

    picture: Picture
    quarter_turns: int
    tilt: float
    findings: tuple[Finding, ...]


def prepare(picture: Picture, turns: Callable[[Picture], int]) -> Prepared:
    """Turn and straighten a picture. ``turns`` says how many quarter turns clockwise make it upright."""
    quarter = turns(picture) % 4
    upright = quarter_turned(picture, quarter) if quarter else picture
    tilt = tilt_of(upright)
    if _TILT_FROM <= abs(tilt) <= _TILT_TO:
        upright = _rotated(upright, tilt)
    findings = list(findings_of(measure(picture), (upright.shape[0], upright.shape[1])))
    if _STEEP <= abs(tilt) <= _TILT_TO:
        findings.append(Finding("IMG-SKEW", Severity.WARN, params={"degrees": f"{abs(tilt):.0f}"}))
    return Prepared(upright, quarter, tilt, tuple(findings))


def quarter_turned(picture: Picture, turns: int) -> Picture:
    """Turn a picture clockwise by quarter turns."""
    return np.ascontiguousarray(np.rot90(picture, -turns))


def tilt_of(picture: Picture) -> float:
    """Estimate the tilt of print and rules in degrees (positive: the right end is lower), 0.0 when there is no sign."""
    scale = 1000 / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edges = cv2.Canny(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), 60, 180)
    found: Any = cv2.HoughLinesP(edges, 1, np.pi / 1440, 120, minLineLength=small.shape[1] // 5, maxLineGap=12)
    if found is None:
        return 0.0
    spans = found[:, 0, :].astype(float)
    angles = np.degrees(np.arctan2(spans[:, 3] - spans[:, 1], spans[:, 2] - spans[:, 0]))
    lengths = np.hypot(spans[:, 2] - spans[:, 0], spans[:, 3] - spans[:, 1])
    level = np.abs(angles) < _TILT_TO
    if level.sum() < 3:
        return 0.0
    order = np.argsort(angles[level])
    weights = np.cumsum(lengths[level][order])
    return float(angles[level][order][np.searchsorted(weights, weights[-1] / 2)])


def _rotated(picture: Picture, degrees: float) -> Picture:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turned = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8)
