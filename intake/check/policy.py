"""Policy packs: read from TOML, held to their form, and stood on the law's own dates.

A pack may ask for more than the rules do, never for less: what is accepted without a person stays as hard to reach.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from intake.check.catalogue import rules
from intake.errors import IntakeError
from models.finding import Severity
from models.kinds import KIND_INFO, Kind
from models.money import parse_money, parse_rate
from models.policy import Company, Policy, RatePeriod, Watched
from models.tax_id import has_form, tax_id_ok

_GRAVITY = (Severity.INFO, Severity.WARN, Severity.REVIEW, Severity.REJECT)
_HEADER, _KEY = re.compile(r"\s*(\[\[?)\s*([\w-]+)\s*\]"), re.compile(r"\s*([\w-]+)\s*=")
Place = tuple[str | int, ...]
#: The mistakes that are made most, in both languages; of the others the library's own sentence is told.
_MISTAKES: Mapping[str, str] = {
    "extra_forbidden": "没有这个设置 / there is no such setting",
    "missing": "缺少此项 / is missing",
    "enum": "没有这个票种 / there is no such kind",
    "string_type": "须为引号内的文字 / must be a text in quotes",
    "string_too_short": "不能为空 / must not be empty",
    "bool_type": "须为 true 或 false / must be true or false",
    "bool_parsing": "须为 true 或 false / must be true or false",
    "int_type": "须为整数 / must be a whole number",
    "greater_than": "须大于零 / must be above zero",
    "date_type": "须为日期，如 2026-01-01 / must be a date such as 2026-01-01",
    "date_parsing": "须为日期，如 2026-01-01 / must be a date such as 2026-01-01",
    "date_from_datetime_parsing": "须为日期，如 2026-01-01 / must be a date such as 2026-01-01",
}


class BadPolicy(IntakeError):
    """A pack that breaks its form: ``mistakes`` are the lines (0: the file as a whole) and what is wrong there."""

    def __init__(self, mistakes: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"line {line}: {what}" for line, what in mistakes))
        self.mistakes = tuple(mistakes)


@functools.cache
def law() -> Policy:
    """The pack that holds where a company has none: dates of the law, nothing else."""
    return _read(Path(__file__).with_name("law.toml").read_text(encoding="utf-8"))


def read_policy(text: str) -> Policy:
    """Read a company's pack; rates and retired kinds of the law hold beside its own.

    Raises:
        BadPolicy: with every mistake and its line.
    """
    own = _read(text)
    return dataclasses.replace(own, rates=(*law().rates, *own.rates), retired={**law().retired, **own.retired})


def _read(text: str) -> Policy:
    try:
        return _Pack.model_validate(tomllib.loads(text)).policy()
    except tomllib.TOMLDecodeError as trouble:
        found = re.search(r"line (\d+)", str(trouble))
        line = int(found[1]) if found else len(text.splitlines())  # "at end of document"
        raise BadPolicy([(line, f"不是有效的 TOML / no TOML: {trouble}")]) from trouble
    except ValidationError as trouble:
        lines = _lines(text)
        mistakes = [(_line(lines, one["loc"]), _told(one["loc"], one["type"], one["msg"])) for one in trouble.errors()]
        raise BadPolicy(sorted(mistakes)) from trouble


def _told(place: Place, kind: str, message: str) -> str:
    said = _MISTAKES.get(kind, message.removeprefix("Value error, "))
    return f"{'.'.join(str(part) for part in place)}: {said}"


def _line(lines: Mapping[Place, int], place: Place) -> int:
    """The line of a place in the pack, or of the nearest thing around it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 0)


def _lines(text: str) -> dict[Place, int]:
    """The line of every table and key; the rows of a list of tables are counted from 0."""
    found: dict[Place, int] = {}
    table: Place = ()
    rows: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = (header[2], rows[header[2]]) if header[1] == "[[" else (header[2],)
            rows[header[2]] += 1
            found[table] = number
        elif key := _KEY.match(line):
            found[(*table, key[1])] = number
    return found


def _amount(value: object) -> Decimal:
    amount = parse_money(value) if isinstance(value, str) else None
    if amount is None or amount <= 0:
        raise ValueError('须为引号内大于零的金额，如 "5000.00" / must be an amount above zero in quotes')
    return amount


def _rate(value: object) -> Decimal:
    rate = parse_rate(value) if isinstance(value, str) else None
    if rate is None:
        raise ValueError('须为引号内的税率，如 "13%" / must be a rate in quotes')
    return rate


def _tax_id(value: str) -> str:
    code = value.strip().upper()
    if not (has_form(code) and tax_id_ok(code)):
        raise ValueError(f"{code} 的校验位不对 / is no sound tax id")
    return code


def _month_day(value: object) -> tuple[int, int]:
    try:
        day = dt.date.fromisoformat(f"2023-{value}")  # a year without 29 February: the day must come every year
    except ValueError as trouble:
        raise ValueError('须为引号内每年都有的月日，如 "03-31" / must be month and day in quotes') from trouble
    return day.month, day.day


def _supported(kind: Kind) -> Kind:
    if not KIND_INFO[kind].supported:
        raise ValueError(f"{kind.value} 不是可以接收的票种 / is no kind that could be taken in")
    return kind


Amount = Annotated[Decimal, BeforeValidator(_amount)]
Rate = Annotated[Decimal, BeforeValidator(_rate)]
TaxId = Annotated[str, AfterValidator(_tax_id)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
TakenKind = Annotated[Kind, AfterValidator(_supported)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Limits(_Table):
    age_days: Annotated[int, Field(gt=0, strict=True)] | None = None
    books_closed: Annotated[tuple[int, int], BeforeValidator(_month_day)] | None = None
    amount: Amount | None = None
    second_person_above: Amount | None = None


class _Kinds(_Table):
    allowed: frozenset[TakenKind] = frozenset()


class _Company(_Table):
    name: Text
    tax_id: TaxId
    here: bool = True


class _Watched(_Table):
    name: str = ""
    tax_id: str = ""
    why: Text

    @model_validator(mode="after")
    def named(self) -> Self:
        if not (self.name or self.tax_id):
            raise ValueError("须有 name 或 tax_id / needs a name or a tax_id")
        return self


class _RatePeriod(_Table):
    rate: Rate
    first: dt.date
    last: dt.date | None = None

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.last and self.last < self.first:
            raise ValueError("last 早于 first / last lies before first")
        return self


class _Retired(_Table):
    kind: TakenKind
    last: dt.date


class _Graver(_Table):
    reject: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    warn: tuple[str, ...] = ()

    @model_validator(mode="after")
    def only_graver(self) -> Self:
        for name, severity in self.chosen().items():
            known = rules().get(name)
            if known is None:
                raise ValueError(f"没有规则 {name} / there is no such rule")
            if known.stage == "Proof":
                raise ValueError(f"{name} 总是人工核对 / says that proof is missing and always asks a person")
            if _GRAVITY.index(severity) <= _GRAVITY.index(known.severity):
                raise ValueError(f"{name} 本身已是 {known.severity.value}，只能更严 / a pack may only ask for more")
        return self

    def chosen(self) -> dict[str, Severity]:
        """The rules that are named, with what they become."""
        by_rule = {name: Severity.WARN for name in self.warn}
        by_rule |= {name: Severity.REVIEW for name in self.review}
        return by_rule | {name: Severity.REJECT for name in self.reject}


class _Pack(_Table):
    name: Text
    version: Text
    valid_from: dt.date
    limits: _Limits = _Limits()
    kinds: _Kinds = _Kinds()
    company: tuple[_Company, ...] = ()
    watch: tuple[_Watched, ...] = ()
    rate: tuple[_RatePeriod, ...] = ()
    retired: tuple[_Retired, ...] = ()
    graver: _Graver = _Graver()

    @model_validator(mode="after")
    def companies_apart(self) -> Self:
        codes = [company.tax_id for company in self.company]
        twice = {code for code in codes if codes.count(code) > 1}
        if twice:
            raise ValueError(f"税号重复 / two companies have the tax id {', '.join(sorted(twice))}")
        return self

    def policy(self) -> Policy:
        """The pack as the checks use it."""
        return Policy(
            name=self.name,
            version=self.version,
            valid_from=self.valid_from,
            rates=tuple(RatePeriod(one.rate, one.first, one.last) for one in self.rate),
            retired={one.kind: one.last for one in self.retired},
            companies=tuple(Company(one.name, one.tax_id, one.here) for one in self.company),
            watched=tuple(Watched(one.name, one.tax_id.upper(), one.why) for one in self.watch),
            kinds=self.kinds.allowed,
            age_days=self.limits.age_days,
            books_closed=self.limits.books_closed,
            amount_limit=self.limits.amount,
            second_person_above=self.limits.second_person_above,
            severities=self.graver.chosen(),
        )
