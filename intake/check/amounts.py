"""The figures: do they add up, do the words say the same, do the lines agree. Source: rule book §4."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from intake.check.context import CheckContext, find
from intake.check.proof import contradicted, sum_holds, sums_of
from intake.extract.form import Sum
from models.amount_words import Status, parse_words
from models.fields import MONEY_FIELDS
from models.finding import Finding, Severity
from models.invoice import Invoice, LineItem
from models.kinds import Kind
from models.money import CENT, is_total, parse_money, parse_rate
from models.reading import Source

#: Tolerances of the tax authority's issuing software, per line and per invoice (rule book §4.1): not law, so never
#: a reason to send an invoice back.
_LINE_TAX, _INVOICE_TAX, _QUANTITY = Decimal("0.06"), Decimal("1.27"), CENT
_NO_END = dt.date.max


def check_amounts(invoice: Invoice, context: CheckContext) -> Iterator[Finding]:
    """AMT- and RATE-rules."""
    odd = [name for name in invoice.fields if name in MONEY_FIELDS and not is_total(invoice.value(name) or "")]
    yield from (find(invoice, "AMT-FORMAT", name, field=f"@field.{name}", raw=invoice.value(name)) for name in odd)
    amount, tax, total = (parse_money(invoice.value(name)) for name in ("amount_excl_tax", "tax", "total"))
    if "total" not in invoice.fields:
        yield find(invoice, "AMT-MISSING")
    if _disputed(invoice):
        return  # two sources differ on a figure: a sum over it would blame the wrong one
    if total is not None:
        yield from _check_total(invoice, total)
    if "差额征税" in (invoice.value("remark") or ""):
        yield find(invoice, "RATE-DIFF-TAX")
    if invoice.items:
        yield from _check_lines(invoice, amount, tax)
    yield from _check_rates(invoice, context)


def _check_total(invoice: Invoice, total: Decimal) -> Iterator[Finding]:
    for one in sums_of(invoice):
        if sum_holds(invoice, one) is False:
            yield _broken(invoice, one, total)
    yield from _check_words(invoice, total)
    if total < 0:
        yield _red(invoice, total)
    elif total == 0:
        yield find(invoice, "AMT-ZERO", "total")


def _broken(invoice: Invoice, one: Sum, total: Decimal) -> Finding:
    figures = {name: invoice.value(name) or "–" for name in (*one.parts, *one.optional) if name in invoice.fields}
    parts = sum((parse_money(value) or Decimal(0) for value in figures.values()), Decimal(0))
    said = " + ".join(f"@field.{name} {value}" for name, value in figures.items())
    named = {"A": figures.get("amount_excl_tax", "–"), "T": figures.get("tax", "–")}
    told = {**named, "P": total, "d": abs(parts - total), "detail": f"{said} ≠ {total}"}
    return find(invoice, one.rule, one.total, rests_on=tuple(figures), **told)


def _red(invoice: Invoice, total: Decimal) -> Finding:
    """A red-letter invoice that names the one it cancels can be booked as it is; without it a person links the two."""
    cancelled = invoice.fields.get("original_number")
    finding = find(invoice, "AMT-NEGATIVE", "total", P=total, ref=cancelled.value if cancelled else "@page.unsaid")
    named = cancelled is not None and cancelled.best.source is not Source.OCR
    return dataclasses.replace(finding, severity=Severity.WARN) if named else finding


def _disputed(invoice: Invoice) -> bool:
    figures = (invoice.fields.get(name) for name in ("amount_excl_tax", "tax", "total"))
    return any(contradicted(field) for field in figures if field)


def _check_words(invoice: Invoice, total: Decimal) -> Iterator[Finding]:
    words = invoice.value("total_in_words")
    if words is None:
        return
    said = parse_words(words)
    if said.status in (Status.AMBIGUOUS, Status.INVALID):
        yield find(invoice, "AMT-WORDS-AMBIGUOUS", "total_in_words", words=words)
    elif said.value != total:
        yield find(invoice, "AMT-WORDS", "total_in_words", rests_on=("total",), words=words, v=said.value, P=total)


def _check_lines(invoice: Invoice, amount: Decimal | None, tax: Decimal | None) -> Iterator[Finding]:
    yield from _check_column(invoice, "amount_excl_tax", [item.amount for item in invoice.items], amount)
    if invoice.items_source is not Source.OCR:
        yield from _check_column(invoice, "tax", [item.tax for item in invoice.items], tax)
    drift = Decimal(0)
    for number, item in enumerate(invoice.items, 1):
        due = _tax_due(item)
        stated = parse_money(item.tax)
        if due is not None and stated is not None:
            drift += due - stated
            if abs(due - stated) > _LINE_TAX:
                yield find(invoice, "AMT-LINE-TAX", "tax", i=number, d=abs(due - stated).quantize(CENT))
        yield from _check_line(invoice, item, number)
    if tax is not None and abs(drift) > _INVOICE_TAX:
        yield find(invoice, "AMT-TAX-CUM", "tax", d=abs(drift).quantize(CENT))


def _check_column(
    invoice: Invoice, name: str, printed: Sequence[str | None], total: Decimal | None
) -> Iterator[Finding]:
    """What the lines add up to, where every line shows its figure."""
    known = [value for text in printed if (value := parse_money(text)) is not None]
    if total is not None and len(known) == len(printed) and sum(known) != total:
        yield find(invoice, "AMT-LINES", name, field=f"@field.{name}", x=sum(known), A=total)


def _tax_due(item: LineItem) -> Decimal | None:
    amount, rate = parse_money(item.amount), parse_rate(item.tax_rate)
    return amount * rate if amount is not None and rate is not None else None


def _check_line(invoice: Invoice, item: LineItem, number: int) -> Iterator[Finding]:
    if invoice.kind is Kind.TOLL_ELECTRONIC:
        return  # its form has the days of passage in the place of quantity and price
    quantity, price, amount = (parse_money(value) for value in (item.quantity, item.price, item.amount))
    if quantity is not None and price is not None and amount is not None and abs(quantity * price - amount) > _QUANTITY:
        yield find(invoice, "AMT-QTY", None, i=number)


def _check_rates(invoice: Invoice, context: CheckContext) -> Iterator[Finding]:
    """Each rate that is printed, once: is it one that exists, and was it in force on the day of issue."""
    day = invoice.value("issue_date") or ""
    texts = (*(item.tax_rate for item in invoice.items), invoice.value("tax_rate"))
    printed = {rate: text for text in texts if (rate := parse_rate(text)) is not None}
    for rate, text in printed.items():
        periods = [one for one in context.policy.rates if one.rate == rate]
        if not periods:
            yield find(invoice, "RATE-UNKNOWN", None, r=text)
        elif day and not any(one.first.isoformat() <= day <= (one.last or _NO_END).isoformat() for one in periods):
            yield find(invoice, "RATE-PERIOD", "issue_date", r=text, date=day)
