"""Buyer and seller: are they printed, are their tax ids sound, is the buyer one of us."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.check.context import CheckContext, find, read_by_ocr
from intake.check.proof import contradicted
from models.finding import Finding
from models.invoice import Invoice
from models.kinds import KIND_INFO, Kind
from models.reading import Field, Source
from models.tax_id import has_form, tax_id_ok

_SIDES = ("buyer", "seller")
_SPECIAL = frozenset({Kind.DIGITAL_SPECIAL, Kind.VAT_SPECIAL_PAPER, Kind.VAT_SPECIAL_ELECTRONIC})
_LABEL = re.compile(r"名称|识别号|统一社会|地址|电话|开户|账号|购买方|销售方|密码|备注|[:;]")
_PERSON = re.compile(r"个人|[(]个人[)]")
#: OCR must be this sure of a name, which has no check of its own (measured: misread names scored up to 0.95).
_SURE_NAME = 0.98
_SURE_PERSON = 0.90
#: A first reading from here on may be confirmed by a second look at the name alone.
_NEARLY_SURE = 0.95


def check_parties(invoice: Invoice, context: CheckContext) -> Iterator[Finding]:
    """TAXID-, BUYER- and SELLER-rules."""
    for side in _SIDES:
        yield from _check_tax_id(invoice, side, context)
        yield from _check_name(invoice, side)
    if "代开" in f"{invoice.value('seller_name')}{invoice.value('remark')}":
        yield find(invoice, "AGENT-ISSUED")


def _check_tax_id(invoice: Invoice, side: str, context: CheckContext) -> Iterator[Finding]:
    name = f"{side}_tax_id"
    field = invoice.fields.get(name)
    if field is None:
        if side == "seller" and "seller_tax_id" in KIND_INFO[invoice.kind].gate:
            yield find(invoice, "SELLER-MISSING")
        elif side == "buyer" and _buyer_id_needed(invoice):
            yield find(invoice, "BUYER-ID-MISSING")
        return
    code, label = field.value, f"@side.{side}"
    if not has_form(code):
        yield find(invoice, "TAXID-FORMAT", name, side=label, id=code)
    elif len(code) == 18 and not tax_id_ok(code) and code not in context.policy.own_tax_ids:
        yield find(invoice, "TAXID-CHECK", name, side=label, id=code)
    if field.best.repaired:
        yield find(invoice, "TAXID-CORRECTED", name, raw=field.best.raw, id=code)


def _buyer_id_needed(invoice: Invoice) -> bool:
    """A special invoice always has one; elsewhere OCR may have missed it, unless the buyer is a person."""
    info = KIND_INFO[invoice.kind]
    if not (info.electronic or "seller_tax_id" in info.gate):
        return False  # slips and paper without tax ids
    buyer = invoice.value("buyer_name") or ""
    return invoice.kind in _SPECIAL or (read_by_ocr(invoice) and not _PERSON.search(buyer))


def _check_name(invoice: Invoice, side: str) -> Iterator[Finding]:
    name = f"{side}_name"
    field = invoice.fields.get(name)
    label = f"@field.{name}"
    if field is None:
        if side in KIND_INFO[invoice.kind].parties:
            yield find(invoice, "GATE-NAME", name, field=label)
    elif _LABEL.search(field.value) and side == "seller":
        yield find(invoice, "SELLER-NAME-LABEL", name)
    elif _LABEL.search(field.value) or not _sure(field):
        yield find(invoice, "GATE-NAME", name, field=label)


def _sure(field: Field) -> bool:
    best = field.best
    if field.value == "个人" and best.confidence >= _SURE_PERSON:
        return True  # no company has so short a name, so nothing else can have been misread as it
    balanced = field.value.count("(") == field.value.count(")")
    return (
        balanced
        and not contradicted(field)
        and (best.source is not Source.OCR or best.confidence >= _SURE_NAME or _seen_twice(field))
    )


def _seen_twice(field: Field) -> bool:
    """A second look at the name alone agrees surely, and the first was not far from sure."""
    scores = sorted(reading.confidence for reading in field.readings if reading.value == field.value)
    return len(scores) > 1 and scores[-1] >= _SURE_NAME and scores[0] >= _NEARLY_SURE
