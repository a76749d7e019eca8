"""Kind, numbers and date: is it an invoice we can register, and does it say which one and when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from intake.check.context import CheckContext, find
from models.finding import Finding
from models.invoice import Invoice
from models.kinds import KIND_INFO, Kind
from models.numbers import kind_of_code, region_of, year_of_code
from models.outcome import Format
from models.vin import vin_holds

_PICTURES = frozenset({Format.JPEG, Format.PNG, Format.WEBP, Format.TIFF, Format.HEIC, Format.BMP, Format.GIF})
_LONG_CHECK_CODE = frozenset(
    {
        Kind.VAT_NORMAL_PAPER,
        Kind.VAT_NORMAL_ELECTRONIC,
        Kind.VAT_SPECIAL_ELECTRONIC,
        Kind.TOLL_ELECTRONIC,
        Kind.VAT_ROLL,
    }
)
_FIRST_DIGITAL = dt.date(2021, 12, 1)


def check_kind(invoice: Invoice, context: CheckContext) -> Iterator[Finding]:
    """TYPE- and EV-rules: what cannot be told goes to a person, what is no invoice goes back."""
    if invoice.kind is Kind.NOT_INVOICE:
        yield find(invoice, "TYPE-NOT-INVOICE", "title", what=invoice.value("title") or "其他单据")
    elif invoice.kind is Kind.UNKNOWN:
        yield find(invoice, "TYPE-UNKNOWN")
    if KIND_INFO[invoice.kind].electronic and context.format in _PICTURES:
        yield find(invoice, "EV-NO-ORIGINAL")


def check_numbers(invoice: Invoice) -> Iterator[Finding]:
    """INV-rules on 发票号码 and 发票代码, in the form that the kind gives them."""
    yield from _check_number(invoice)
    yield from _check_code(invoice)
    stated, vin = invoice.value("check_code"), invoice.value("vin")
    if stated and invoice.kind in _LONG_CHECK_CODE and not re.fullmatch(r"\d{20}", stated):
        yield find(invoice, "INV-CHECKCODE-FORMAT", "check_code", m=len(stated))
    if vin and not vin_holds(vin):
        yield find(invoice, "INV-VIN-CHECK", "vin", vin=vin)


def _check_number(invoice: Invoice) -> Iterator[Finding]:
    info, number = KIND_INFO[invoice.kind], invoice.value("invoice_number")
    if number is None:
        if "invoice_number" in info.gate:
            yield find(invoice, "INV-NUM-MISSING")
    elif not re.fullmatch(info.number, number) or not number.strip("0"):
        yield find(invoice, "INV-NUM-FORMAT", "invoice_number", num=number, n=_digits(info.number), m=len(number))
    elif info.twenty_digits:
        yield from _check_digital(invoice, number)


def _check_code(invoice: Invoice) -> Iterator[Finding]:
    info, code = KIND_INFO[invoice.kind], invoice.value("invoice_code")
    if info.code is None:
        if code is not None:
            yield find(invoice, "INV-CODE-UNEXPECTED", "invoice_code")
    elif code is None:
        if "invoice_code" in info.gate:
            yield find(invoice, "INV-CODE-MISSING")
    elif not re.fullmatch(info.code, code):
        yield find(invoice, "INV-CODE-FORMAT", "invoice_code", code=code)
    elif len(code) in (10, 12) and code.isdigit():
        yield from _check_code_digits(invoice, code)


def _digits(pattern: str) -> str:
    found = re.search(r"\{(\d+)", pattern)
    return found[1] if found else "–"


def _check_digital(invoice: Invoice, number: str) -> Iterator[Finding]:
    date = invoice.value("issue_date")
    if date and number[:2] != date[2:4]:
        yield find(invoice, "INV-NUM-YEAR", "invoice_number", yy=number[:2], year=date[:4])
    if region_of(number, None) is None:
        yield find(invoice, "INV-REGION-UNKNOWN", "invoice_number", rr=number[2:4])


def _check_code_digits(invoice: Invoice, code: str) -> Iterator[Finding]:
    said = kind_of_code(code)
    if said and said is not invoice.kind:
        yield find(invoice, "INV-CODE-KIND", "invoice_code", a=KIND_INFO[said].zh, b=KIND_INFO[invoice.kind].zh)
    date, year = invoice.value("issue_date"), year_of_code(code)
    if date and year and not 0 <= int(date[:4]) - year <= 5:
        yield find(invoice, "INV-CODE-YEAR", "invoice_code", y=year, date=date)
    if region_of("", code) is None:
        yield find(invoice, "INV-REGION-UNKNOWN", "invoice_code", rr=code[:4])


def check_date(invoice: Invoice, context: CheckContext) -> Iterator[Finding]:
    """DATE-rules on 开票日期; the day is that of Shanghai."""
    text = invoice.value("issue_date")
    if text is None:
        if "issue_date" in KIND_INFO[invoice.kind].gate:
            yield find(invoice, "DATE-MISSING")
        return
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        yield find(invoice, "DATE-INVALID", "issue_date", raw=text)
        return
    if date > context.today:
        yield find(invoice, "DATE-FUTURE", "issue_date", date=text)
    if KIND_INFO[invoice.kind].twenty_digits and date < _FIRST_DIGITAL:
        yield find(invoice, "DATE-PAPER-PERIOD", "issue_date", date=text)
