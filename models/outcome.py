"""What the pipeline says of one document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from models.finding import Finding, Verdict
from models.invoice import Invoice


class Format(StrEnum):
    """What a file really is, by its content."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    TIFF = "tiff"
    HEIC = "heic"
    BMP = "bmp"
    GIF = "gif"
    PDF = "pdf"
    OFD = "ofd"
    XML = "xml"
    ZIP = "zip"
    UNKNOWN = "unknown"


#: The formats that show an invoice and say nothing of it.
PICTURES = frozenset({Format.JPEG, Format.PNG, Format.WEBP, Format.TIFF, Format.HEIC, Format.BMP, Format.GIF})


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A stored page picture: where it lies in the scratch folder, and its size in pixels."""

    page: int
    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one document with everything that led to it.

    ``timings_ms`` is per stage plus ``total``; ``policy`` is the name and version of the pack that judged.
    """

    sha256: str
    format: Format
    pages: int
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    pictures: tuple[PagePicture, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    policy: str = ""
