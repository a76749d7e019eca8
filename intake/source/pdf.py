"""PDF: triage and pictures with pypdfium2, words with pdfplumber, attachments with pikepdf."""

from __future__ import annotations

import io
import itertools
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pdfplumber
import pikepdf
import pypdfium2
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from intake.errors import UnreadableInput
from intake.source.opened import DataPart, Limits, Opened, Picture, SourcePage
from intake.source.signatures import pdf_signatures, signature_findings
from models.outcome import Format
from models.reading import Box, Word

#: Points to pixels: 200 dpi, at which an A5 form is 1650 pixels wide and small print still reads.
SCALE = 200 / 72
_UNREADABLE = (
    *(PdfminerException, MalformedPDFException, PSException, ValueError, TypeError, AttributeError, AssertionError),
    *(LookupError, ArithmeticError, RecursionError, NotImplementedError, struct.error, zlib.error),
)


def open_pdf(content: bytes, limits: Limits) -> Opened:
    """Open a PDF: its pages, and the XML attached to it.

    Raises:
        UnreadableInput: FILE-PASSWORD, FILE-CORRUPT, or FILE-PAGES when it has more pages than the limit.
    """
    start = content.find(b"%PDF-")
    content = content[start:]
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as trouble:
        encrypted = "password" in str(trouble).lower()
        raise UnreadableInput("FILE-PASSWORD" if encrypted else "FILE-CORRUPT") from trouble
    count = len(document)
    if count == 0:
        raise UnreadableInput("FILE-CORRUPT")
    if count > limits.pages:
        raise UnreadableInput("FILE-PAGES", {"n": str(count), "limit": str(limits.pages)})
    reader = _Reader(content, document, limits)
    pages = tuple(
        SourcePage(index + 1, draw=reader.drawer(index), read_words=reader.word_reader(index)) for index in range(count)
    )
    sealed = pdf_signatures(content)
    return Opened(Format.PDF, pages, tuple(_attachments(content, limits)), signature_findings(sealed))


class _Reader:
    """Draws and reads the pages of one document; pdfplumber is opened only when a page has text."""

    def __init__(self, content: bytes, document: pypdfium2.PdfDocument, limits: Limits) -> None:
        self._content = content
        self._document = document
        self._limits = limits
        self._plumber: Any = None

    def drawer(self, index: int) -> Callable[[], Picture]:
        return lambda: self._draw(index)

    def word_reader(self, index: int) -> Callable[[], tuple[Word, ...]]:
        return lambda: self._words(index)

    def _scale(self, page: pypdfium2.PdfPage) -> float:
        width, height = page.get_size()
        most = (self._limits.pixels / 4) ** 0.5
        return min(SCALE, float(most / max(width, height, 1.0)))

    def _page(self, index: int) -> pypdfium2.PdfPage:
        try:
            return self._document[index]
        except pypdfium2.PdfiumError as trouble:
            raise UnreadableInput("FILE-CORRUPT") from trouble

    def _draw(self, index: int) -> Picture:
        page = self._page(index)
        try:
            bitmap = page.render(scale=self._scale(page))
            return np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
        except pypdfium2.PdfiumError as trouble:
            raise UnreadableInput("FILE-CORRUPT") from trouble
        finally:
            page.close()

    def _words(self, index: int) -> tuple[Word, ...]:
        page = self._page(index)
        try:
            text_page = page.get_textpage()
            has_text = text_page.count_chars() > 0
            text_page.close()
            scale = self._scale(page)
        finally:
            page.close()
        return self._plumbed(index, scale) if has_text else ()

    def _plumbed(self, index: int, scale: float) -> tuple[Word, ...]:
        try:
            if self._plumber is None:
                self._plumber = pdfplumber.open(io.BytesIO(self._content))
            page = self._plumber.pages[index]
            if page.rotation == 0:
                x0, top, x1, bottom = page.cropbox
                page = page.crop((min(x0, x1), min(top, bottom), max(x0, x1), max(top, bottom)), strict=False)
            chars = page.dedupe_chars(tolerance=1).chars
        except _UNREADABLE:
            # pdfminer raises whatever its tables trip over; a page it cannot read is read as a picture instead.
            return ()
        left, above = page.bbox[0], page.bbox[1]
        return tuple(_words(chars, left, above, scale))


def _words(chars: Iterable[dict[str, Any]], left: float, above: float, scale: float) -> Iterable[Word]:
    """Join characters to words in content order, so that print over print does not mix."""
    run: list[dict[str, Any]] = []
    for char in chars:
        text = _clean(char["text"])
        if not text.strip() or not char.get("upright", True):
            continue
        if run and not _follows(run[-1], char):
            yield _word(run, left, above, scale)
            run = []
        run.append(char)
    if run:
        yield _word(run, left, above, scale)


def _follows(before: dict[str, Any], char: dict[str, Any]) -> bool:
    height = max(before["height"], 1.0)
    same_row = abs(before["bottom"] - char["bottom"]) < 0.4 * height
    gap = char["x0"] - before["x1"]
    return bool(same_row and -0.5 * height < gap < 0.6 * height)


def _word(run: list[dict[str, Any]], left: float, above: float, scale: float) -> Word:
    box = Box(
        (min(char["x0"] for char in run) - left) * scale,
        (min(char["top"] for char in run) - above) * scale,
        (max(char["x1"] for char in run) - left) * scale,
        (max(char["bottom"] for char in run) - above) * scale,
    )
    return Word("".join(_clean(char["text"]) for char in run), box)


def _clean(text: str) -> str:
    if text.startswith("(cid:"):
        return ""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] != "C")


def _attachments(content: bytes, limits: Limits) -> Iterable[DataPart]:
    if b"EmbeddedFile" not in content and b"/ObjStm" not in content:
        return
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for name, spec in itertools.islice(pdf.attachments.items(), limits.attachments):
                data = _unpacked(spec.get_file().obj, limits.xml_size)
                if data.lstrip()[:1] == b"<":
                    yield DataPart(name, data)
    except (pikepdf.PdfError, pikepdf.DataDecodingError, zlib.error, ValueError, KeyError, TypeError, RuntimeError):
        # An attachment that cannot be taken out is no data; the page itself is still read.
        return


def _unpacked(stream: pikepdf.Object, most: int) -> bytes:
    """The bytes of a stream, or b"" when there are more; an attachment of kilobytes may unpack to gigabytes.

    Raises:
        zlib.error: it is damaged. pikepdf.PdfError: it is packed in a way of which no maker of invoices makes use.
    """
    packed = stream.read_raw_bytes()
    filters = stream.get("/Filter", pikepdf.Array())
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if names not in ([], ["/FlateDecode"]) or "/DecodeParms" in stream:
        raise pikepdf.PdfError("an attachment is packed unusually")
    data = zlib.decompressobj().decompress(packed, most + 1) if names else packed
    return data if len(data) <= most else b""
