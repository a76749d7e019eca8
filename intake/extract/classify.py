"""Which kind of invoice a page shows: the printed title decides, then the invoice code, then the QR code.

Source: rule book §1. No kind is ever guessed: without one of these the kind is ``UNKNOWN`` and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from intake.extract.forms import FORMS
from models.kinds import Kind

_PAPER_OF_CODE = {Kind.VAT_SPECIAL_PAPER, Kind.VAT_NORMAL_PAPER}
_DIGITAL_OF_PAPER = {
    Kind.VAT_SPECIAL_PAPER: Kind.DIGITAL_SPECIAL,
    Kind.VAT_NORMAL_PAPER: Kind.DIGITAL_NORMAL,
}
_ON_PAPER = {
    Kind.VAT_SPECIAL_PAPER: Kind.DIGITAL_SPECIAL_PAPER,
    Kind.VAT_NORMAL_PAPER: Kind.DIGITAL_NORMAL_PAPER,
}
#: Both kinds of railway tickets carry the same wishes for the journey.
_RAIL = {Kind.RAIL_PAPER: Kind.DIGITAL_RAIL}
_DIGITAL_NUMBER = re.compile(r"(?:发票|数电票?)号码?:?\d{20}(?!\d)")
_PAPER_NUMBER = re.compile(r"发票代码|数电|N[oO0°º]\.?:?\d{8}(?!\d)")


def kind_of_title(text: str) -> Kind | None:
    """The kind that the printed title names; the text is that of the page without blanks, after NFKC."""
    return next((form.kind for form in FORMS if any(title.search(text) for title in form.titles)), None)


def titles_apart(text: str) -> frozenset[Kind]:
    """The kinds whose titles stand apart from each other on one page: more than one means several invoices."""
    spans = sorted(
        ((*found.span(), form.kind) for form in FORMS for title in form.titles if (found := title.search(text))),
        key=lambda one: (one[0], -one[1]),
    )
    kinds: list[Kind] = []
    reached = -1
    for start, end, kind in spans:
        if start >= reached:
            kinds.append(_RAIL.get(kind, kind))
            reached = end
    return frozenset(kinds)


def classify(text: str, code_kinds: Iterable[Kind | None], qr_kinds: Iterable[Kind | None]) -> Kind:
    """Decide the kind from the page's text, the kinds that its invoice codes say, and those of its QR codes."""
    title = kind_of_title(text)
    if title in _DIGITAL_OF_PAPER and _DIGITAL_NUMBER.search(text):
        # 电子发票 in large letters is easily lost beside a seal; a labelled number of 20 digits says it as well.
        return (_ON_PAPER if _PAPER_NUMBER.search(text) else _DIGITAL_OF_PAPER)[title]
    by_code = next((kind for kind in code_kinds if kind), None)
    if title in _PAPER_OF_CODE and by_code is Kind.VAT_NORMAL_ELECTRONIC:
        return by_code
    if title is Kind.VAT_NORMAL_ELECTRONIC and by_code is Kind.TOLL_ELECTRONIC:
        return by_code
    if title:
        return title
    return by_code or next((kind for kind in qr_kinds if kind), None) or Kind.UNKNOWN
