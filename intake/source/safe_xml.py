"""XML from strangers: no DTD, no entities, no network, bounded size. Source: lessons G3.2."""

from __future__ import annotations

import re

from lxml import etree

from intake.errors import UnreadableInput
from intake.source.opened import Limits


def parse_xml(content: bytes, limits: Limits, *, recover: bool = False) -> etree._Element:
    """Parse XML within limits.

    Raises:
        UnreadableInput: FILE-XML-UNSAFE for a DTD, entities or excess; FILE-CORRUPT for what is no XML.
    """
    if len(content) > limits.xml_size or re.search(rb"<!\s*(?:DOCTYPE|ENTITY)", _ascii(content), re.IGNORECASE):
        raise UnreadableInput("FILE-XML-UNSAFE")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover, remove_comments=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as trouble:
        too_deep = "depth" in str(trouble).lower()
        raise UnreadableInput("FILE-XML-UNSAFE" if too_deep else "FILE-CORRUPT") from trouble
    if root is None:
        raise UnreadableInput("FILE-CORRUPT")
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableInput("FILE-XML-UNSAFE")  # written in an encoding in which its bytes do not show
    if sum(1 for _ in root.iter()) > limits.xml_elements:
        raise UnreadableInput("FILE-XML-UNSAFE")
    return root


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; also of the half-broken ``:name`` that some makers write."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rsplit("}", 1)[-1].rsplit(":", 1)[-1]


def _ascii(content: bytes) -> bytes:
    """UTF-16 with its zero bytes taken out, so that a DTD cannot hide in it."""
    return content.replace(b"\x00", b"")
