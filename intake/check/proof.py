"""The gate: which fields are proven, by two independent sources or by a check of their own (design §4).

A value is proven when

* complete data inside the file says it (``structured``);
* the QR code and the print agree (``qr+print``);
* the text layer and the maker's own tag agree (``tag+text``);
* it is a figure of a sum of its form that holds, and 大写, the QR code or the exactness of a text layer locks it: a
  single misread breaks it, and two that cancel out are excluded by the lock (``sum+words``, ``sum+qr``, ``sum+text``);
* the total is printed in figures and in words, in two places, and both say the same (``figure+words``);
* it is printed twice, in two places of the form, and both prints read the same (``printed twice``);
* it was read twice, once in its page and once alone and enlarged, both times alike and both times surely
  (``read twice``); dot-matrix print never is that sure, as it must not be: a meter's 4 was read as 9 at every size;
* it is a tax id or a VIN whose check characters hold, read without repair (a random misread passes both checks of a
  tax id with p of 1/800, that of a VIN with 1/11, and OCR must be sure besides) (``check character``);
* it is a value of a text layer, whose characters are exact, while the figures hold and number, code, date and kind fit
  each other (``text+form``).

Whatever two sources disagree on is not proven, whichever of them is right.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from intake.check.context import CheckContext, day
from intake.extract.form import Sum
from intake.extract.forms import form_of
from models.amount_words import parse_words
from models.fields import MONEY_FIELDS
from models.invoice import Invoice
from models.kinds import KIND_INFO, Kind
from models.money import parse_money
from models.numbers import NAMED_BY_CODE, kind_of_code, region_of, year_of_code
from models.reading import Field, Reading, Source
from models.tax_id import is_sound, tax_id_ok
from models.vin import vin_holds

#: OCR must be this sure of a tax id whose own checks hold.
_SURE_ID = 0.90
#: The check of a VIN is weaker, so the reading must be surer.
_SURE_VIN = 0.98
#: Two prints of one value in two places: independent, so each need only be read well.
_SURE_PRINT = 0.90
#: Two looks at one print are not independent: both must be all but certain. Measured on ten slips of taxi meters: the
#: wrong total scored 0.965-0.989 in seven preparations, code and number of the same slips 0.998-1.0.
_SURE_LOOK, _SURE_FIGURE = 0.99, 0.995
#: What a page that is no invoice calls itself is a phrase: nothing else is misread as it (rule book §10: 0.90).
_SURE_TITLE = 0.90
_FIGURES = ("amount_excl_tax", "tax", "total")


def prove(invoice: Invoice, context: CheckContext) -> Invoice:
    """Mark every field that is proven, with how."""
    metered = form.metered if (form := form_of(invoice.kind)) else frozenset()
    proofs = {name: proof for name, field in invoice.fields.items() if (proof := _by_sources(field, name in metered))}
    for one in sums_of(invoice):
        proofs = {**_by_sum(invoice, one, proofs), **proofs}
    if "total" not in proofs and _said_apart(invoice):
        proofs["total"] = "figure+words"
    for name, field in invoice.fields.items():
        if name not in proofs and _proves_itself(field, context):
            proofs[name] = "check character"
    if _serial_ends_with_number(invoice):
        proofs.setdefault("invoice_number", "printed twice")
    proofs = {**_by_form(invoice, proofs), **proofs}
    fields = {name: _marked(field, proofs.get(name)) for name, field in invoice.fields.items()}
    return dataclasses.replace(invoice, fields=fields)


def sums_of(invoice: Invoice) -> tuple[Sum, ...]:
    """The equations of the invoice's form."""
    form = form_of(invoice.kind)
    return form.sums if form else ()


def contradicted(field: Field) -> bool:
    """Whether two sources say different things about a field."""
    return len({reading.value for reading in field.readings}) > 1


def _marked(field: Field, proof: str | None) -> Field:
    return dataclasses.replace(field, proven=proof is not None, proof=proof)


def _by_sources(field: Field, metered: bool) -> str | None:
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
    return None if metered else _by_looks(field)


def _by_looks(field: Field) -> str | None:
    if field.name.endswith("tax_id") and len(field.value) not in (15, 20):
        return None  # 18 characters prove themselves or not at all, and 17 are most likely 18 of which one was lost
    seen = [reading for reading in field.readings if reading.source is Source.OCR and not reading.repaired]
    prints = [reading for reading in seen if reading.look == 1 and reading.confidence >= _SURE_PRINT]
    if any(_apart(one, other) for one in prints for other in prints):
        return "printed twice"
    sure = _SURE_FIGURE if field.name in MONEY_FIELDS else _SURE_TITLE if field.name == "title" else _SURE_LOOK
    looks = {reading.look for reading in seen if reading.confidence >= sure}
    return "read twice" if len(looks) > 1 else None


def _apart(one: Reading, other: Reading) -> bool:
    """Whether two readings stand in two places: on other pages, or in boxes that do not touch."""
    if one.page != other.page or one.box is None or other.box is None:
        return one.page != other.page
    a, b = one.box, other.box
    return a.x1 < b.x0 or b.x1 < a.x0 or a.y1 < b.y0 or b.y1 < a.y0


def _by_sum(invoice: Invoice, one: Sum, proofs: Mapping[str, str]) -> dict[str, str]:
    """The figures of a sum that holds and is locked; nothing where a source contradicts another."""
    names = [name for name in (one.total, *one.parts, *one.optional) if name in invoice.fields]
    if not sum_holds(invoice, one) or any(contradicted(invoice.fields[name]) for name in names):
        return {}
    lock = _lock(invoice, one, names, proofs)
    return dict.fromkeys(names, lock) if lock else {}


def sum_holds(invoice: Invoice, one: Sum) -> bool | None:
    """Whether the parts add up to the total; None where a figure is missing."""
    total = parse_money(invoice.value(one.total))
    needed = [parse_money(invoice.value(name)) for name in one.parts]
    further = [parse_money(invoice.value(name)) for name in one.optional if name in invoice.fields]
    known = [value for value in (*needed, *further) if value is not None]
    if total is None or len(known) != len(needed) + len(further):
        return None
    return sum(known) == total


def _lock(invoice: Invoice, one: Sum, names: Sequence[str], proofs: Mapping[str, str]) -> str | None:
    if _said_in_words(invoice) == parse_money(invoice.value(one.total)):
        return "sum+words"
    if any(proofs.get(name) == "qr+print" for name in names):
        return "sum+qr"
    return "sum+text" if all(_exact(invoice.fields[name]) for name in names) else None


def _said_apart(invoice: Invoice) -> bool:
    """The total in figures and in words, as two prints."""
    total, words = invoice.fields.get("total"), invoice.fields.get("total_in_words")
    if total is None or words is None or contradicted(total) or contradicted(words):
        return False
    apart = _exact(total) or _apart(total.best, words.best)
    return apart and total.best.raw != words.value and _said_in_words(invoice) == parse_money(total.value)


def _serial_ends_with_number(invoice: Invoice) -> bool:
    """The red number of a railway ticket is printed once more, at the end of the 21 characters at its foot."""
    number, serial = invoice.fields.get("invoice_number"), invoice.fields.get("ticket_number")
    if invoice.kind is not Kind.RAIL_PAPER or number is None or serial is None or contradicted(number):
        return False
    return serial.value.endswith(number.value) and not contradicted(serial)


def _said_in_words(invoice: Invoice) -> Decimal | None:
    words = invoice.value("total_in_words")
    return parse_words(words).value if words else None


def _exact(field: Field) -> bool:
    """Whether the characters are those of the file itself, not recognised; loose tags only repeat the text layer."""
    return any(
        reading.source is Source.TEXT_LAYER or (reading.source is Source.STRUCTURED and reading.confidence == 1.0)
        for reading in field.readings
    )


def _proves_itself(field: Field, context: CheckContext) -> bool:
    """A tax id or a VIN whose own check characters hold."""
    vin = field.name == "vin"
    if not (vin or field.name in ("buyer_tax_id", "seller_tax_id")) or contradicted(field):
        return False
    if field.value in context.policy.own_tax_ids:
        return True
    if _exact(field):
        return vin or tax_id_ok(field.value)
    best = field.best
    sound = vin_holds(field.value) if vin else is_sound(field.value)
    return not best.repaired and best.confidence >= (_SURE_VIN if vin else _SURE_ID) and sound


def _by_form(invoice: Invoice, proofs: Mapping[str, str]) -> dict[str, str]:
    """The values of a text layer, when number, code, date and kind fit each other and the figures already hold."""
    info = KIND_INFO[invoice.kind]
    gate = [name for name in info.gate if not name.endswith("tax_id")]
    if any(name not in invoice.fields for name in gate) or any(
        name in info.gate and name not in proofs for name in _FIGURES
    ):
        return {}
    known = [invoice.fields[name] for name in gate]
    if any(contradicted(field) or not _exact(field) for field in known) or not _fits(invoice):
        return {}
    return {field.name: "text+form" for field in known}


def _fits(invoice: Invoice) -> bool:
    info = KIND_INFO[invoice.kind]
    number, code, date = invoice.value("invoice_number") or "", invoice.value("invoice_code") or "", day(invoice)
    if info.twenty_digits:
        dated = bool(re.fullmatch(r"[0-9]{20}", number)) and date is not None and number[:2] == f"{date:%y}"
        return dated and region_of(number, None) is not None and (not code or info.code is not None)
    if info.code is None or not re.fullmatch(info.code, code) or not re.fullmatch(info.number, number):
        return False
    said, year = kind_of_code(code), year_of_code(code)
    if len(code) == 8 or invoice.kind is Kind.FISCAL_BILL:
        return True  # the treasury's codes name neither kind nor year of the print
    named = said is invoice.kind or (said is None and invoice.kind not in NAMED_BY_CODE)
    return named and year is not None and (date is None or 0 <= date.year - year <= 5)
