"""What is asked of the ledger: every filter, read from one box and from single filters; all of them must hold.

The box is read like a question (``models.question``), and beside it knows spans of amounts (3280-3300, >5000), filters
by name (卖方:范例, seller:范例) and the states of an entry as they are shown (未查验). What may be several things stays
all of them: 3280 is a part of a number or an amount, 20260302 a part of a number or a day, 北京 a region or a word.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from models.amounts import ABOVE, AMOUNT_TEXT, BELOW, TO, Amounts, parse_amounts
from models.entry import BOOKING_WORDS, RECONCILIATION_WORDS, VERIFICATION_WORDS, Booking, Reconciliation, Verification
from models.kinds import Kind
from models.question import Figure, parse_question
from models.question_words import KIND_NAMES
from models.regions import Region, by_code4, by_digital2, by_name
from models.search_text import normal
from models.spoken_days import Days, cut_days, packed_day

State = TypeVar("State", bound=StrEnum)
Found = TypeVar("Found")
LONGEST = 500


class BadFilter(ValueError):
    """A single filter says what cannot be understood: its name, and what it says."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"{name}: {value}")
        self.name, self.value = name, value


@dataclass(frozen=True, slots=True)
class Query:
    """A selection of the ledger. What is empty is not asked; of each set one must fit, of each tuple all."""

    number: str = ""
    code: str = ""
    seller: str = ""
    buyer: str = ""
    item: str = ""
    sender: str = ""
    kinds: frozenset[Kind] = frozenset()
    #: Digits as in ``entries.region``.
    regions: frozenset[str] = frozenset()
    issued: tuple[Days, ...] = ()
    #: Days in Asia/Shanghai.
    registered: tuple[Days, ...] = ()
    totals: tuple[Amounts, ...] = ()
    verifications: frozenset[Verification] = frozenset()
    reconciliations: frozenset[Reconciliation] = frozenset()
    bookings: frozenset[Booking] = frozenset()
    #: From the box: digits, regions and words that may be found in several places.
    figures: tuple[Figure, ...] = ()
    places: tuple[Region, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def whole_number(self) -> bool:
        """Whether it names one invoice by its 20 digits."""
        return any(len(digits) == 20 for digits in (self.number, *(figure.digits or "" for figure in self.figures)))


def parse_query(given: Mapping[str, str], today: dt.date) -> Query:
    """Read filters by name (``FILTERS``); ``q`` is the box, and the only one that understands anything.

    Raises:
        BadFilter: a filter is not known, or its value is not understood.
    """
    asked = Query()
    for name, value in given.items():
        text = unicodedata.normalize("NFKC", value).strip()[:LONGEST]
        if name not in FILTERS:
            raise BadFilter(name, value)
        if text:
            asked = FILTERS[name](asked, _Said(name, text, today))
    return asked


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody typed for a filter."""

    name: str
    text: str
    today: dt.date

    @property
    def bad(self) -> BadFilter:
        return BadFilter(self.name, self.text)

    @property
    def parts(self) -> list[str]:
        return [part for part in re.split(r"[,;、|]\s*", self.text) if part]


Reader = Callable[[Query, _Said], Query]


def _with(asked: Query, field: str, value: Any) -> Query:
    changed: dict[str, Any] = {field: value}
    return replace(asked, **changed)


def _text(asked: Query, said: _Said) -> Query:
    return _with(asked, said.name, normal(said.text))


def _digits(asked: Query, said: _Said) -> Query:
    return _with(asked, said.name, re.sub(r"[\s-]", "", normal(said.text)))


def _kinds(asked: Query, said: _Said) -> Query:
    known = {one.value: frozenset({one}) for one in Kind} | KIND_NAMES
    found = [known.get(part.casefold()) for part in said.parts]
    if None in found:
        raise said.bad
    return replace(asked, kinds=asked.kinds.union(*(kinds for kinds in found if kinds)))


def _regions(asked: Query, said: _Said) -> Query:
    found = [region_named(part) for part in said.parts]
    if None in found:
        raise said.bad
    return replace(asked, regions=asked.regions | {region.digital2 for region in found if region})


def _amounts(asked: Query, said: _Said) -> Query:
    span = parse_amounts(said.text)
    if span is None:
        raise said.bad
    return replace(asked, totals=(*asked.totals, span))


def _days(said: _Said) -> Days:
    days = parse_days(said.text, said.today)
    if days is None:
        raise said.bad
    return days


def _states(field: str, words: Mapping[State, tuple[str, str]]) -> Reader:
    named = {name.casefold(): one for one, told in words.items() for name in (one.value, *told)}

    def read(asked: Query, said: _Said) -> Query:
        found = [named.get(part.casefold()) for part in said.parts]
        if None in found:
            raise said.bad
        return _with(asked, field, getattr(asked, field) | frozenset(found))

    return read


def _between(field: str, first: bool = True, last: bool = True) -> Reader:
    def read(asked: Query, said: _Said) -> Query:
        days = _days(said)
        span = Days(days.first if first else dt.date.min, days.last if last else dt.date.max)
        return _with(asked, field, (*getattr(asked, field), span))

    return read


def _box(asked: Query, said: _Said) -> Query:
    """The box: first what says what it is, then the rest as a question."""
    left = []
    for token in said.text.split():
        label, _, value = token.partition(":")
        reader = LABELS.get(label.casefold()) if value else None
        state = next((name for name, words in _STATES.items() if token.casefold() in words), None)
        if reader is not None:
            asked = FILTERS[reader](asked, _Said(reader, value, said.today))
        elif state is not None:
            asked = FILTERS[state](asked, _Said(state, token, said.today))
        else:
            left.append(token)
    asked, rest = _cut_spans(asked, " ".join(left), said.today)
    told = parse_question(rest, said.today)
    words = rest.split() if told.empty else [*told.words, *([told.sha256] if told.sha256 else [])]
    return replace(
        asked,
        kinds=asked.kinds | told.kinds,
        issued=(*asked.issued, *([told.days] if told.days else [])),
        figures=(*asked.figures, *told.figures),
        places=(*asked.places, *told.regions),
        words=(*asked.words, *map(normal, words)),
    )


#: Digits around would make it a part of something longer; behind it 月, 日 and the like make it days.
_AMOUNT_SPAN = re.compile(
    rf"(?<![\w.\-])(?:{ABOVE}\s*{AMOUNT_TEXT}|{BELOW}\s*{AMOUNT_TEXT}|{AMOUNT_TEXT}(?:以上|以下|以内)"
    rf"|{AMOUNT_TEXT}{TO}{AMOUNT_TEXT})(?![\d.,\-a-z万千]|\s?[年月日号天周])",
    re.IGNORECASE,
)
_PACKED = r"(?<!\d)20\d{6}(?!\d)"
_DAY_SPAN = re.compile(f"{_PACKED}{TO}{_PACKED}")


def _cut_spans(asked: Query, text: str, today: dt.date) -> tuple[Query, str]:
    """Take spans of amounts and of days without separators out of a text."""
    days: list[Days | None] = []
    amounts: list[Amounts | None] = []

    def taken(into: list[Found | None], one: Found | None, text: str) -> str:
        into.append(one)
        return " " if one else text

    rest = _DAY_SPAN.sub(lambda said: taken(days, parse_days(said[0], today), said[0]), text)
    rest = _AMOUNT_SPAN.sub(lambda said: taken(amounts, parse_amounts(said[0]), said[0]), rest)
    return replace(
        asked,
        issued=(*asked.issued, *(one for one in days if one)),
        totals=(*asked.totals, *(one for one in amounts if one)),
    ), _with_months(rest)


def _with_months(text: str) -> str:
    """3-5月 as 3月-5月."""
    return re.sub(rf"(?<![\d.])(\d{{1,2}})({TO})(\d{{1,2}}月)", r"\1月\2\3", text)


def parse_days(text: str, today: dt.date) -> Days | None:
    """A day, a month, a year or a span of them (2026-03-02, 2026年3月2日, 20260302, 2026-03, 2026-03-01~2026-03-15)."""
    plain = _with_months(unicodedata.normalize("NFKC", text).strip().casefold())
    plain = f"{plain}年" if re.fullmatch(r"20\d\d", plain) else plain
    days, left = cut_days(re.sub(_PACKED, " ", plain), today)
    for one in map(packed_day, re.findall(_PACKED, plain)):
        if one is None:
            return None
        days = one.with_(days)
    return None if re.sub(r"[\s~–—至到.\-]|to\b", "", left) else days


def region_named(text: str) -> Region | None:
    """A region by its name in Chinese or English, or by two or four digits."""
    said = normal(text)
    if re.fullmatch(r"\d{2}", said):
        return by_digital2(said)
    return by_code4(said) if re.fullmatch(r"\d{4}", said) else by_name(said)


_STATES: Mapping[str, frozenset[str]] = {
    name: frozenset(word.casefold() for told in words.values() for word in told if " " not in word)
    for name, words in (
        ("verification", VERIFICATION_WORDS),
        ("reconciliation", RECONCILIATION_WORDS),
        ("booking", BOOKING_WORDS),
    )
}
#: Every filter by its name in addresses and saved views.
FILTERS: Mapping[str, Reader] = {
    "q": _box,
    "number": _digits,
    "code": _digits,
    "seller": _text,
    "buyer": _text,
    "item": _text,
    "sender": _text,
    "kind": _kinds,
    "region": _regions,
    "amount": _amounts,
    "issued": _between("issued"),
    "since": _between("issued", last=False),
    "until": _between("issued", first=False),
    "registered": _between("registered"),
    "registered_since": _between("registered", last=False),
    "registered_until": _between("registered", first=False),
    "verification": _states("verifications", VERIFICATION_WORDS),
    "reconciliation": _states("reconciliations", RECONCILIATION_WORDS),
    "booking": _states("bookings", BOOKING_WORDS),
}
#: How a filter that was not understood can be written.
EXAMPLES: Mapping[str, str] = {
    "kind": "专票", "region": "北京", "amount": "3280-3300", "issued": "2026-03", "since": "2026-03-02",
    "until": "2026-03-02", "registered": "2026-03", "registered_since": "2026-03-02", "registered_until": "2026-03-02",
    "verification": "未查验", "reconciliation": "未对账", "booking": "未记账", "sort": "-registered",
}  # fmt: skip
_NAMED: Mapping[str, str] = {
    "number": "号码 发票号码", "code": "代码 发票代码", "seller": "卖方 销方 销售方", "buyer": "买方 购方 购买方",
    "item": "项目 货物 商品", "sender": "提交人 上传人", "kind": "票种 类型", "region": "地区",
    "amount": "金额 价税合计", "issued": "日期 开票日期", "registered": "入账 入账日期", "verification": "查验",
    "reconciliation": "对账", "booking": "记账",
}  # fmt: skip
#: How the filters are named in the box.
LABELS: Mapping[str, str] = {
    label: name for name, zh in _NAMED.items() for label in (name, *zh.split())
}  # fmt: skip
