"""All readings of one invoice, from data, QR code and face, settled into one value a field.

The order of trust is that of the rule book §11: complete data, QR code, text layer, loose tags, OCR. Settling only
chooses what to show; whether it is believed is for the gate (``intake.check.proof``) alone.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from models.amount_words import parse_words
from models.fields import MONEY_FIELDS
from models.invoice import StructuredInvoice
from models.money import money_text, parse_money
from models.qr_payload import QrPayload
from models.reading import Field, QrCode, Reading, Source
from models.tax_id import repair, tax_id_ok

#: Confidence of loose tags (OFD CustomTag): they point at texts of the page and are often incomplete.
TAG_CONFIDENCE = 0.9


def structured_readings(data: StructuredInvoice) -> dict[str, list[Reading]]:
    """Readings of an invoice found as data inside the file."""
    confidence = 1.0 if data.complete else TAG_CONFIDENCE
    return {
        name: [Reading(_clean(name, value), Source.STRUCTURED, confidence)]
        for name, value in data.fields.items()
        if value
    }


def qr_readings(payload: QrPayload, code: QrCode, page: int) -> dict[str, list[Reading]]:
    """Readings of a QR code."""
    values = {
        "invoice_code": payload.code,
        "invoice_number": payload.number,
        "issue_date": payload.date.isoformat() if payload.date else None,
        "check_code": payload.check_code,
        "qr_payload": code.text,
    }
    if payload.amount is not None and payload.amount_is:
        values[payload.amount_is] = money_text(payload.amount)
    return {name: [Reading(value, Source.QR, 1.0, page, code.box)] for name, value in values.items() if value}


def settle(gathered: Iterable[Mapping[str, Sequence[Reading]]]) -> dict[str, Field]:
    """Choose one value a field from all readings."""
    readings: dict[str, list[Reading]] = {}
    for mapping in gathered:
        for name, found in mapping.items():
            readings.setdefault(name, []).extend(found)
    return {name: _field(name, [_mended(name, one) for one in found]) for name, found in readings.items()}


def derive_tax(fields: dict[str, Field]) -> None:
    """Where the tax alone is unread: nought, if the total is printed as amount too and in words (rule book §4.1).

    The two must be two prints: a total that was taken for the amount as well says nothing of the tax.
    """
    amount, total, words = (fields.get(name) for name in ("amount_excl_tax", "total", "total_in_words"))
    if "tax" in fields or not (amount and total and words) or amount.value != total.value:
        return
    one, other = amount.best.box, total.best.box
    if one is None or other is None or abs(one.center[1] - other.center[1]) < 0.5 * max(one.height, other.height):
        return
    if parse_words(words.value).value == parse_money(total.value):
        fields["tax"] = Field("tax", "0.00", (Reading("0.00", Source.DERIVED, page=total.best.page),))


def _field(name: str, readings: list[Reading]) -> Field:
    votes = Counter((_trust(one), one.value) for one in readings)
    best = max(readings, key=lambda one: (_trust(one), votes[_trust(one), one.value], one.confidence))
    return Field(name, best.value, tuple(sorted(readings, key=_trust, reverse=True)))


def _trust(reading: Reading) -> int:
    if reading.source is Source.STRUCTURED:
        return 5 if reading.confidence == 1.0 else 2
    return {Source.QR: 4, Source.TEXT_LAYER: 3, Source.OCR: 1, Source.DERIVED: 0}[reading.source]


def _mended(name: str, reading: Reading) -> Reading:
    """A tax id that OCR misread in one way only is corrected; what was read stays in ``raw`` (rule book §3.3)."""
    if not name.endswith("tax_id") or reading.source is not Source.OCR or tax_id_ok(reading.value):
        return reading
    mended = repair(reading.value)
    if mended.value is None:
        return reading
    return dataclasses.replace(reading, value=mended.value, raw=reading.value, repaired=True)


def _clean(name: str, value: str) -> str:
    if name in MONEY_FIELDS:
        amount = parse_money(value)
        return money_text(amount) if amount is not None else value
    return value
