"""A month of a company: what its sellers issued, what its people sent in, and what the tax authority lists.

Two own companies, twelve regions, and among thousands of invoices that simply fit, a few of every kind of trouble. Each
invoice names its trouble, so that a test can ask the service about every one and compare.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from models.kinds import Kind
from models.money import money_text
from models.regions import REGIONS, Region
from samples.invoice import Drawn, draw_invoice, settled
from samples.people import Party, unified_code
from samples.tax_list import KIND_NAMES, Listed
from samples.xml import data_of

#: The month that is looked at, and the day on which somebody looks.
FIRST, LAST, TODAY = dt.date(2026, 10, 1), dt.date(2026, 10, 31), dt.date(2026, 11, 24)
_ISSUING = ("11", "12", "31", "32", "33", "37", "42", "44", "51", "61", "94", "95")


class Trouble(StrEnum):
    """What is the matter with an invoice of the month."""

    NONE = "none"
    NEVER_SENT = "never sent in, but listed"
    NOT_LISTED = "sent in, but not listed"
    OTHER_TOTAL = "listed with another total"
    OTHER_DATE = "listed with another day"
    OTHER_BUYER = "listed for our other company"
    LATER_RED = "red-flushed after it was registered"
    LATER_VOID = "voided after it was registered"
    LISTED_TWICE = "listed twice"
    NUMBER_RUINED = "its number in the list was ruined by a spreadsheet"
    WRONG_SUM = "sent in with a sum that does not hold"
    NO_KIND = "sent in without saying of which kind it is"
    SENT_TWICE = "sent in twice"
    STRANGER = "made out to a company that is not ours"
    OLDER = "sent in, issued before the days that the list covers"


#: How many there are of each; everything else has no trouble.
PLANTED: dict[Trouble, int] = {
    Trouble.NEVER_SENT: 40,
    Trouble.NOT_LISTED: 25,
    Trouble.OTHER_TOTAL: 20,
    Trouble.OTHER_DATE: 20,
    Trouble.OTHER_BUYER: 15,
    Trouble.LATER_RED: 12,
    Trouble.LATER_VOID: 12,
    Trouble.LISTED_TWICE: 10,
    Trouble.NUMBER_RUINED: 10,
    Trouble.WRONG_SUM: 20,
    Trouble.NO_KIND: 20,
    Trouble.SENT_TWICE: 15,
    Trouble.STRANGER: 10,
    Trouble.OLDER: 10,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One invoice of the month and its trouble."""

    drawn: Drawn
    trouble: Trouble


def own_companies() -> tuple[Party, Party]:
    """The two companies of the house."""
    random = Random(2026)  # noqa: S311 - drawn data, no secret
    return (
        Party("北京拾贝信息技术有限公司", unified_code(random, "110108", "91")),
        Party("上海拾贝信息技术有限公司", unified_code(random, "310115", "91")),
    )


def pack() -> str:
    """The policy pack of the house: whose invoices are taken in."""
    companies = "".join(f'\n[[company]]\nname = "{one.name}"\ntax_id = "{one.tax_id}"\n' for one in own_companies())
    return f'name = "拾贝"\nversion = "1"\nvalid_from = 2026-01-01\n{companies}'


def month(count: int = 3000) -> Iterator[Sent]:
    """The invoices of the month; the planted ones are spread evenly among those that fit."""
    planted = [trouble for trouble, many in PLANTED.items() for _ in range(many)]
    if count < len(planted):
        raise ValueError(f"a month has at least {len(planted)} invoices")
    step = count // len(planted)
    for seed in range(count):
        place, rest = divmod(seed, step)
        trouble = planted[place] if rest == 0 and place < len(planted) else Trouble.NONE
        yield Sent(_drawn(seed, trouble), trouble)


def _drawn(seed: int, trouble: Trouble) -> Drawn:
    random = Random(seed)  # noqa: S311 - drawn data, no secret
    kind = random.choices((Kind.DIGITAL_NORMAL, Kind.DIGITAL_SPECIAL, Kind.VAT_NORMAL_ELECTRONIC), (70, 20, 10))[0]
    if trouble in (Trouble.NO_KIND, Trouble.NUMBER_RUINED, Trouble.WRONG_SUM):
        kind = Kind.DIGITAL_NORMAL
    drawn = draw_invoice(seed, kind)
    region = _region(_ISSUING[seed % len(_ISSUING)])
    day = FIRST + dt.timedelta(days=seed % 31)
    if trouble is Trouble.OLDER:
        day = dt.date(2026, 8, 1 + seed % 28)
    buyer = own_companies()[seed % 2] if trouble is not Trouble.STRANGER else drawn.buyer
    # Fifteen digits from the seed, so that no two numbers of the month are near each other by chance.
    serial = f"{seed * 66_666_666_667 % 10**15:015}"
    number = f"{day:%y}{region.digital2}2{serial}" if not drawn.code else serial[-8:]
    code = f"0{region.code4}{day:%y}00211" if drawn.code else ""
    return settled(replace(drawn, region=region, date=day, buyer=buyer, number=number, code=code))


def _region(digits: str) -> Region:
    return next(region for region in REGIONS if region.digital2 == digits)


def file_of(sent: Sent) -> bytes:
    """The XML that somebody sends in."""
    content = data_of(sent.drawn)
    if sent.trouble is Trouble.WRONG_SUM:
        total, wrong = (money_text(sum_).encode() for sum_ in (sent.drawn.total, sent.drawn.total + 10))
        return content.replace(b"TotalTax-includedAmount>" + total, b"TotalTax-includedAmount>" + wrong)
    if sent.trouble is Trouble.NO_KIND:
        return content.replace("普通发票".encode(), b"").replace(b"<LabelCode>02</LabelCode>", b"")
    return content


def listed(sent: Sent) -> list[Listed]:
    """The rows by which the list of the tax authority tells of an invoice, at the end of the month."""
    row, other = _row(sent.drawn), own_companies()[sent.drawn.buyer == own_companies()[0]]
    changed = {
        Trouble.NOT_LISTED: [],
        Trouble.STRANGER: [],
        Trouble.OLDER: [],
        Trouble.OTHER_TOTAL: [replace(row, amount=row.amount + 100, total=row.total + 100)],
        Trouble.OTHER_DATE: [replace(row, day=_another_day(sent.drawn.date))],
        Trouble.OTHER_BUYER: [replace(row, buyer=other.name, buyer_tax_id=other.tax_id)],
        Trouble.LATER_RED: [replace(row, status="已红冲-全额")],
        Trouble.LATER_VOID: [replace(row, status="作废")],
        Trouble.LISTED_TWICE: [row, row],
        Trouble.NUMBER_RUINED: [replace(row, as_number=True)],
    }
    return changed.get(sent.trouble, [row])


def _row(drawn: Drawn) -> Listed:
    amount, tax, total = (int((part or 0) * 100) for part in (drawn.amount, drawn.tax, drawn.total))
    return Listed(
        drawn.number, drawn.code, KIND_NAMES[drawn.kind], drawn.date.isoformat(), drawn.seller.name,
        drawn.seller.tax_id, drawn.buyer.name, drawn.buyer.tax_id, amount=amount, tax=tax, total=total,
    )  # fmt: skip


def _another_day(day: dt.date) -> str:
    return (day + dt.timedelta(days=1 if day < LAST else -1)).isoformat()
