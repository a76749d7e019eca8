"""Weighs how well an invoice fits a question, and says in what it differs.

The weights are a judgement, held by tests: a number says most; an amount says more than a name, a name more than a day
or a region. What was asked and is not so speaks against an invoice, but a region does not: that it is another one than
people think is what they ask about most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from intake.desk.trace.alike import LONG, Near, near, says
from intake.desk.trace.subjects import Subject
from models.answers import Pair
from models.clock import day_of
from models.kinds import KIND_INFO, Kind
from models.money import money_text
from models.policy import Policy
from models.question import Figure, Question
from models.search_text import normal
from models.tax_list import kinds_named

#: From here on an invoice is taken for the one that was meant, and from there for certain.
ENOUGH, CERTAIN = 20.0, 45.0
_NUMBER = {Near.SAME: 100.0, Near.ONE_OFF: 60.0, Near.PART: 40.0}
_AMOUNT, _ABOUT, _WORD, _PLACE = 30.0, 20.0, 20.0, 10.0
_OTHER_NUMBER, _OTHER_AMOUNT, _OTHER_WORD, _OTHER_DAY, _OTHER_KIND = -100.0, -30.0, -25.0, -15.0, -5.0


@dataclass(frozen=True, slots=True)
class Difference:
    """In what an invoice is not as asked: number, amount, name (of the seller), company, month, region or kind."""

    what: str
    asked: Pair
    found: Pair


@dataclass(frozen=True, slots=True)
class Fit:
    """An invoice, what speaks for it in sum, and its differences."""

    subject: Subject
    score: float
    differences: tuple[Difference, ...]

    @property
    def enough(self) -> bool:
        """Whether it may be the one that was meant."""
        return self.score >= ENOUGH

    @property
    def certain(self) -> bool:
        """Whether it is."""
        return self.score >= CERTAIN


class Weight(NamedTuple):
    """What one thing that was asked adds to the sum; several parts of numbers add but once."""

    score: float
    difference: Difference | None = None
    number: bool = False


def fit(asked: Question, subject: Subject, policy: Policy) -> Fit:
    """Weigh one invoice."""
    parts = [
        *_hash(asked, subject),
        *(_figure(figure, subject) for figure in asked.figures),
        *_words(asked, subject, policy),
        *_region(asked, subject),
        *_days(asked, subject),
        *_kind(asked, subject),
    ]
    by_number = max((one.score for one in parts if one.number), default=0.0)
    score = by_number + sum(one.score for one in parts if not one.number)
    return Fit(subject, score, tuple(one.difference for one in parts if one.difference))


def _hash(asked: Question, subject: Subject) -> Iterator[Weight]:
    if asked.sha256 and any(file.document["sha256"] == asked.sha256 for file in subject.files):
        yield Weight(_NUMBER[Near.SAME], number=True)


def _figure(figure: Figure, subject: Subject) -> Weight:
    """A figure by the reading of it that fits best."""
    readings = [*_number(figure, subject), *_amount(figure, subject)]
    if figure.days and figure.days.holds(subject.value("issue_date")):
        readings.append(Weight(_PLACE))
    return max(readings, key=lambda one: one.score, default=Weight(0.0))


def _number(figure: Figure, subject: Subject) -> Iterator[Weight]:
    number, code = subject.value("invoice_number"), subject.code
    if not figure.digits or not number:
        return
    close = max(near(figure.digits, one) for one in _numbers(number, code))
    differs = Difference("number", (figure.digits, figure.digits), (number, number))
    if close is Near.APART:
        yield Weight(_OTHER_NUMBER if len(figure.digits) >= LONG else _OTHER_NUMBER / 2, differs)
    else:
        yield Weight(_NUMBER[close], differs if close is Near.ONE_OFF else None, number=True)


def _numbers(number: str | None, code: str | None) -> tuple[str, ...]:
    return tuple(one for one in (number, code, f"{code}{number}" if code and number else None) if one)


def _amount(figure: Figure, subject: Subject) -> Iterator[Weight]:
    known = {abs(one) for one in subject.amounts_cents}
    if figure.amount is None or not known:
        return
    cents = abs(int(figure.amount * 100))
    if cents in known:
        yield Weight(_AMOUNT)
    elif cents % 100 == 0 and any(one // 100 == cents // 100 for one in known):
        yield Weight(_ABOUT)
    else:
        asked, total = money_text(figure.amount), money_text(Decimal(subject.total_cents or 0) / 100)
        yield Weight(_OTHER_AMOUNT, Difference("amount", (asked, asked), (total, total)))


def _words(asked: Question, subject: Subject, policy: Policy) -> Iterator[Weight]:
    names = [file.document["filename"] for file in subject.files]
    told = [subject.value("words"), subject.value("seller_name"), subject.value("buyer_name"), *names]
    text = "\n".join(normal(one) for one in told if one)
    for word in asked.words:
        sure = says(text, word)
        ours = next((one.name for one in policy.companies if word in normal(one.name)), None) if sure < 1 else None
        if ours:  # names of one group are alike, so one of them is not another one mistyped
            found = subject.value("buyer_name") or subject.value("buyer_tax_id") or "–"
            yield Weight(_OTHER_WORD, Difference("company", (ours, ours), (found, found)))
        elif sure:
            yield Weight(_WORD * sure)
        elif text:
            found = subject.value("seller_name") or "–"
            yield Weight(_OTHER_WORD, Difference("name", (word, word), (found, found)))


def _region(asked: Question, subject: Subject) -> Iterator[Weight]:
    region = subject.region
    if not asked.regions or region is None:
        return
    if region in asked.regions:
        yield Weight(_PLACE)
    else:
        wanted = asked.regions[0]
        yield Weight(0.0, Difference("region", (wanted.zh, wanted.en), (region.zh, region.en)))


def _days(asked: Question, subject: Subject) -> Iterator[Weight]:
    """The day of issue counts, and the day on which it arrived: people remember either."""
    if asked.days is None:
        return
    issued, arrived = subject.value("issue_date"), subject.received_at
    came = day_of(arrived).isoformat() if arrived else None
    if asked.days.holds(issued) or asked.days.holds(came):
        yield Weight(_PLACE)
    elif found := issued or came:
        span = " – ".join(dict.fromkeys((asked.days.first.isoformat(), asked.days.last.isoformat())))
        yield Weight(_OTHER_DAY, Difference("month", (span, span), (found, found)))


def _kind(asked: Question, subject: Subject) -> Iterator[Weight]:
    if not asked.kinds or not (kind := kind_of(subject)):
        return
    if kind in asked.kinds:
        yield Weight(_PLACE)
    else:
        wanted = min(asked.kinds)
        asked_for, found = ((KIND_INFO[one].zh, KIND_INFO[one].en) for one in (wanted, kind))
        yield Weight(_OTHER_KIND, Difference("kind", asked_for, found))


def kind_of(subject: Subject) -> Kind | None:
    """Its kind, where the ledger or a list names one."""
    if subject.entry is not None:
        return Kind(subject.entry["kind"])
    named = kinds_named(subject.rows[0]["kind"]) if subject.rows else frozenset()
    return next(iter(named)) if len(named) == 1 else None
