"""Draws the page of an OFD plainly: its texts in place and the lines of its form, so that a person can compare."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from intake.source.image import BROKEN
from intake.source.opened import Picture
from models.reading import Box

_LARGEST = 20_000_000
#: What GB/T 33190 lets a package hold. Pillow's other decoders are not for strangers: the one for EPS starts a program.
_DECODERS = ("BMP", "GIF", "JPEG", "PNG", "TIFF")
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
)


def draw_page(
    width: float,
    height: float,
    texts: Sequence[tuple[Box, str]],
    lines: Sequence[Box],
    images: Sequence[tuple[Box, bytes]],
) -> Picture:
    """Draw pictures, lines and texts (boxes in pixels) on white; gives a BGR picture."""
    image = Image.new("RGB", (round(width), round(height)), "white")
    for box, content in images:
        _paste(image, box, content)
    brush = ImageDraw.Draw(image)
    for line in lines:
        brush.rectangle((line.x0, line.y0, max(line.x1, line.x0 + 1), max(line.y1, line.y0 + 1)), fill=(128, 64, 0))
    for box, text in texts:
        font = _font(max(6, min(round(box.height), 120)))
        drawn = brush.textlength(text, font=font)
        if drawn > 0 and len(text) > 1 and box.height < 2.5 * box.width:
            step = box.width / len(text)
            for index, char in enumerate(text):
                brush.text((box.x0 + index * step, box.y0), char, fill="black", font=font)
        else:
            brush.text((box.x0, box.y0), text, fill="black", font=font)
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def _paste(image: Image.Image, box: Box, content: bytes) -> None:
    try:
        with Image.open(io.BytesIO(content), formats=_DECODERS) as picture:
            size = (max(1, round(box.width)), max(1, round(box.height)))
            if max(picture.width * picture.height, size[0] * size[1]) > _LARGEST:
                return
            drawn = picture.convert("RGBA").resize(size)
    except BROKEN:
        return  # a picture in a format of its own (seals) is left out
    image.paste(drawn, (round(box.x0), round(box.y0)), drawn)


@functools.cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = next((path for path in _FONTS if Path(path).exists()), None)
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
