"""Sheets of paper on a photo: where each lies, and how it looks flattened.

A sheet stands out from its desk, so the desk's colours are taken from the edges of the picture and what differs from
them is paper. Whatever is not clearly a sheet is left alone: a wrong cut loses print, no cut loses nothing, as reading
survives 15 % of perspective.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.reading import Box

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]
#: Sheets are looked for on a picture of this longer side.
_SIDE = 720
#: A sheet covers at least this share of the picture; one that covers nearly all of it needs no cutting.
_SMALLEST, _LARGEST = 0.05, 0.93
#: How much of its four-sided hull a sheet must fill.
_FILL = 0.90
#: A colour is the desk's when it is nearer than this to one of the desk's own colours (distance in Lab).
_DESK_DISTANCE = 26.0
#: Print is dark on its sheet: at least this share of a sheet's pixels are edges.
_PRINT = 0.01
_MARGIN = 0.012
#: Whatever else differs from the desk on more than this share of the picture may be a sheet as well.
_STRAY = 0.015
#: A sheet is cut out when it covers less than this share of its photo or is tilted by more than so many degrees.
_CLUTTERED, _TILTED = 0.5, 5.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its corners in pixels of the picture, clockwise from the top left (4 by 2)."""

    corners: Corners

    @property
    def box(self) -> Box:
        """The box around the sheet."""
        (x0, y0), (x1, y1) = self.corners.min(axis=0), self.corners.max(axis=0)
        return Box(float(x0), float(y0), float(x1), float(y1))


def clips_of(picture: Picture) -> list[tuple[Picture, Box | None]]:
    """The sheets of a photo, each flattened, with the box it had on the photo; else the picture itself.

    A single sheet that lies straight and fills its photo is left as it is: every resampling costs a little sharpness.
    """
    sheets = find_sheets(picture)
    if not sheets or (len(sheets) == 1 and not _worth_cutting(sheets[0], picture)):
        return [(picture, None)]
    return [(flatten(picture, sheet), sheet.box) for sheet in sheets]


def _worth_cutting(sheet: Sheet, picture: Picture) -> bool:
    area = float(cv2.contourArea(sheet.corners))
    small = area < _CLUTTERED * picture.shape[0] * picture.shape[1]
    top = sheet.corners[1] - sheet.corners[0]
    tilt = abs(float(np.degrees(np.arctan2(top[1], top[0]))))
    return small or min(tilt, abs(90 - tilt)) > _TILTED


def find_sheets(picture: Picture) -> tuple[Sheet, ...]:
    """Give all sheets that clearly lie on something, row by row; () when nothing is certain."""
    scale = _SIDE / max(picture.shape[:2])
    small = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    paper = _paper(small)
    if paper is None:
        return ()
    found: Any = cv2.findContours(paper, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    edges = np.asarray(cv2.Canny(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), 60, 160), np.uint8)
    paper_like = [contour for contour in found if cv2.contourArea(contour) > _STRAY * small.shape[0] * small.shape[1]]
    quads = [quad for contour in paper_like if (quad := _quad(contour, small.shape[:2], edges)) is not None]
    if len(quads) < len(paper_like):
        return ()  # something else lies there, perhaps another sheet: what is cut away here would be lost
    return _in_reading_order([Sheet((quad / scale).astype(np.float32)) for quad in quads])


def _in_reading_order(sheets: list[Sheet]) -> tuple[Sheet, ...]:
    """Row by row; a sheet belongs to the row that its middle lies in."""
    rows: list[list[Sheet]] = []
    for sheet in sorted(sheets, key=lambda one: one.box.y0):
        row = next((row for row in rows if sheet.box.center[1] < max(one.box.y1 for one in row)), None)
        if row is None:
            rows.append([sheet])
        else:
            row.append(sheet)
    return tuple(sheet for row in rows for sheet in sorted(row, key=lambda one: one.box.x0))


def flatten(picture: Picture, sheet: Sheet) -> Picture:
    """Cut a sheet out and flatten it by its perspective, with a little of its surroundings."""
    centre = sheet.corners.mean(axis=0)
    corners = (centre + (sheet.corners - centre) * (1 + 2 * _MARGIN)).astype(np.float32)
    top, right, bottom, left = (float(np.linalg.norm(corners[(i + 1) % 4] - corners[i])) for i in range(4))
    width, height = round((top + bottom) / 2), round((left + right) / 2)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(corners, target)
    return np.asarray(
        cv2.warpPerspective(picture, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def _paper(small: Picture) -> Picture | None:
    """A mask of what is not desk; None when the edges of the picture are paper themselves."""
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 2), cv2.COLOR_BGR2LAB).astype(np.float32)
    rim = max(4, small.shape[0] // 60)
    border = np.concatenate(
        [lab[:rim].reshape(-1, 3), lab[-rim:].reshape(-1, 3), lab[:, :rim].reshape(-1, 3), lab[:, -rim:].reshape(-1, 3)]
    )
    white = (border[:, 0] > 205) & (np.abs(border[:, 1:] - 128).max(axis=1) < 14)
    if white.mean() > 0.35:
        return None
    desk = border[~white]
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
    cv2.setRNGSeed(1)
    none: Any = None  # OpenCV's types do not know that there may be no first guess
    colours: Any = cv2.kmeans(np.ascontiguousarray(desk[::3]), 4, none, criteria, 1, cv2.KMEANS_PP_CENTERS)[2]
    distance = np.min(np.linalg.norm(lab[:, :, None, :] - colours[None, None], axis=3), axis=2)
    mask = ((distance > _DESK_DISTANCE) & (lab[:, :, 0] > np.median(desk[:, 0]))).astype(np.uint8) * 255
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)), np.uint8)


def _quad(contour: NDArray[Any], size: tuple[int, ...], edges: Picture) -> Corners | None:
    """The four corners of a contour that is a sheet; None when it is none."""
    area, whole = float(cv2.contourArea(contour)), float(size[0] * size[1])
    if not _SMALLEST * whole < area < _LARGEST * whole:
        return None
    hull: Any = cv2.convexHull(contour)
    quad = _four_corners(hull)
    if quad is None or area < _FILL * float(cv2.contourArea(quad)):
        return None
    if _touches(quad, size) or not _sane(quad):
        return None
    inside = cv2.fillConvexPoly(np.zeros((size[0], size[1]), np.uint8), quad.astype(np.int32), (255,))
    inner = cv2.erode(inside, np.ones((15, 15), np.uint8))
    printed = float((edges[inner > 0] > 0).mean()) if (inner > 0).any() else 0.0
    return quad if printed > _PRINT else None


def _four_corners(hull: NDArray[Any]) -> Corners | None:
    length = float(cv2.arcLength(hull, True))
    for tolerance in (0.02, 0.03, 0.04, 0.06):
        points: Any = cv2.approxPolyDP(hull, tolerance * length, True)
        if len(points) == 4:
            return _clockwise(points[:, 0, :].astype(np.float32))
    return None


def _clockwise(points: Corners) -> Corners:
    """Sort corners clockwise, the first the one nearest the top left."""
    centre = points.mean(axis=0)
    order = np.argsort(np.arctan2(points[:, 1] - centre[1], points[:, 0] - centre[0]))
    sorted_points = points[order]
    first = int(np.argmin(sorted_points.sum(axis=1)))
    return np.roll(sorted_points, -first, axis=0)


def _touches(quad: Corners, size: tuple[int, ...]) -> bool:
    """Whether two corners or more lie on the picture's edge: then the sheet goes on beyond it."""
    height, width = size[:2]
    outside = (quad[:, 0] < 3) | (quad[:, 1] < 3) | (quad[:, 0] > width - 4) | (quad[:, 1] > height - 4)
    return int(outside.sum()) >= 2


def _sane(quad: Corners) -> bool:
    """Opposing sides of like length, angles near the right one."""
    sides = [quad[(i + 1) % 4] - quad[i] for i in range(4)]
    lengths = [float(np.linalg.norm(side)) for side in sides]
    if min(lengths) < 30 or max(lengths[0], lengths[2]) > 1.5 * min(lengths[0], lengths[2]):
        return False
    if max(lengths[1], lengths[3]) > 1.5 * min(lengths[1], lengths[3]):
        return False
    cosines = [abs(float(np.dot(sides[i], sides[i - 1]))) / (lengths[i] * lengths[i - 1]) for i in range(4)]
    return max(cosines) < 0.42
