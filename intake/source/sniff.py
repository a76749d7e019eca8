"""What a file really is, by its first bytes; its name is only compared, never believed."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from models.outcome import Format

_MAGIC = (
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"II*\x00", Format.TIFF),
    (b"MM\x00*", Format.TIFF),
    (b"BM", Format.BMP),
    (b"GIF8", Format.GIF),
)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_EXTENSIONS = {
    Format.JPEG: {".jpg", ".jpeg", ".jfif"},
    Format.PNG: {".png"},
    Format.WEBP: {".webp"},
    Format.TIFF: {".tif", ".tiff"},
    Format.HEIC: {".heic", ".heif"},
    Format.BMP: {".bmp"},
    Format.GIF: {".gif"},
    Format.PDF: {".pdf"},
    Format.OFD: {".ofd"},
    Format.XML: {".xml"},
    Format.ZIP: {".zip"},
}
#: Some mailers and printers put bytes before the header; readers of PDF look this far for it.
_PDF_HEADER_WITHIN = 2048


def sniff(content: bytes) -> Format:
    """Name the format of a file by its content."""
    head = content[:64]
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Format.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return Format.HEIC
    if b"%PDF-" in content[:_PDF_HEADER_WITHIN]:
        return Format.PDF
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(content)
    return Format.XML if _is_xml(content) else Format.UNKNOWN


def fits_name(name: str, found: Format) -> bool:
    """Whether the extension of a file's name agrees with what it is."""
    suffix = Path(name).suffix.lower()
    return not suffix or suffix in _EXTENSIONS.get(found, set())


def _zip_kind(content: bytes) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return Format.OFD if b"OFD.xml" in content[:4096] else Format.ZIP
    return Format.OFD if any(name.lstrip("/").lower() == "ofd.xml" for name in names) else Format.ZIP


def _is_xml(content: bytes) -> bool:
    head = content[:400].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"\xff\xfe<\x00", b"\xfe\xff\x00<")):
        return True
    if re.match(rb"<!DOCTYPE\s+html|<html|<svg", head, re.IGNORECASE) or b"<svg" in content[:1000]:
        return False
    return bool(re.match(rb"<\?xml|<[A-Za-z_:!][^>]*>?", head))
