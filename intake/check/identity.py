"""Kind, numbers and date: is it an invoice we can register, and does it say which one and when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from intake.check.context import CheckContext, dated_by, day, find
from models.finding import Finding
from models.invoice import Invoice
from models.kinds import KIND_INFO, Kind
from models.numbers import kind_of_code, region_of, year_of_code
from models.outcome import PICTURES, Format
from models.qr_payload import parse_payload
from models.reading import Reading, Source
from models.regions import by_code4
from models.tax_id import is_unified
from models.terms import OTHERS
from models.vin import vin_holds

_LONG_CHECK_CODE = frozenset(
    {
        Kind.VAT_NORMAL_PAPER,
        Kind.VAT_NORMAL_ELECTRONIC,
        Kind.VAT_SPECIAL_ELECTRONIC,
        Kind.TOLL_ELECTRONIC,
        Kind.VAT_ROLL,
    }
)
_PLAINLY_CODED = frozenset(
    {
        Kind.DIGITAL_SPECIAL,
        Kind.DIGITAL_NORMAL,
        Kind.VAT_SPECIAL_PAPER,
        Kind.VAT_NORMAL_PAPER,
        Kind.VAT_NORMAL_ELECTRONIC,
    }
)
#: The copies that stay with the seller; a 抵扣联 is the buyer's as well.
_SELLERS_COPIES = frozenset({"记账联", "存根联"})
#: Both prints must be read this well before they are said to differ.
_SURE_PRINT = 0.95
#: A class of characters in a form, and how often it stands there.
_REPEATED = re.compile(r"\[[^]]+\](?:\{(\d+)(?:,(\d+))?\})?")
_FIRST_DIGITAL = dt.date(2021, 12, 1)


def check_kind(invoice: Invoice, context: CheckContext) -> Iterator[Finding]:
    """TYPE- and EV-rules: what cannot be told goes to a person, what is no invoice goes back."""
    if invoice.kind is Kind.NOT_INVOICE:
        what = _named(invoice.value("title"))
        if what == "title_card":
            yield find(invoice, "TYPE-TITLE-CARD", "title")
        else:
            yield find(invoice, "TYPE-NOT-INVOICE", "title", what=f"@other.{what}")
    elif invoice.kind is Kind.UNKNOWN:
        yield find(invoice, "TYPE-UNKNOWN")
    if KIND_INFO[invoice.kind].electronic and context.format in PICTURES:
        yield find(invoice, "EV-NO-ORIGINAL")
    elif KIND_INFO[invoice.kind].twenty_digits and context.format is Format.PDF and not _has_data(invoice):
        yield find(invoice, "EV-XML-MISSING")
    yield from _check_title(invoice)
    yield from _check_retired(invoice, context)
    copy = invoice.value("copy")
    if copy in _SELLERS_COPIES:
        yield find(invoice, "COPY-WRONG", "copy", copy=copy)


def _named(title: str | None) -> str:
    return next((key for key, (zh, _) in OTHERS.items() if zh == title), "something")


def _has_data(invoice: Invoice) -> bool:
    readings = (reading for field in invoice.fields.values() for reading in field.readings)
    return any(reading.source is Source.STRUCTURED and reading.confidence == 1.0 for reading in readings)


def _check_title(invoice: Invoice) -> Iterator[Finding]:
    """The QR code names its kind as well; only kinds whose type numbers are never used for another are compared."""
    payload = parse_payload(invoice.value("qr_payload") or "")
    coded = payload.kind if payload else None
    if coded in _PLAINLY_CODED and invoice.kind in _PLAINLY_CODED and coded is not invoice.kind:
        yield find(invoice, "TYPE-QR-CONFLICT", "qr_payload", a=f"@kind.{invoice.kind.value}", b=f"@kind.{coded.value}")


def _check_retired(invoice: Invoice, context: CheckContext) -> Iterator[Finding]:
    last = context.policy.retired.get(invoice.kind)
    dated = dated_by(invoice)
    date = day(invoice, dated)
    if last and date and date > last:
        yield find(invoice, "KIND-RETIRED", dated, kind=f"@kind.{invoice.kind.value}", last=last, date=date)


def check_numbers(invoice: Invoice) -> Iterator[Finding]:
    """INV-rules on 发票号码 and 发票代码, in the form that the kind gives them."""
    yield from _check_number(invoice)
    yield from _check_code(invoice)
    yield from _check_twins(invoice)
    yield from _check_region(invoice)
    stated, vin = invoice.value("check_code"), invoice.value("vin")
    if stated and invoice.kind in _LONG_CHECK_CODE and not re.fullmatch(r"[0-9]{20}", stated):
        yield find(invoice, "INV-CHECKCODE-FORMAT", "check_code", m=len(stated))
    if vin and not vin_holds(vin):
        yield find(invoice, "INV-VIN-CHECK", "vin", vin=vin)


def _check_number(invoice: Invoice) -> Iterator[Finding]:
    info = KIND_INFO[invoice.kind]
    for name, form in (("invoice_number", info.number), ("ticket_number", info.ticket)):
        number, label = invoice.value(name), f"@field.{name}"
        if number is None:
            if name in info.gate:
                yield find(invoice, "INV-NUM-MISSING", field=label)
        elif form and (not re.fullmatch(form, number) or not number.strip("0")):
            read = len(number.replace("-", ""))
            yield find(invoice, "INV-NUM-FORMAT", name, field=label, num=number, n=_length(form), m=read)
        elif name == "invoice_number" and info.twenty_digits:
            yield from _check_digital(invoice, number)


def _check_code(invoice: Invoice) -> Iterator[Finding]:
    info, code = KIND_INFO[invoice.kind], invoice.value("invoice_code")
    if info.code is None:
        if code is not None:
            yield find(invoice, "INV-CODE-UNEXPECTED", "invoice_code")
    elif code is None:
        if "invoice_code" in info.gate:
            yield find(invoice, "INV-CODE-MISSING", n=_lengths(info.code))
    elif not re.fullmatch(info.code, code):
        yield find(invoice, "INV-CODE-FORMAT", "invoice_code", code=code, n=_lengths(info.code))
    elif len(code) in (10, 12) and code.isdigit():
        yield from _check_code_digits(invoice, code)


def _check_twins(invoice: Invoice) -> Iterator[Finding]:
    """Paper forms carry code and number twice, pre-printed and by machine."""
    if KIND_INFO[invoice.kind].electronic or KIND_INFO[invoice.kind].code is None:
        return
    for name in ("invoice_code", "invoice_number"):
        field = invoice.fields.get(name)
        prints = [one for one in field.readings if _plain_print(one)] if field else []
        pair = next(((one.value, other.value) for one in prints for other in prints if one.value < other.value), None)
        if pair:
            yield find(invoice, "INV-TWIN-DIFF", name, field=f"@field.{name}", a=pair[0], b=pair[1])


def _plain_print(reading: Reading) -> bool:
    return reading.source is Source.OCR and reading.look == 1 and reading.confidence >= _SURE_PRINT


def _check_region(invoice: Invoice) -> Iterator[Finding]:
    seller = invoice.value("seller_tax_id") or ""
    issued = region_of(invoice.value("invoice_number") or "", invoice.value("invoice_code"))
    home = by_code4(seller[2:6]) if is_unified(seller) else None
    if issued and home and issued is not home:
        a, b = f"@region.{issued.code4}", f"@region.{home.code4}"
        yield find(invoice, "INV-REGION-SELLER", "seller_tax_id", a=a, b=b)


def _lengths(form: str) -> str:
    return "/".join(_length(one) for one in form.split("|"))


def _length(form: str) -> str:
    """How many characters a form has: 20, or 10–13."""
    counts = [(int(low or 1), int(high or low or 1)) for low, high in _REPEATED.findall(form)]
    least, most = (sum(one) for one in zip(*counts, strict=True))
    return str(least) if least == most else f"{least}–{most}"


def _check_digital(invoice: Invoice, number: str) -> Iterator[Finding]:
    date = day(invoice)
    if date and number[:2] != f"{date.year % 100:02}":
        yield find(invoice, "INV-NUM-YEAR", "invoice_number", yy=number[:2], year=date.year)
    if region_of(number, None) is None:
        yield find(invoice, "INV-REGION-UNKNOWN", "invoice_number", rr=number[2:4])


def _check_code_digits(invoice: Invoice, code: str) -> Iterator[Finding]:
    said = kind_of_code(code)
    if said and said is not invoice.kind:
        yield find(invoice, "INV-CODE-KIND", "invoice_code", a=f"@kind.{said.value}", b=f"@kind.{invoice.kind.value}")
    date, year = day(invoice), year_of_code(code)
    if date and year and not 0 <= date.year - year <= 5:
        yield find(invoice, "INV-CODE-YEAR", "invoice_code", y=year, date=date)
    if region_of("", code) is None:
        yield find(invoice, "INV-REGION-UNKNOWN", "invoice_code", rr=code[:4])


def check_date(invoice: Invoice, context: CheckContext) -> Iterator[Finding]:
    """DATE-rules on 开票日期, or on the day of the journey; today is that of Shanghai."""
    dated = dated_by(invoice)
    text, label = invoice.value(dated), f"@field.{dated}"
    if text is None:
        if dated in KIND_INFO[invoice.kind].gate:
            yield find(invoice, "DATE-MISSING", field=label)
        return
    date = day(invoice, dated)
    if date is None:
        yield find(invoice, "DATE-INVALID", dated, field=label, raw=text)
        return
    if date > context.today:
        yield find(invoice, "DATE-FUTURE", dated, field=label, date=text)
    if KIND_INFO[invoice.kind].twenty_digits and date < _FIRST_DIGITAL:
        yield find(invoice, "DATE-PAPER-PERIOD", "issue_date", date=text)
