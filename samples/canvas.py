"""What a layout draws on, in points with the origin at the top left; the same layout goes to PDF and to OFD."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import zxingcpp
from numpy.typing import NDArray

Colour = tuple[float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0)
BROWN: Colour = (0.5, 0.0, 0.0)
ORANGE: Colour = (0.62, 0.32, 0.18)
RED: Colour = (0.9, 0.1, 0.1)
SONG, KAI, MONO = "song", "kai", "mono"


class Canvas(Protocol):
    """One page. ``y`` of a text is its base line; ``align`` is left, centre or right of ``x``."""

    def text(
        self, x: float, y: float, text: str, size: float = 9, face: str = SONG, colour: Colour = BLACK,
        align: str = "left",
    ) -> None: ...  # fmt: skip

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, width: float = 0.7) -> None: ...

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour, width: float) -> None: ...

    def bitmap(self, x: float, y: float, side: float, dark: NDArray[np.bool_]) -> None: ...


def draw_qr(canvas: Canvas, text: str, x: float, y: float, side: float) -> None:
    """Draw a QR code, one element a module."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture = np.asarray(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    canvas.bitmap(x, y, side, picture == 0)


def draw_seal(canvas: Canvas, x: float, y: float, rows: tuple[str, str, str], rx: float = 42, ry: float = 27) -> None:
    """Draw an oval red seal around its three rows of text."""
    canvas.ellipse(x, y, rx, ry, RED, 1.6)
    canvas.ellipse(x, y, rx - 3, ry - 3, RED, 0.4)
    for offset, row in zip((-0.4, 0.1, 0.62), rows, strict=True):
        canvas.text(x, y + offset * ry, row, 6, KAI, RED, "centre")


def width_of(text: str, size: float) -> float:
    """The width of a text: an ASCII character is half as wide as a Chinese one, as in the fonts used."""
    return sum(0.5 if char.isascii() or char in "¥×" else 1.0 for char in text) * size


def scale_to_fit(needed: float, room: float) -> float:
    """How much smaller rows must be drawn so that a long table stays above its sums."""
    return min(1.0, room / needed)


def wrapped(text: str, size: float, width: float) -> list[str]:
    """Break a text into rows that are no wider than ``width``."""
    rows = [""]
    for char in text:
        if width_of(rows[-1] + char, size) > width:
            rows.append("")
        rows[-1] += char
    return rows
