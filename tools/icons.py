"""Draw the icons of the installed app (``python -m tools.icons``): the shapes of ``static/icon.svg`` in pixels."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

STATIC = Path(__file__).resolve().parents[1] / "api" / "web" / "static"
BLUE, WHITE = "#0f5b8a", "#ffffff"
#: Drawn this much larger and made smaller, which smooths the edges.
_FINER = 8
#: The slip, its tick and its line, on a field of 32 by 32.
_SLIP = [(9, 6), (23, 6), (23, 26), (19.5, 23.5), (16, 26), (12.5, 23.5), (9, 26)]
_TICK = [(12.2, 13.6), (14.9, 16.3), (19.9, 10.9)]
_LINE = [(12.2, 20.2), (19.8, 20.2)]


def icon(size: int, *, maskable: bool = False) -> Image.Image:
    """One icon; a maskable one fills its square and keeps the slip within the circle that every system shows."""
    side = size * _FINER
    picture = Image.new("RGBA", (side, side), BLUE if maskable else "#00000000")
    draw = ImageDraw.Draw(picture)
    if not maskable:
        draw.rounded_rectangle((0, 0, side - 1, side - 1), radius=side * 7 / 32, fill=BLUE)
    scale = side / 32 * (0.8 if maskable else 1.0)
    middle = side / 2

    def at(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(middle + (x - 16) * scale, middle + (y - 16) * scale) for x, y in points]

    draw.polygon(at(_SLIP), fill=WHITE)
    draw.line(at(_TICK), fill=BLUE, width=round(2.0 * scale), joint="curve")
    draw.line(at(_LINE), fill=BLUE, width=round(1.6 * scale))
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Write the icons that the manifest names."""
    icon(192).save(STATIC / "icon-192.png", optimize=True)
    icon(512).save(STATIC / "icon-512.png", optimize=True)
    icon(512, maskable=True).save(STATIC / "icon-maskable-512.png", optimize=True)


if __name__ == "__main__":
    main()
