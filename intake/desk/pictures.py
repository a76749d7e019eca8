"""Pictures for people: the part of a page that a field was read from, and a page with the places of its findings."""

from __future__ import annotations

import io
from collections.abc import Iterable

from PIL import Image, ImageDraw

from intake.desk.services import Services
from intake.desk.views import Json
from intake.store.blobs import picture_key

#: Margin around a field, in heights of its box, and the colours of rejections and questions.
_MARGIN = 0.6
_COLOURS = {"reject": (196, 43, 28), "review": (202, 120, 0)}


def crop(services: Services, sha256: str, page: int, box: Iterable[float]) -> bytes:
    """Cut a field out of its page picture (WebP), with a little of what stands around it.

    Raises:
        FileNotFoundError: there is no picture of the page.
    """
    picture = _open(services, sha256, page)
    x0, y0, x1, y1 = box
    margin = _MARGIN * (y1 - y0)
    area = (
        max(0, int(x0 - margin)),
        max(0, int(y0 - margin)),
        min(picture.width, int(x1 + margin) + 1),
        min(picture.height, int(y1 + margin) + 1),
    )
    return _webp(picture.crop(area))


def annotated(services: Services, sha256: str, page: int, reasons: Iterable[Json]) -> bytes:
    """The page picture (WebP) with a frame around every place of the reasons, under the number that the reason has.

    Raises:
        FileNotFoundError: there is no picture of the page.
    """
    picture = _open(services, sha256, page)
    draw = ImageDraw.Draw(picture)
    width = max(2, picture.width // 500)
    placed = [(one, place) for one in reasons for place in one["places"] if one["severity"] in _COLOURS]
    for one, place in ((one, place) for one, place in placed if place["page"] == page):
        x0, y0, x1, y1 = place["box"]
        colour, gap = _COLOURS[one["severity"]], 2 * width
        draw.rectangle((x0 - gap, y0 - gap, x1 + gap, y1 + gap), outline=colour, width=width)
        draw.text((x1 + 2 * gap, y0 - gap), str(one["number"]), fill=colour, font_size=max(14, picture.width // 60))
    return _webp(picture)


def _open(services: Services, sha256: str, page: int) -> Image.Image:
    return Image.open(io.BytesIO(services.blobs.get(picture_key(sha256, page))), formats=("WEBP",)).convert("RGB")


def _webp(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "WEBP", quality=85)
    return stream.getvalue()
