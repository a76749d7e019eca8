"""What cameras and scanners do to a sheet: perspective, shadow, blur, noise, a desk around it, JPEG."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]


def rendered(pdf: bytes, dpi: int = 200) -> Picture:
    """Render the first page of a PDF as a BGR picture."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return np.ascontiguousarray(document[0].render(scale=dpi / 72).to_numpy()[:, :, :3])
    finally:
        document.close()


def photographed(sheet: Picture, seed: int, tilt: float = 0.015, blur: float = 0.6) -> Picture:
    """Lay a sheet on a desk and take a photo from a slight angle; ``tilt`` is a share of the width."""
    dice = np.random.default_rng(seed)
    height, width = sheet.shape[:2]
    margin = width // 12
    size = (width + 2 * margin, height + 2 * margin)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = (corners + margin + dice.uniform(-tilt, tilt, (4, 2)) * width).astype(np.float32)
    turn = cv2.getPerspectiveTransform(corners, moved)
    desk = np.full((size[1], size[0], 3), (92, 118, 141), np.uint8)
    photo = cv2.warpPerspective(sheet, turn, size, desk, cv2.INTER_AREA, cv2.BORDER_TRANSPARENT)
    shadow = np.linspace(dice.uniform(0.72, 0.82), 1.0, size[0])[None, :, None]
    noisy = cv2.GaussianBlur(photo, (0, 0), blur) * shadow + dice.normal(0, 3, photo.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def desk(height: int, width: int, seed: int, colour: tuple[int, int, int] = (92, 118, 141)) -> Picture:
    """A desk with some grain, in BGR."""
    dice = np.random.default_rng(seed)
    grain = np.cumsum(dice.normal(0, 1, (height, 1)), axis=0) % 14
    wood = np.array(colour)[None, None] + grain[:, :, None] + dice.normal(0, 4, (height, width, 3))
    return np.clip(wood, 0, 255).astype(np.uint8)


def laid(
    on: Picture,
    sheet: Picture,
    centre: tuple[float, float],
    degrees: float = 0.0,
    scale: float = 1.0,
    bend: float = 0.0,
    seed: int = 0,
) -> Picture:
    """Lay a sheet on a desk, turned clockwise by ``degrees``, its corners moved by up to ``bend`` of its width."""
    dice = np.random.default_rng(seed)
    height, width = sheet.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    moved = (
        (corners - (width / 2, height / 2)) * scale @ turn + dice.uniform(-bend, bend, (4, 2)) * width * scale + centre
    )
    warp = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    size = (on.shape[1], on.shape[0])
    return np.asarray(
        cv2.warpPerspective(sheet, warp, size, on.copy(), cv2.INTER_AREA, cv2.BORDER_TRANSPARENT), np.uint8
    )


def quarter_turned(picture: Picture, turns: int = 1) -> Picture:
    """Turn a picture clockwise by quarter turns."""
    return np.ascontiguousarray(np.rot90(picture, -turns))


def scanned(sheet: Picture, seed: int) -> Picture:
    """Put a sheet through an office scanner: a little askew, slightly grey."""
    dice = np.random.default_rng(seed)
    height, width = sheet.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(dice.uniform(-0.6, 0.6)), 1.0)
    turned = cv2.warpAffine(sheet, turn, (width, height), borderValue=(250, 250, 250))
    return np.clip(turned * 0.97 + dice.normal(0, 2, turned.shape), 0, 255).astype(np.uint8)


def jpeg(picture: Picture, quality: int = 80) -> bytes:
    """Encode as JPEG."""
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def png(picture: Picture) -> bytes:
    """Encode as PNG with few colours, as exported renders are."""
    buffer = io.BytesIO()
    Image.fromarray(picture[:, :, ::-1]).quantize(64).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def heic(picture: Picture) -> bytes:
    """Encode as HEIC, as phones do."""
    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(picture[:, :, ::-1])).save(buffer, quality=70)
    return buffer.getvalue()
