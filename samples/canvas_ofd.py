"""The canvas that writes an OFD (GB/T 33190-2016): one page, its texts by object id, and invoice data beside it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samples.canvas import BLACK, SONG, Colour, width_of

_MM = 25.4 / 72
_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
#: A fixed time, so that the same invoice gives the same bytes.
_THEN = (2025, 1, 1, 0, 0, 0)


class OfdCanvas:
    """One page, ``width`` by ``height`` points; OFD itself counts in millimetres."""

    def __init__(self, width: float, height: float) -> None:
        self._size = f"0 0 {width * _MM:.3f} {height * _MM:.3f}"
        self._objects: list[str] = []
        self._picture = b""
        self._texts: list[str] = []

    def text(
        self, x: float, y: float, text: str, size: float = 9, face: str = SONG, colour: Colour = BLACK,
        align: str = "left",
    ) -> None:  # fmt: skip
        wide = width_of(text, size)
        left = x - {"left": 0.0, "centre": wide / 2, "right": wide}[align]
        steps = " ".join(f"{width_of(char, size) * _MM:.3f}" for char in text[:-1])
        boundary = f"{left * _MM:.3f} {(y - size) * _MM:.3f} {wide * _MM:.3f} {size * 1.2 * _MM:.3f}"
        self._texts.append(text)
        self._objects.append(
            f'<ofd:TextObject ID="{self._next()}" Boundary="{boundary}" Font="2" Size="{size * _MM:.3f}">'
            f'{_colour("FillColor", colour)}<ofd:TextCode X="0" Y="{size * _MM:.3f}" DeltaX="{steps}">'
            f"{escape(text)}</ofd:TextCode></ofd:TextObject>"
        )

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, width: float = 0.7) -> None:
        wide, high = max(abs(x1 - x0), width), max(abs(y1 - y0), width)
        path = f"M 0 0 L {(x1 - x0) * _MM:.3f} {(y1 - y0) * _MM:.3f}"
        self._path(min(x0, x1), min(y0, y1), wide, high, path, colour, width)

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour, width: float) -> None:
        a, b = rx * _MM, ry * _MM
        path = f"M 0 {b:.3f} A {a:.3f} {b:.3f} 0 0 1 {2 * a:.3f} {b:.3f} A {a:.3f} {b:.3f} 0 0 1 0 {b:.3f}"
        self._path(x - rx, y - ry, 2 * rx, 2 * ry, path, colour, width)

    def bitmap(self, x: float, y: float, side: float, dark: NDArray[np.bool_]) -> None:
        enlarged = np.kron(np.where(dark, 0, 255).astype(np.uint8), np.ones((6, 6), np.uint8))
        buffer = io.BytesIO()
        Image.fromarray(enlarged).save(buffer, "PNG")
        self._picture = buffer.getvalue()
        edge = f"{side * _MM:.3f}"
        self._objects.append(
            f'<ofd:ImageObject ID="{self._next()}" ResourceID="3" CTM="{edge} 0 0 {edge} 0 0"'
            f' Boundary="{x * _MM:.3f} {y * _MM:.3f} {edge} {edge}"/>'
        )
        self._texts.append("")

    def ids_of(self, text: str) -> list[int]:
        """The ids of the objects that show exactly this text."""
        return [number for number, shown in enumerate(self._texts, 10) if shown == text]

    def finish(self, parts: Mapping[str, bytes]) -> bytes:
        """Give the package with further parts (path inside ``Doc_0`` to content)."""
        page = f"<ofd:Page {_NS}><ofd:Area><ofd:PhysicalBox>{self._size}</ofd:PhysicalBox></ofd:Area><ofd:Content>"
        page += f'<ofd:Layer ID="1">{"".join(self._objects)}</ofd:Layer></ofd:Content></ofd:Page>'
        named = {
            "OFD.xml": _xml(_ROOT),
            "Doc_0/Document.xml": _xml(_DOCUMENT.format(size=self._size)),
            "Doc_0/PublicRes.xml": _xml(_FONT),
            "Doc_0/DocumentRes.xml": _xml(_MEDIA),
            "Doc_0/Pages/Page_0/Content.xml": _xml(page),
            "Doc_0/Res/qr.png": self._picture,
            **{f"Doc_0/{path}": content for path, content in parts.items()},
        }
        return packed(named)

    def _path(self, x: float, y: float, wide: float, high: float, path: str, colour: Colour, width: float) -> None:
        boundary = f"{x * _MM:.3f} {y * _MM:.3f} {wide * _MM:.3f} {high * _MM:.3f}"
        self._objects.append(
            f'<ofd:PathObject ID="{self._next()}" Boundary="{boundary}" LineWidth="{width * _MM:.3f}">'
            f"{_colour('StrokeColor', colour)}<ofd:AbbreviatedData>{path}</ofd:AbbreviatedData></ofd:PathObject>"
        )
        self._texts.append("")

    def _next(self) -> int:
        return 10 + len(self._objects)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Pack parts into a ZIP whose bytes depend on nothing but them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            member = zipfile.ZipInfo(name, _THEN)
            member.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(member, content)
    return buffer.getvalue()


def _colour(name: str, colour: Colour) -> str:
    return f'<ofd:{name} Value="{" ".join(str(round(part * 255)) for part in colour)}"/>'


def _xml(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()


_ROOT = (
    f'<ofd:OFD {_NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo>'
    "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
)
_DOCUMENT = (
    f"<ofd:Document {_NS}><ofd:CommonData><ofd:MaxUnitID>9999</ofd:MaxUnitID><ofd:PageArea>"
    "<ofd:PhysicalBox>{size}</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
    "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData>"
    '<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'
)
_FONT = f'<ofd:Res {_NS} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="2" FontName="SimSun"/></ofd:Fonts></ofd:Res>'
_MEDIA = (
    f'<ofd:Res {_NS} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="3" Type="Image" Format="PNG">'
    "<ofd:MediaFile>qr.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
)
