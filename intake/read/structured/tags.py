"""CustomTag of an OFD: field names that point at texts of the page.

The tag says which text is which field, the text is the page's own: together they show that a value was taken from
the right place, not a second copy of it. One field may point at several texts, which are joined in order.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from intake.read.structured.dialects import EINVOICE, FP
from intake.read.structured.values import clean_fields
from intake.source import Limits
from intake.source.safe_xml import local, parse_xml
from models.invoice import StructuredInvoice

_ITEM_PARTS = frozenset(FP.items) | frozenset(EINVOICE.items) | {"GoodsInfo", "GoodsInfos"}


def tag_texts(content: bytes) -> dict[str, str]:
    """The texts of the page by object id."""
    return {element.get("ID", ""): element.text or "" for element in parse_xml(content, Limits()).iter("Text")}


def read_tags(root: etree._Element, origin: str, texts: Mapping[str, str]) -> list[StructuredInvoice]:
    """Read the fields of a CustomTag; lines are left to the table of the page, as makers tag them incompletely."""
    joined: dict[str, str] = {}
    for element in root.iter():
        name = local(element)
        references = [child.text.strip() for child in element if local(child) == "ObjectRef" and child.text]
        if references and name not in _ITEM_PARTS and name not in joined:
            joined[name] = "".join(texts.get(reference, "") for reference in references)
    raw: dict[str, str] = {}
    for names, field in (*FP.fields, *EINVOICE.fields):
        for name in names:
            if joined.get(name) and field not in raw:
                raw[field] = joined[name]
    fields = clean_fields(raw)
    return [StructuredInvoice("custom_tag", origin, None, fields, complete=False)] if fields else []
