"""The figures: do they add up, do the words say the same, do the lines agree. Source: rule book §4."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from decimal import Decimal

from intake.check.context import find
from intake.check.proof import contradicted, sum_holds, sums_of
from intake.extract.form import Sum
from models.amount_words import Status, parse_words
from models.fields import FIELD_LABELS
from models.finding import Finding, Severity
from models.invoice import Invoice, LineItem
from models.kinds import Kind
from models.money import CENT, parse_money, parse_rate
from models.reading import Source

#: Tolerances of the tax authority's issuing software, per line and per invoice (rule book §4.1): not law, so never
#: a reason to send an invoice back.
_LINE_TAX, _INVOICE_TAX, _QUANTITY = Decimal("0.06"), Decimal("1.27"), CENT
_RATES = frozenset(
    Decimal(rate) / 100 for rate in ("0", "0.5", "1", "1.5", "2", "3", "5", "6", "9", "10", "11", "13", "16", "17")
)


def check_amounts(invoice: Invoice) -> Iterator[Finding]:
    """AMT- and RATE-rules."""
    amount, tax, total = (parse_money(invoice.value(name)) for name in ("amount_excl_tax", "tax", "total"))
    if total is None:
        yield find(invoice, "AMT-MISSING")
        return
    if _disputed(invoice):
        return  # two sources differ on a figure: a sum over it would blame the wrong one
    for one in sums_of(invoice):
        if sum_holds(invoice, one) is False:
            yield _broken(invoice, one, total)
    yield from _check_words(invoice, total)
    if total < 0:
        yield _red(invoice, total)
    elif total == 0:
        yield find(invoice, "AMT-ZERO", "total")
    if "差额征税" in (invoice.value("remark") or ""):
        yield find(invoice, "RATE-DIFF-TAX")
    if invoice.items:
        yield from _check_lines(invoice, amount, tax)


def _broken(invoice: Invoice, one: Sum, total: Decimal) -> Finding:
    figures = {name: invoice.value(name) or "–" for name in (*one.parts, *one.optional) if name in invoice.fields}
    parts = sum((parse_money(value) or Decimal(0) for value in figures.values()), Decimal(0))
    said = " + ".join(f"{FIELD_LABELS[name][0]} {value}" for name, value in figures.items())
    named = {"A": figures.get("amount_excl_tax", "–"), "T": figures.get("tax", "–")}
    return find(invoice, one.rule, one.total, **named, P=total, d=abs(parts - total), detail=f"{said} ≠ {total}")


def _red(invoice: Invoice, total: Decimal) -> Finding:
    """A red-letter invoice that names the one it cancels can be booked as it is; without it a person links the two."""
    cancelled = invoice.fields.get("original_number")
    finding = find(invoice, "AMT-NEGATIVE", "total", P=total, ref=cancelled.value if cancelled else "–")
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
        yield find(invoice, "AMT-WORDS", "total_in_words", words=words, v=said.value, P=total)


def _check_lines(invoice: Invoice, amount: Decimal | None, tax: Decimal | None) -> Iterator[Finding]:
    amounts = [parse_money(item.amount) for item in invoice.items]
    known = [value for value in amounts if value is not None]
    if amount is not None and len(known) == len(amounts) and sum(known) != amount:
        yield find(invoice, "AMT-LINES", "amount_excl_tax", x=sum(known), A=amount)
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


def _tax_due(item: LineItem) -> Decimal | None:
    amount, rate = parse_money(item.amount), parse_rate(item.tax_rate)
    return amount * rate if amount is not None and rate is not None else None


def _check_line(invoice: Invoice, item: LineItem, number: int) -> Iterator[Finding]:
    if invoice.kind is Kind.TOLL_ELECTRONIC:
        return  # its form has the days of passage in the place of quantity and price
    quantity, price, amount = (parse_money(value) for value in (item.quantity, item.price, item.amount))
    if quantity is not None and price is not None and amount is not None and abs(quantity * price - amount) > _QUANTITY:
        yield find(invoice, "AMT-QTY", None, i=number)
    rate = parse_rate(item.tax_rate)
    if rate is not None and rate not in _RATES:
        yield find(invoice, "RATE-UNKNOWN", None, r=item.tax_rate)
