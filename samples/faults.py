"""One fault each: what is wrong with an invoice, and the rule that must say so (rule book §10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from models.amount_words import print_words
from samples.invoice import Drawn, qr_text


@dataclass(frozen=True, slots=True)
class Fault:
    """A change to a sound invoice, the verdict it must get and the rule that must give the reason."""

    change: Callable[[Drawn], Drawn]
    verdict: str
    rule: str


def _again(drawn: Drawn) -> Drawn:
    return replace(drawn, qr=qr_text(drawn))


def _sum(drawn: Drawn) -> Drawn:
    total = drawn.total + 10
    return _again(replace(drawn, total=total, words=print_words(total)))


def _words(drawn: Drawn) -> Drawn:
    return replace(drawn, words=print_words(drawn.total + 100))


def _short_number(drawn: Drawn) -> Drawn:
    return _again(replace(drawn, number=drawn.number[:-1]))


def _no_number(drawn: Drawn) -> Drawn:
    return replace(drawn, number="", qr="")


def _other_year(drawn: Drawn) -> Drawn:
    return _again(replace(drawn, number=f"{drawn.date.year % 100 - 1}{drawn.number[2:]}"))


def _future(drawn: Drawn) -> Drawn:
    return _again(replace(drawn, number=f"49{drawn.number[2:]}", date=drawn.date.replace(year=2049)))


def _seller_id(drawn: Drawn) -> Drawn:
    """Change the check character into one that no single misreading explains."""
    code = drawn.seller.tax_id
    wrong = next(char for char in "TWRKEH" if char != code[-1])
    return replace(drawn, seller=replace(drawn.seller, tax_id=code[:-1] + wrong))


def _lines(drawn: Drawn) -> Drawn:
    """Raise one line by so little that its own tax still fits."""
    first = replace(drawn.lines[0], amount=drawn.lines[0].amount + Decimal("0.30"), quantity="", price="")
    return replace(drawn, lines=(first, *drawn.lines[1:]))


def _qr_number(drawn: Drawn) -> Drawn:
    other = str((int(drawn.number[-1]) + 3) % 10)
    return replace(drawn, qr=qr_text(replace(drawn, number=drawn.number[:-1] + other)))


def _qr_amount(drawn: Drawn) -> Drawn:
    return replace(drawn, qr=qr_text(replace(drawn, total=drawn.total + 900)))


def _qr_date(drawn: Drawn) -> Drawn:
    return replace(drawn, qr=qr_text(replace(drawn, date=drawn.date + dt.timedelta(days=1))))


def _void(drawn: Drawn) -> Drawn:
    return replace(drawn, mark="作废")


def _red(drawn: Drawn) -> Drawn:
    """Turn it into the red-letter invoice that cancels an earlier one: every figure negative."""
    lines = tuple(
        replace(line, amount=-line.amount, tax=-line.tax if line.tax else line.tax, quantity=f"-{line.quantity}")
        for line in drawn.lines
    )
    red = replace(
        drawn, lines=lines, amount=-drawn.amount, tax=-(drawn.tax or Decimal(0)), total=-drawn.total,
        words=f"（负数）{print_words(drawn.total)}",
        remark=f"被红冲蓝字数电发票号码：25{drawn.region.digital2}2{'1' * 15}",
    )  # fmt: skip
    return _again(red)


def _red_without_blue(drawn: Drawn) -> Drawn:
    return replace(_red(drawn), remark="退货")


def _page_missing(drawn: Drawn) -> Drawn:
    return replace(drawn, remark="共2页 第1页")


def other_data(drawn: Drawn) -> Drawn:
    """The same invoice with another seller, for data that contradicts its page."""
    return replace(drawn, seller=drawn.buyer)


FAULTS: dict[str, Fault] = {
    "sum": Fault(_sum, "reject", "AMT-SUM"),
    "words": Fault(_words, "reject", "AMT-WORDS"),
    "number-19": Fault(_short_number, "reject", "INV-NUM-FORMAT"),
    "number-missing": Fault(_no_number, "reject", "INV-NUM-MISSING"),
    "number-year": Fault(_other_year, "review", "INV-NUM-YEAR"),
    "date-future": Fault(_future, "reject", "DATE-FUTURE"),
    "seller-id": Fault(_seller_id, "review", "TAXID-CHECK"),
    "lines": Fault(_lines, "review", "AMT-LINES"),
    "qr-number": Fault(_qr_number, "review", "QR-MISMATCH-NUM"),
    "qr-amount": Fault(_qr_amount, "review", "QR-MISMATCH-AMT"),
    "qr-date": Fault(_qr_date, "review", "QR-MISMATCH-DATE"),
    "red": Fault(_red, "accept", "AMT-NEGATIVE"),
    "red-without-blue": Fault(_red_without_blue, "review", "AMT-NEGATIVE"),
    "page-missing": Fault(_page_missing, "reject", "FILE-PAGE-MISSING"),
    "void": Fault(_void, "reject", "PRINT-VOID"),
}
