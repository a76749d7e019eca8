"""Invoices found as data inside a file, in whichever dialect, as the service's own field names."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from intake.errors import UnreadableInput
from intake.read.structured.dialects import DIALECTS, Dialect
from intake.read.structured.tags import read_tags, tag_texts
from intake.read.structured.values import clean_fields, clean_item, kind_of
from intake.source import DataPart, Limits
from intake.source.ofd import TEXTS_PART
from intake.source.safe_xml import local, parse_xml
from models.invoice import LineItem, StructuredInvoice


def read_structured(parts: Iterable[DataPart]) -> tuple[StructuredInvoice, ...]:
    """Read every part that is an invoice in a known dialect; other XML gives nothing."""
    parts = tuple(parts)
    texts = next((tag_texts(part.content) for part in parts if part.name == TEXTS_PART), {})
    found: list[StructuredInvoice] = []
    for part in parts:
        if part.name == TEXTS_PART:
            continue
        try:
            root = parse_xml(part.content, Limits(), recover=True)
        except UnreadableInput:
            continue  # a damaged attachment is no data; the page speaks for itself
        if any(local(element) == "ObjectRef" for element in root.iter()):
            found += read_tags(root, part.name, texts)
        else:
            found += _invoices(root, part.name)
    return tuple(found)


def _invoices(root: etree._Element, origin: str) -> list[StructuredInvoice]:
    for dialect in DIALECTS:
        roots = [element for element in root.iter() if local(element) in dialect.roots]
        if roots and any(_holds(one, dialect) for one in roots):
            return [_invoice(one, dialect, origin) for one in roots if _holds(one, dialect)]
    return []


def _holds(root: etree._Element, dialect: Dialect) -> bool:
    return any(local(element) == dialect.mark for element in root.iter())


def _invoice(root: etree._Element, dialect: Dialect, origin: str) -> StructuredInvoice:
    rows = [element for element in root.iter() if local(element) in dialect.item_roots]
    inside = {child for row in rows for child in row.iter()}
    texts: dict[str, str] = {}
    for element in root.iter():
        text = (element.text or "").strip()
        if text and element not in inside and not len(element):
            texts.setdefault(_path(element), text)
            texts.setdefault(local(element), text)
    raw: dict[str, str] = {}
    for names, field in dialect.fields:
        value = next((texts[name] for name in names if name in texts), None)
        if value:
            raw[field] = value
    items = tuple(item for row in rows if (item := _item(row, dialect)))
    said = " ".join(texts.get(name, "") for name in dialect.kind_names)
    fields = clean_fields(raw)
    return StructuredInvoice(dialect.name, origin, kind_of(said, fields, dialect), fields, items)


def _path(element: etree._Element) -> str:
    parent = element.getparent()
    return f"{local(parent)}/{local(element)}" if parent is not None else local(element)


def _item(row: etree._Element, dialect: Dialect) -> LineItem | None:
    raw: dict[str, str] = {}
    for element in row.iter():
        column = dialect.items.get(local(element))
        if column and element.text and element.text.strip():
            raw.setdefault(column, element.text.strip())
    return clean_item(raw) if raw else None
