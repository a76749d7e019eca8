"""A consistent invoice drawn from a seed: numbers, parties, lines, sums, words and QR text all fit each other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from models.amount_words import print_words
from models.kinds import Kind
from models.money import CENT, money_text, parse_rate
from models.qr_payload import build_payload
from models.regions import Region
from samples.people import GOODS, Goods, Party, company, natural_person, person, sole_trader, some_region

DIGITAL = (Kind.DIGITAL_NORMAL, Kind.DIGITAL_SPECIAL)
OLD = (Kind.VAT_NORMAL_ELECTRONIC, Kind.VAT_SPECIAL_PAPER, Kind.VAT_NORMAL_PAPER)
#: The end of an invoice code: batch, kind and copies (rule book §2).
_CODE_ENDS = {Kind.VAT_NORMAL_ELECTRONIC: "00211", Kind.VAT_NORMAL_PAPER: "00104", Kind.VAT_SPECIAL_PAPER: "1130"}
_PADLOCK = "0123456789+-*/<>"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table; ``tax`` is None where ``***`` is printed (免税)."""

    name: str
    spec: str
    unit: str
    quantity: str
    price: str
    amount: Decimal
    rate: str
    tax: Decimal | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything that is printed on one invoice. Faults change single values of it before it is drawn."""

    kind: Kind
    region: Region
    code: str
    number: str
    date: dt.date
    check_code: str
    machine_number: str
    buyer: Party
    seller: Party
    lines: tuple[Line, ...]
    amount: Decimal
    tax: Decimal | None
    total: Decimal
    words: str
    qr: str
    drawer: str
    payee: str
    reviewer: str
    remark: str
    padlock: tuple[str, ...] = ()
    mark: str = ""

    @property
    def title(self) -> str:
        """The printed title."""
        titles = {
            Kind.DIGITAL_NORMAL: "电子发票（普通发票）",
            Kind.DIGITAL_SPECIAL: "电子发票（增值税专用发票）",
            Kind.VAT_NORMAL_ELECTRONIC: f"{self.region.zh}增值税电子普通发票",
            Kind.VAT_NORMAL_PAPER: f"{self.region.zh}增值税普通发票",
            Kind.VAT_SPECIAL_PAPER: f"{self.region.zh}增值税专用发票",
        }
        return titles[self.kind]

    @property
    def tax_text(self) -> str:
        """The tax as printed: a figure, or *** where there is none."""
        return "***" if self.tax is None else money_text(self.tax)


def draw_invoice(seed: int, kind: Kind, lines: int = 0, *, buyer: str = "company", exempt: bool = False) -> Drawn:
    """Draw an invoice; ``lines`` 0 means by chance, ``buyer`` is company or person."""
    random = Random(seed)  # noqa: S311 - drawn data, no secret
    region = some_region(random)
    date = dt.date(2025, 1, 2) + dt.timedelta(days=random.randint(0, 330))
    seller = sole_trader(random, region) if kind is Kind.DIGITAL_NORMAL and seed % 4 == 1 else company(random, region)
    table = tuple(_lines(random, lines or random.randint(1, 5), seller, exempt))
    drawn = Drawn(
        kind=kind,
        region=region,
        code="" if kind in DIGITAL else _code(random, region, kind, date),
        number=_digits(random, 8),
        date=date,
        check_code="" if kind in (*DIGITAL, Kind.VAT_SPECIAL_PAPER) else _digits(random, 20),
        machine_number=f"49{_digits(random, 10)}" if kind in OLD else "",
        buyer=natural_person(random) if buyer == "person" else company(random, some_region(random)),
        seller=seller,
        lines=table,
        amount=Decimal(0),
        tax=None,
        total=Decimal(0),
        words="",
        qr="",
        drawer=person(random),
        payee=person(random),
        reviewer=person(random),
        remark=f"订单号：DD{_digits(random, 8)}",
        padlock=tuple("".join(random.choice(_PADLOCK) for _ in range(27)) for _ in range(4)) if kind in OLD else (),
    )
    if kind in DIGITAL:
        drawn = replace(drawn, number=f"{date:%y}{region.digital2}2{_digits(random, 15)}")
    return settled(drawn)


def settled(drawn: Drawn) -> Drawn:
    """Compute sums, words and QR text anew from lines, number and date."""
    amount = sum((line.amount for line in drawn.lines), Decimal(0))
    taxes = [line.tax for line in drawn.lines if line.tax is not None]
    tax = sum(taxes, Decimal(0)) if taxes else None
    total = amount + (tax or 0)
    drawn = replace(drawn, amount=amount, tax=tax, total=total, words=print_words(total))
    return replace(drawn, qr=qr_text(drawn))


def qr_text(drawn: Drawn) -> str:
    """Write the QR text: with the total on 20-digit kinds, with the amount before tax on the others."""
    figure = drawn.total if drawn.kind in DIGITAL else drawn.amount
    return build_payload(drawn.kind, drawn.number, figure, drawn.date, code=drawn.code, check_code=drawn.check_code)


def _lines(random: Random, count: int, seller: Party, exempt: bool) -> list[Line]:
    taken = [goods for goods in GOODS if (goods.rates == ("免税",)) == exempt]
    table: list[Line] = []
    for goods in random.sample(taken, min(count, len(taken))):
        rate = "1%" if seller.tax_id.startswith("92") and not exempt else goods.rates[0]
        line = _line(random, goods, rate)
        table.append(line)
        if count > 2 and len(table) == 1:
            table.append(_discount(line))
    return table


def _line(random: Random, goods: Goods, rate: str) -> Line:
    quantity = random.randint(1, 6)
    gross = Decimal(random.randint(goods.low * 100, goods.high * 100)) * quantity / 100
    share = parse_rate(rate) or Decimal(0)
    amount = (gross / (1 + share)).quantize(CENT, ROUND_HALF_UP)
    price = (amount / quantity).quantize(Decimal("0.00000001"), ROUND_HALF_UP).normalize()
    tax = None if rate == "免税" else (amount * share).quantize(CENT, ROUND_HALF_UP)
    return Line(goods.name, goods.spec, goods.unit, str(quantity), f"{price:f}", amount, rate, tax)


def _discount(line: Line) -> Line:
    amount = -(line.amount / 10).quantize(CENT, ROUND_HALF_UP)
    tax = None if line.tax is None else (amount * (parse_rate(line.rate) or 0)).quantize(CENT, ROUND_HALF_UP)
    return replace(line, spec="", unit="", quantity="", price="", amount=amount, tax=tax)


def _code(random: Random, region: Region, kind: Kind, date: dt.date) -> str:
    if kind is Kind.VAT_SPECIAL_PAPER:
        return f"{region.code4}{date:%y}{_CODE_ENDS[kind]}"
    return f"0{region.code4}{date:%y}{_CODE_ENDS[kind]}"


def _digits(random: Random, count: int) -> str:
    return str(random.randint(1, 9)) + "".join(random.choice("0123456789") for _ in range(count - 1))
