"""The gate: which fields are proven, by two independent sources or by a check of their own (design §4).

A value is proven when

* complete data inside the file says it (``structured``);
* the QR code and the print agree (``qr+print``);
* the text layer and the maker's own tag agree (``tag+text``);
* it is one of three figures whose sum holds, and 大写, the QR code or the exactness of a text layer locks the sum: a
  single misread breaks it, and two that cancel out are excluded by the lock (``sum+words``, ``sum+qr``, ``sum+text``);
* it is a tax id whose check characters hold, read without repair (a random misread passes both with p of 1/800, and
  OCR must be sure besides) (``check character``);
* it is number, code or date of a text layer, whose characters are exact, and number, date and kind fit each other
  (``text+form``).

Whatever two sources disagree on is not proven, whichever of them is right.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal

from intake.check.context import CheckContext
from models.amount_words import parse_words
from models.invoice import Invoice
from models.kinds import KIND_INFO
from models.money import parse_money
from models.numbers import kind_of_code, region_of, year_of_code
from models.reading import Field, Source
from models.tax_id import is_sound, tax_id_ok

#: OCR must be this sure of a tax id whose own checks hold.
_SURE_ID = 0.90
_FIGURES = ("amount_excl_tax", "tax", "total")


def prove(invoice: Invoice, context: CheckContext) -> Invoice:
    """Mark every field that is proven, with how."""
    proofs = {name: proof for name, field in invoice.fields.items() if (proof := _by_sources(field))}
    for name in _FIGURES:
        if name in invoice.fields and contradicted(invoice.fields[name]):
            break
    else:
        lock = _sum_lock(invoice, proofs)
        if lock:
            proofs = {**{name: lock for name in _FIGURES}, **proofs}
    for name in ("buyer_tax_id", "seller_tax_id"):
        field = invoice.fields.get(name)
        if field and name not in proofs and _id_proves_itself(field, context):
            proofs[name] = "check character"
    proofs = {**_by_form(invoice, proofs), **proofs}
    fields = {name: _marked(field, proofs.get(name)) for name, field in invoice.fields.items()}
    return dataclasses.replace(invoice, fields=fields)


def contradicted(field: Field) -> bool:
    """Whether two sources say different things about a field."""
    return len({reading.value for reading in field.readings}) > 1


def _marked(field: Field, proof: str | None) -> Field:
    return dataclasses.replace(field, proven=proof is not None, proof=proof)


def _by_sources(field: Field) -> str | None:
    if contradicted(field):
        return None
    whole = any(reading.source is Source.STRUCTURED and reading.confidence == 1.0 for reading in field.readings)
    tagged = any(reading.source is Source.STRUCTURED for reading in field.readings)
    sources = {reading.source for reading in field.readings}
    if whole:
        return "structured"
    if Source.QR in sources and (sources & {Source.TEXT_LAYER, Source.OCR} or tagged):
        return "qr+print"
    if tagged and Source.TEXT_LAYER in sources:
        return "tag+text"
    return None


def _sum_lock(invoice: Invoice, proofs: Mapping[str, str]) -> str | None:
    amount, tax, total = (parse_money(invoice.value(name)) for name in _FIGURES)
    if not KIND_INFO[invoice.kind].taxed or amount is None or tax is None or total is None or amount + tax != total:
        return None
    if _said_in_words(invoice) == total:
        return "sum+words"
    if "qr+print" in (proofs.get("total"), proofs.get("amount_excl_tax")):
        return "sum+qr"
    exact = all(_exact(invoice.fields[name]) for name in _FIGURES)
    return "sum+text" if exact else None


def _said_in_words(invoice: Invoice) -> Decimal | None:
    words = invoice.value("total_in_words")
    return parse_words(words).value if words else None


def _exact(field: Field) -> bool:
    """Whether the characters are those of the file itself, not recognised; loose tags only repeat the text layer."""
    return any(
        reading.source is Source.TEXT_LAYER or (reading.source is Source.STRUCTURED and reading.confidence == 1.0)
        for reading in field.readings
    )


def _id_proves_itself(field: Field, context: CheckContext) -> bool:
    if contradicted(field):
        return False
    if field.value in context.own_tax_ids:
        return True
    if _exact(field):
        return tax_id_ok(field.value)
    best = field.best
    return best.raw is None and best.confidence >= _SURE_ID and is_sound(field.value)


def _by_form(invoice: Invoice, proofs: Mapping[str, str]) -> dict[str, str]:
    """Number, code and date of a text layer, when they fit each other and the figures already hold."""
    number, code, date = (invoice.fields.get(name) for name in ("invoice_number", "invoice_code", "issue_date"))
    figures = all(name in proofs for name in _FIGURES if KIND_INFO[invoice.kind].taxed)
    known = [field for field in (number, code, date) if field]
    if not (number and date and figures) or any(contradicted(field) or not _exact(field) for field in known):
        return {}
    if KIND_INFO[invoice.kind].twenty_digits:
        fits = len(number.value) == 20 and number.value[:2] == date.value[2:4] and code is None
        fits = fits and region_of(number.value, None) is not None
    else:
        year = year_of_code(code.value) if code else None
        fits = bool(code and year and len(number.value) == 8 and kind_of_code(code.value) is invoice.kind)
        fits = fits and year is not None and 0 <= int(date.value[:4]) - year <= 5
    return {field.name: "text+form" for field in known} if fits else {}
