"""Amounts and spans of amounts as people type them: 10000, 10,000.00, ¥1万, 壹万圆整, 3280-3300, >5000, 1万以上."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from models.amount_words import parse_words
from models.money import parse_money
from models.question import parse_question
from models.question_words import NUMERALS

#: In yuan; more is no amount of an invoice.
LARGEST = 10**14
#: One amount inside a text: no leading zero, as that of a telephone number, and no more digits than amounts have.
AMOUNT_TEXT = r"(?:[¥￥]\s?)?(?:0|[1-9]\d{0,6}|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d{1,2})?\s?[万千wk]?元?"
TO = r"\s*(?:-|~|–|—|\.\.|到|至)\s*"
ABOVE = r"(?:>=|>|≥|大于等于|大于|高于|超过|不少于|不低于|至少|over|above|at least)"
BELOW = r"(?:<=|<|≤|小于等于|小于|低于|不超过|不高于|至多|under|below|at most)"
_STRICT = frozenset((">", "<", "大于", "高于", "超过", "小于", "低于", "over", "above", "under", "below"))
_BOUND = re.compile(rf"(?P<sign>{ABOVE}|{BELOW})\s*(?P<amount>.+)")
_AFTER = re.compile(r"(?P<amount>.+?)\s*(?P<side>以上|以下|以内|\+)")
_ONE = re.compile(rf"[¥-]*\s?(?:[\d.,]+|[{NUMERALS}]+(?:[元圆块][{NUMERALS}角毛分]*)?整?)\s?[万千wk]?(?:元|块|圆)?钱?")
_SPAN = re.compile(rf"(?P<low>.+?){TO}(?P<high>[^-~–—].*|-.+)")


@dataclass(frozen=True, slots=True)
class Amounts:
    """A span of amounts in whole cents, both ends included; None is no end."""

    low: int | None
    high: int | None


def parse_amounts(text: str) -> Amounts | None:
    """Read an amount or a span of amounts; None when it is neither."""
    said = unicodedata.normalize("NFKC", text).strip().casefold()
    if bound := _BOUND.fullmatch(said):
        return _bounded(bound["sign"], _cents(bound["amount"]))
    if after := _AFTER.fullmatch(said):
        return _bounded(">=" if after["side"] in ("以上", "+") else "<=", _cents(after["amount"]))
    if span := _SPAN.fullmatch(said):
        low, high = _cents(span["low"]), _cents(span["high"])
        if low is not None and high is not None:
            return Amounts(low, high) if low <= high else None
    one = _cents(said)
    return None if one is None else Amounts(one, one)


def _bounded(sign: str, cents: int | None) -> Amounts | None:
    if cents is None:
        return None
    step = 1 if sign in _STRICT else 0
    return Amounts(cents + step, None) if re.fullmatch(ABOVE, sign) else Amounts(None, cents - step)


def _cents(text: str) -> int | None:
    """One amount in whole cents, in figures or in words; None when it is none, or has parts of a cent."""
    amount = parse_money(text)
    if amount is None:
        amount = parse_words(text).value
    if amount is None and _ONE.fullmatch(text):
        asked = parse_question(text, dt.date.min)
        amount = asked.figures[0].amount if len(asked.figures) == 1 and not asked.words else None
    if amount is None or abs(amount) > LARGEST or amount * 100 % 1:
        return None
    return int(amount * 100)
