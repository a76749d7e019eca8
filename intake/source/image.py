"""Pictures: JPEG, PNG, WebP, TIFF (several pages), HEIC, BMP, GIF."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import numpy as np
import pi_heif
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from intake.errors import UnreadableInput
from intake.source.opened import Limits, Opened, Picture, SourcePage
from models.outcome import Format

pi_heif.register_heif_opener()
#: The cap on pixels is ours and checked before decoding; Pillow's own would only warn.
Image.MAX_IMAGE_PIXELS = None
#: Only the decoder of what the first bytes say: Pillow's others are for nobody's invoice, and one starts a program.
_DECODERS = {
    **{Format.JPEG: ("JPEG",), Format.PNG: ("PNG",), Format.WEBP: ("WEBP",), Format.TIFF: ("TIFF",)},
    **{Format.HEIC: ("HEIF",), Format.BMP: ("BMP",), Format.GIF: ("GIF",)},
}
#: What Pillow's decoders raise over damage: they are written for whole files.
BROKEN = (
    *(UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TypeError, AttributeError, MemoryError),
    *(LookupError, ArithmeticError, struct.error),
)


def open_image(content: bytes, found: Format, limits: Limits) -> Opened:
    """Open a picture; every frame of a TIFF is a page, of an animation only the first.

    Raises:
        UnreadableInput: FILE-CORRUPT when it cannot be decoded, FILE-SIZE when it has too many pixels or pages.
    """
    try:
        with Image.open(io.BytesIO(content), formats=_DECODERS[found]) as image:
            frames = getattr(image, "n_frames", 1) if found is Format.TIFF else 1
            if frames > limits.pages:
                raise UnreadableInput("FILE-PAGES", {"n": str(frames), "limit": str(limits.pages)})
            pictures = [
                _decode(frame, limits) for frame, _ in zip(ImageSequence.Iterator(image), range(frames), strict=False)
            ]
    except BROKEN as trouble:
        raise UnreadableInput("FILE-CORRUPT") from trouble
    pages = (SourcePage(number, draw=_giver(picture)) for number, picture in enumerate(pictures, 1))
    return Opened(found, tuple(pages))


def _decode(frame: Image.Image, limits: Limits) -> Picture:
    if frame.width * frame.height > limits.pixels:
        raise UnreadableInput("FILE-PIXELS", {"w": str(frame.width), "h": str(frame.height)})
    upright = ImageOps.exif_transpose(frame)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright.convert("RGBA"))
    return np.ascontiguousarray(np.asarray(upright.convert("RGB"))[:, :, ::-1])


def _giver(picture: Picture) -> Callable[[], Picture]:
    return lambda: picture
