"""OFD (GB/T 33190-2016): the texts of its pages, its drawn picture, and the XML that carries the invoice as data."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from intake.errors import UnreadableInput
from intake.source.archive import Package
from intake.source.ofd_draw import draw_page
from intake.source.opened import DataPart, Limits, Opened, Picture, SourcePage
from intake.source.safe_xml import local, parse_xml
from intake.source.signatures import ofd_signatures, signature_findings
from models.outcome import Format
from models.reading import Box, Word

#: Millimetres to pixels: 200 dpi.
SCALE = 200 / 25.4
#: Millimetres.
_FARTHEST = 10_000.0
_DATA_NAME = re.compile(r"(?:invoice|issuer|receiver|customtag|einv|xbrl|rai_|atr_)[^/]*\.xml$", re.IGNORECASE)
_TAG_NAME = re.compile(r"Tags?/[^/]*\.xml$|customtag", re.IGNORECASE)
#: The name of the part that gives the texts of the page by object id, for tags that only point at them.
TEXTS_PART = "#texts"


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A TextObject: its id, its text, and its box in millimetres."""

    id: str
    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page in millimetres with its texts and pictures (template first, then its own layers)."""

    width: float
    height: float
    glyphs: tuple[Glyphs, ...]
    lines: tuple[Box, ...]
    images: tuple[tuple[Box, bytes], ...]


def open_ofd(content: bytes, limits: Limits) -> Opened:
    """Open an OFD package.

    Raises:
        UnreadableInput: FILE-CORRUPT when a part it names is missing or damaged, FILE-ARCHIVE beyond the limits,
            FILE-XML-UNSAFE for a DTD.
    """
    package = Package(content, limits, "FILE-ARCHIVE")
    root = parse_xml(package.read(package.named("OFD.xml")), limits)
    data = list(_data_parts(package, limits))
    sheets: list[Sheet] = []
    for element in root.iter():
        if local(element) == "DocRoot" and element.text:
            sheets += _sheets(package, element.text.strip(), limits)
    if not sheets:
        raise UnreadableInput("FILE-CORRUPT")
    data += _tagged(data, sheets)
    pages = tuple(_page(number, sheet) for number, sheet in enumerate(sheets, 1))
    sealed = ofd_signatures(Package(content, limits, "FILE-ARCHIVE"), limits)
    return Opened(Format.OFD, pages, tuple(data), signature_findings(sealed))


def _page(number: int, sheet: Sheet) -> SourcePage:
    def draw() -> Picture:
        return draw_page(
            sheet.width * SCALE,
            sheet.height * SCALE,
            [(_scaled(glyphs.box), glyphs.text) for glyphs in sheet.glyphs],
            [_scaled(line) for line in sheet.lines],
            [(_scaled(box), content) for box, content in sheet.images],
        )

    words = tuple(Word(glyphs.text, _scaled(glyphs.box)) for glyphs in sheet.glyphs if glyphs.text.strip())
    return SourcePage(number, draw=draw, read_words=lambda: words)


def _scaled(box: Box) -> Box:
    return Box(*(edge * SCALE for edge in box))


def _sheets(package: Package, doc_root: str, limits: Limits) -> Iterator[Sheet]:
    path = package.named(doc_root)
    document = parse_xml(package.read(path), limits)
    templates = {
        element.get("ID"): package.beside(path, element.get("BaseLoc", ""))
        for element in document.iter()
        if local(element) == "TemplatePage"
    }
    size = next((element.text for element in document.iter() if local(element) == "PhysicalBox" and element.text), None)
    media = _media(package, path, document, limits)
    references = [element for element in document.iter() if local(element) == "Page" and element.get("BaseLoc")]
    if len(references) > limits.pages:
        raise UnreadableInput("FILE-PAGES", {"n": str(len(references)), "limit": str(limits.pages)})
    for reference in references:
        content = parse_xml(package.read(package.beside(path, reference.get("BaseLoc", ""))), limits)
        own = next((e.text for e in content.iter() if local(e) == "PhysicalBox" and e.text), None)
        box = _numbers(own or size or "0 0 210 140")
        layers = [content]
        for element in content.iter():
            if local(element) == "Template" and element.get("TemplateID") in templates:
                layers.insert(0, parse_xml(package.read(templates[element.get("TemplateID")]), limits))
        glyphs = tuple(found for layer in layers for found in _glyphs(layer))
        lines = tuple(found for layer in layers for found in _paths(layer))
        images = tuple(found for layer in layers for found in _images(layer, media, package))
        width, height = (box[2], box[3]) if len(box) >= 4 else (210.0, 140.0)
        yield Sheet(min(max(width, 10.0), 600.0), min(max(height, 10.0), 900.0), glyphs, lines, images)


def _glyphs(layer: etree._Element) -> Iterator[Glyphs]:
    for element in layer.iter():
        if local(element) != "TextObject":
            continue
        boundary = _numbers(element.get("Boundary", ""))
        if len(boundary) < 4:
            continue
        size = (_numbers(element.get("Size", "")) or [3.0])[0]
        matrix = _numbers(element.get("CTM", ""))
        for code in element:
            if local(code) == "TextCode" and code.text:
                yield _run(element.get("ID", ""), code, boundary, size, matrix)


def _run(identity: str, code: etree._Element, boundary: list[float], size: float, matrix: list[float]) -> Glyphs:
    text = "".join(c for c in unicodedata.normalize("NFKC", code.text or "") if unicodedata.category(c)[0] != "C")
    x, y = ((_numbers(code.get(name, "")) or [0.0])[0] for name in ("X", "Y"))
    steps_x, steps_y = (_deltas(code.get(name, "")) for name in ("DeltaX", "DeltaY"))
    count = max(len(text) - 1, 0)
    last = size * (0.5 if text[-1:].isascii() else 1.0)
    right = x + (sum(steps_x[:count]) if steps_x else count * last * (0.0 if steps_y else 1.0)) + last
    low = y + (sum(steps_y[:count]) if steps_y else 0.0)
    corners = [(x, y - size * 0.85), (right, low + size * 0.15)]
    if len(matrix) >= 6:
        a, b, c, d, e, f = matrix[:6]
        corners = [(a * px + c * py + e, b * px + d * py + f) for px, py in corners]
    (x0, y0), (x1, y1) = corners
    left, top = boundary[0], boundary[1]
    return Glyphs(identity, text, Box(left + min(x0, x1), top + min(y0, y1), left + max(x0, x1), top + max(y0, y1)))


def _paths(layer: etree._Element) -> Iterator[Box]:
    for element in layer.iter():
        if local(element) != "PathObject":
            continue
        boundary = _numbers(element.get("Boundary", ""))
        if len(boundary) >= 4 and min(boundary[2], boundary[3]) < 1.0:
            yield Box(boundary[0], boundary[1], boundary[0] + boundary[2], boundary[1] + boundary[3])


def _media(package: Package, path: str, document: etree._Element, limits: Limits) -> dict[str, str]:
    """The members that hold the pictures of a document, by resource id."""
    found: dict[str, str] = {}
    for element in document.iter():
        if local(element) not in ("PublicRes", "DocumentRes") or not element.text:
            continue
        try:
            resource_path = package.beside(path, element.text)
            resources = parse_xml(package.read(resource_path), limits)
            base = posixpath.join(posixpath.dirname(resource_path), resources.get("BaseLoc", "").strip("/"), "x")
            for medium in resources.iter():
                file = next((child.text for child in medium if local(child) == "MediaFile"), None)
                if local(medium) == "MultiMedia" and file:
                    found[medium.get("ID", "")] = package.beside(base, file)
        except UnreadableInput:
            continue  # a page without its pictures still shows its text
    return found


def _images(layer: etree._Element, media: dict[str, str], package: Package) -> Iterator[tuple[Box, bytes]]:
    for element in layer.iter():
        boundary = _numbers(element.get("Boundary", ""))
        name = media.get(element.get("ResourceID", ""))
        if local(element) == "ImageObject" and name and len(boundary) >= 4:
            box = Box(boundary[0], boundary[1], boundary[0] + boundary[2], boundary[1] + boundary[3])
            yield box, package.read(name)


def _numbers(text: str) -> list[float]:
    return [_within(float(part)) for part in re.findall(r"-?\d+(?:\.\d+)?(?:[eE]-?\d+)?", text)]


def _within(number: float) -> float:
    """No place or size is beyond this, whatever a file says: what is drawn there is off the page."""
    return max(-_FARTHEST, min(_FARTHEST, number))


def _deltas(text: str) -> list[float]:
    """Read DeltaX/DeltaY, where ``g 3 4.2`` stands for 4.2 three times."""
    steps: list[float] = []
    parts = text.split()
    while parts:
        part = parts.pop(0)
        if part == "g" and len(parts) >= 2:
            times, step = _numbers(parts.pop(0)), _numbers(parts.pop(0))
            steps += step[:1] * min(int(sum(times[:1])), 5000)
        elif re.fullmatch(r"-?\d+(?:\.\d+)?", part):
            steps.append(_within(float(part)))
    return steps


def _data_parts(package: Package, limits: Limits) -> Iterable[DataPart]:
    for name in package.names:
        if _DATA_NAME.search(name) and not name.lower().endswith("customtags.xml"):
            content = package.read(name)
            if len(content) <= limits.xml_size:
                yield DataPart(name, content)


def _tagged(data: list[DataPart], sheets: list[Sheet]) -> list[DataPart]:
    """The texts that the references of a CustomTag point at, by object id, as one more part."""
    if not any(_TAG_NAME.search(part.name) for part in data):
        return []
    root = etree.Element("Texts")
    for glyphs in (glyphs for sheet in sheets for glyphs in sheet.glyphs):
        etree.SubElement(root, "Text", ID=glyphs.id).text = glyphs.text
    return [DataPart(TEXTS_PART, etree.tostring(root, encoding="utf-8"))]
