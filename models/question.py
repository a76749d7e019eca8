"""What people type to find an invoice: 北京 3280 上周; a number or part of one; a seller and an amount; a file name.

Nothing is asked of its form. Digits that may be several things (a part of a number, an amount, a day) stay all of them
until they meet an invoice.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from models.amount_words import parse_words
from models.kinds import Kind
from models.question_words import (
    ALONE,
    AMOUNT,
    AROUND,
    DIGITS,
    DIGITS_IN_WORDS,
    FILE_NAME,
    KIND_NAMES,
    NUMBER,
    NUMERALS,
    REGION_EN,
    REGION_NAMES,
)  # fmt: skip
from models.regions import SORT_OF_REGION, Region
from models.spoken_days import Days, cut_days, packed_day

Found = TypeVar("Found")
LONGEST = 500
#: Fewer digits than these are no part of a number that anybody would look for.
SHORTEST_PART = 4
_NAMES_ZH = tuple(name for name in REGION_NAMES if not name.isascii())


@dataclass(frozen=True, slots=True)
class Figure:
    """Digits as they were typed, and what they may be; None is what they cannot be."""

    text: str
    digits: str | None = None
    amount: Decimal | None = None
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for. ``words`` are names, goods and file names, lower case and half width; empty is not asked."""

    text: str
    figures: tuple[Figure, ...] = ()
    words: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    days: Days | None = None
    sha256: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing in it can be looked for."""
        return not (self.figures or self.words or self.regions or self.kinds or self.days or self.sha256)

    @property
    def vague(self) -> bool:
        """Whether it names no single invoice, only where or when to look."""
        return not (self.figures or self.words or self.sha256)

    @property
    def digits(self) -> tuple[str, ...]:
        """Every run of digits that may be a number or a part of one."""
        return tuple(figure.digits for figure in self.figures if figure.digits)

    @property
    def full_numbers(self) -> tuple[str, ...]:
        """The numbers given in full, as keys of the ledger: 20 digits, code and number, or the number of a ticket."""
        codes = [part for part in self.digits if len(part) in (8, 10, 12)]
        pairs = [f"{code}|{part}" for code in codes for part in self.digits if len(part) in (8, 10) and part != code]
        alone = [part for part in self.digits if len(part) >= 10]
        tickets = [word.upper() for word in self.words if re.fullmatch(r"[a-z]\d{6}|(?=.*\d)[0-9a-z]{13,21}", word)]
        return (*alone, *pairs, *tickets)


def parse_question(text: str, today: dt.date) -> Question:
    """Take a question apart; it never fails, and what it cannot place is a word."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    hashed = re.search(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", plain)
    plain = plain.replace(hashed[0], " ") if hashed else plain
    names, plain = _cut(plain, FILE_NAME, lambda said: said[0])
    figures = [Figure(number, digits=number) for name in names for number in re.findall(r"(?<!\d)\d{20}(?!\d)", name)]
    numbers, plain = _cut(plain, NUMBER, _number)
    days, plain = cut_days(plain, today)
    amounts, plain = _cut(plain, AMOUNT, _amount)
    digits, plain = _cut(plain, DIGITS, _digits)
    plain = AROUND.sub(" ", plain)
    regions, plain = _cut(plain, REGION_EN, lambda said: REGION_NAMES[said[0]])
    read = _Tokens.of(plain)
    return Question(
        text=text.strip()[:LONGEST],
        figures=_once([*figures, *numbers, *amounts, *digits, *read.figures]),
        words=_once([*names, *read.words]),
        regions=_once([*regions, *read.regions]),
        kinds=read.kinds,
        days=days,
        sha256=hashed[0] if hashed else None,
    )


@dataclass(frozen=True, slots=True)
class _Tokens:
    """What is left when digits and days are gone, word by word."""

    figures: tuple[Figure, ...]
    words: tuple[str, ...]
    regions: tuple[Region, ...]
    kinds: frozenset[Kind]

    @classmethod
    def of(cls, plain: str) -> _Tokens:
        figures, words, regions, kinds = [], [], [], frozenset[Kind]()
        for token in re.split(r"[\s,;:、。?!\"'“”‘’|<>=]+", plain):
            region, rest = _leading_region(token)
            rest = rest.strip("的")
            amount = _spoken_amount(rest)
            if amount is not None:
                figures.append(Figure(rest, amount=amount))
            elif rest in KIND_NAMES:
                kinds |= KIND_NAMES[rest]
            elif region is not None and rest:
                region = None  # the name of a place inside that of a company
                words.append(token)
            elif rest and rest not in ALONE:
                words.append(token)
            if region is not None:
                regions.append(region)
        return cls(tuple(figures), tuple(words), tuple(regions), kinds)


def _cut(text: str, pattern: re.Pattern[str], read: Callable[[re.Match[str]], Found | None]) -> tuple[list[Found], str]:
    """Take what a pattern finds out of a text; what its reader gives None for stays in."""
    found: list[Found] = []

    def take(said: re.Match[str]) -> str:
        one = read(said)
        if one is None:
            return said[0]
        found.append(one)
        return " "

    return found, pattern.sub(take, text)


def _once(found: list[Found]) -> tuple[Found, ...]:
    return tuple(dict.fromkeys(found))


def _number(said: re.Match[str]) -> Figure:
    digits = re.sub(r"\D", "", said[0])
    return Figure(digits, digits=digits)


def _amount(said: re.Match[str]) -> Figure | None:
    """An amount that says that it is one, by a sign, a comma, a point or a unit."""
    if said["amount"].isdigit() and not (said["sign"] or said["scale"] or said["unit"]):
        return None
    scale = {"万": 10000, "w": 10000, "千": 1000, "k": 1000}.get(said["scale"] or "", 1)
    amount = Decimal(said["amount"].replace(",", "")) * scale
    return Figure(said[0].strip(), amount=amount.quantize(Decimal("0.01")))


def _digits(said: re.Match[str]) -> Figure:
    digits = said[0]
    amount = Decimal(digits).quantize(Decimal("0.01")) if len(digits) < 10 else None
    return Figure(digits, digits if len(digits) >= SHORTEST_PART else None, amount, packed_day(digits))


def _leading_region(token: str) -> tuple[Region | None, str]:
    """The region that a word begins with, and the rest of it without 省 and the like."""
    for name in _NAMES_ZH:
        if token.startswith(name):
            return REGION_NAMES[name], re.sub(f"^{SORT_OF_REGION}", "", token[len(name) :])
    return None, token


def _spoken_amount(token: str) -> Decimal | None:
    """An amount in words as people say it: 三千二百八 is 3280, 一万二 is 12000, 五块五 is 5.50."""
    if not re.fullmatch(rf"[{NUMERALS}][{NUMERALS}元圆块角毛分整钱]*", token):
        return None
    if not re.search(r"[十百千万亿拾佰仟萬億元圆块角毛分]", token):
        return None
    written = parse_words(token.rstrip("钱")).value
    if written is not None:
        return written
    whole, *after = re.split("[元圆块]", token.rstrip("整钱"))
    rest = "".join(after)
    lower = {"百": "十", "佰": "拾", "千": "百", "仟": "佰", "万": "千", "萬": "千", "亿": "千万", "億": "千万"}
    if len(whole) > 1 and whole[-1] in DIGITS_IN_WORDS and whole[-2] in lower:
        whole += lower[whole[-2]]
    return parse_words(f"{whole}圆{rest}角" if len(rest) == 1 else f"{whole}圆{rest}").value
