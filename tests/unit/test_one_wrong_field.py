"""A valid invoice of any kind with any one field changed: the rule of that field speaks, and speaks first."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.check import CheckContext, check
from intake.check.proof import sums_of
from intake.decide import decide
from intake.extract.combine import qr_readings
from models.amount_words import print_words
from models.fields import FIELD_LABELS, MONEY_FIELDS
from models.finding import Severity
from models.invoice import Invoice, LineItem
from models.kinds import KIND_INFO, Kind
from models.money import money_text, parse_money
from models.outcome import Format
from models.qr_payload import parse_payload
from models.reading import Field, QrCode, Reading, Source
from models.tax_id import tax_id_ok
from models.vin import vin_holds
from samples.invoice import draw_invoice
from samples.tickets import TICKETS
from samples.truth import truth_of

TODAY = dt.date(2026, 11, 24)
DRAWN = (
    Kind.DIGITAL_NORMAL,
    Kind.DIGITAL_SPECIAL,
    Kind.VAT_NORMAL_ELECTRONIC,
    Kind.VAT_SPECIAL_PAPER,
    Kind.VAT_NORMAL_PAPER,
)
#: Kinds that are drawn as another one: the same face, other digits.
ALIKE = {
    Kind.VAT_SPECIAL_ELECTRONIC: Kind.VAT_NORMAL_ELECTRONIC,
    Kind.DIGITAL_SPECIAL_PAPER: Kind.DIGITAL_SPECIAL,
    Kind.DIGITAL_NORMAL_PAPER: Kind.DIGITAL_NORMAL,
}
NAMES = (*(kind.value for kind in (*DRAWN, *ALIKE)), *TICKETS)
#: What nobody can call wrong by itself: free words, and figures that stand in no sum and carry no check.
FREE = {
    "title", "drawer", "payee", "reviewer", "remark", "machine_number", "departure_station", "arrival_station",
    "train_number", "departure_time", "seat", "seat_class", "verification_code", "vehicle_type", "brand_model",
    "origin", "certificate_number", "engine_number", "plate_number", "registration_certificate", "time_on",
    "time_off", "distance", "qr_payload",
}  # fmt: skip
#: Fields that are free on some kinds only: a digital ticket is one of a kind by its 20 digits, not by its ticket.
FREE_ON = {
    "ticket_number": {Kind.DIGITAL_RAIL, Kind.DIGITAL_AIR},
    "travel_date": {Kind.DIGITAL_RAIL},
    "check_code": {Kind.BLOCKCHAIN, Kind.FISCAL_BILL, Kind.LOCAL_E},
}
MISSING = {
    "invoice_number": "INV-NUM-MISSING",
    "ticket_number": "INV-NUM-MISSING",
    "invoice_code": "INV-CODE-MISSING",
    "issue_date": "DATE-MISSING",
    "travel_date": "DATE-MISSING",
    "total": "AMT-MISSING",
    "seller_tax_id": "SELLER-MISSING",
}
_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DATES = {"DATE-FUTURE", "INV-NUM-YEAR", "INV-CODE-YEAR", "KIND-RETIRED"}
Wrong = tuple[str, str | None, set[str]]


def valid(name: str, seed: int) -> Invoice:
    """An invoice of the generator as data would give it."""
    items: tuple[LineItem, ...] = ()
    if name in TICKETS:
        ticket = TICKETS[name](seed)
        kind, values = ticket.kind, dict(ticket.fields)
    else:
        kind = Kind(name)
        truth = truth_of(draw_invoice(seed, ALIKE.get(kind, kind)))
        values = {key: value for key, value in truth.items() if key in FIELD_LABELS}
        items = tuple(LineItem(**item) for item in truth["items"])
    if kind is Kind.VAT_SPECIAL_ELECTRONIC:
        values["invoice_code"] = values["invoice_code"][:10] + "13"
        del values["qr_payload"]
    fields = {key: Field(key, value, (Reading(value, Source.STRUCTURED),)) for key, value in values.items()}
    return Invoice(kind, 1, fields, items, Source.STRUCTURED if items else None)


def changed(one: Invoice, name: str, value: str | None) -> Invoice:
    fields = {key: field for key, field in one.fields.items() if key != name}
    if value is not None:
        fields[name] = Field(name, value, (Reading(value, Source.STRUCTURED),))
    return dataclasses.replace(one, fields=fields)


def spoken(one: Invoice) -> list[str]:
    """The rules that speak above a note, in their order."""
    found = decide(check(one, CheckContext(TODAY, Format.XML))).findings
    return [finding.rule for finding in found if finding.severity is not Severity.INFO]


def first_new(known: list[str], after: Invoice) -> str | None:
    return next((rule for rule in spoken(after) if rule not in known), None)


def without(text: str, place: int) -> str:
    """The text without one of its characters, but not without a sign that only parts it (999-6178128657)."""
    counted = [at for at, char in enumerate(text) if char.isalnum()]
    lost = counted[place % len(counted)]
    return text[:lost] + text[lost + 1 :]


def wrongs(one: Invoice, place: int, cents: int) -> Iterator[Wrong]:
    """Every way to change one field of an invoice, with the rules of which one must speak first."""
    info = KIND_INFO[one.kind]
    for name in info.gate:
        yield name, None, {MISSING.get(name, "GATE-UNPROVEN")}
    for side in info.parties:
        yield f"{side}_name", None, {"GATE-NAME"}
    for name, field in one.fields.items():
        if one.kind not in FREE_ON.get(name, ()) and name not in FREE:
            yield from ((name, value, rules) for value, rules in _ways(one, name, field.value, place, cents))
    if info.code is None:
        yield "invoice_code", "031002500104", {"INV-CODE-UNEXPECTED"}


def _ways(one: Invoice, name: str, value: str, place: int, cents: int) -> Iterator[tuple[str, set[str]]]:
    if name in MONEY_FIELDS:
        yield from _of_money(one, name, value, cents)
    elif name.endswith("tax_id"):
        yield from _of_tax_id(value, place)
    elif name.endswith("_name"):
        yield "名称:", {"SELLER-NAME-LABEL" if name == "seller_name" else "GATE-NAME"}
    else:
        yield from _OF[name](one, value, place)


def _of_money(one: Invoice, name: str, value: str, cents: int) -> Iterator[tuple[str, set[str]]]:
    yield value.replace(".", ".O"), {"AMT-FORMAT"}
    yield f"{value}1", {"AMT-FORMAT"}
    rules = {"AMT-WORDS"} if name == "total" and "total_in_words" in one.fields else set()
    told = [total for total in sums_of(one) if {total.total, *total.parts} <= set(one.fields)]
    rules |= {total.rule for total in told if name in (total.total, *total.parts, *total.optional)}
    if rules:
        yield money_text((parse_money(value) or Decimal(0)) + Decimal(cents) / 100), rules


def _of_tax_id(value: str, place: int) -> Iterator[tuple[str, set[str]]]:
    if not (lost := without(value, place)).isdigit() or len(lost) != 17:
        yield lost, {"TAXID-FORMAT"}
    at = place % len(value)
    for other in (_CHARACTERS[place * 7 % len(_CHARACTERS)], "O"):
        wrong = value[:at] + other + value[at + 1 :]
        if len(value) == 18 and wrong != value and not tax_id_ok(wrong):
            yield wrong, {"TAXID-CHECK"}


def _of_number(one: Invoice, value: str, place: int) -> Iterator[tuple[str, set[str]]]:
    yield without(value, place), {"INV-NUM-FORMAT"}
    yield "0" * len(value), {"INV-NUM-FORMAT"}
    if KIND_INFO[one.kind].twenty_digits:
        yield f"{value[:2]}99{value[4:]}", {"INV-REGION-UNKNOWN"}
        yield f"{(int(value[:2]) + 1) % 100:02}{value[2:]}", {"INV-NUM-YEAR"}


def _of_code(one: Invoice, value: str, place: int) -> Iterator[tuple[str, set[str]]]:
    yield without(value, place), {"INV-CODE-FORMAT"}
    if len(value) == 12 and value.isdigit():
        yield f"{value[0]}9999{value[5:]}", {"INV-CODE-KIND", "INV-REGION-UNKNOWN"}
    if len(value) == 10 and one.kind not in (Kind.FISCAL_BILL,):
        yield f"9999{value[4:]}", {"INV-REGION-UNKNOWN"}


def _of_day(one: Invoice, value: str, place: int) -> Iterator[tuple[str, set[str]]]:
    yield f"{value[:8]}32", {"DATE-INVALID"}
    yield "明天8点", {"DATE-INVALID"}
    # The year of the number or the code tells first, where there is one.
    yield (TODAY + dt.timedelta(1 + place)).isoformat(), DATES
    if KIND_INFO[one.kind].twenty_digits:
        yield f"{int(value[:4]) - 1}-06-15", {"INV-NUM-YEAR"}


def _of_words(one: Invoice, value: str, place: int) -> Iterator[tuple[str, set[str]]]:
    total = parse_money(one.value("total"))
    assert total is not None
    yield print_words(total + place + 1), {"AMT-WORDS"}
    yield re.sub("[圆元].*", "", value), {"AMT-WORDS-AMBIGUOUS"}


def _of_vin(one: Invoice, value: str, place: int) -> Iterator[tuple[str, set[str]]]:
    at = 9 + place % 8
    wrong = value[:at] + ("7" if value[at] != "7" else "3") + value[at + 1 :]
    if not vin_holds(wrong):
        yield wrong, {"INV-VIN-CHECK"}


_OF = {
    "invoice_number": _of_number,
    "ticket_number": lambda one, value, place: [(without(value, place), {"INV-NUM-FORMAT"})],
    "invoice_code": _of_code,
    "check_code": lambda one, value, place: [(without(value, place), {"INV-CHECKCODE-FORMAT"})],
    "issue_date": _of_day,
    "travel_date": _of_day,
    "total_in_words": _of_words,
    "vin": _of_vin,
    "tax_rate": lambda one, value, place: [("7%", {"RATE-UNKNOWN"}), ("17%", {"RATE-PERIOD"})],
}
every_kind = pytest.mark.parametrize("name", NAMES)
some_seed = st.integers(1, 10_000)
quick = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_every_kind_that_is_taken_in_is_among_them() -> None:
    assert {kind for kind, info in KIND_INFO.items() if info.supported} == {valid(name, 1).kind for name in NAMES}


@every_kind
def test_every_field_is_changed_or_is_free(name: str) -> None:
    one = valid(name, 1)
    tried = {field for field, value, _ in wrongs(one, 3, 7) if value is not None}
    free = {field for field, kinds in FREE_ON.items() if one.kind in kinds} | FREE
    assert set(one.fields) - free <= tried


@every_kind
@quick
@given(seed=some_seed)
def test_a_valid_invoice_breaks_no_rule(name: str, seed: int) -> None:
    told = check(valid(name, seed), CheckContext(TODAY, Format.XML)).findings
    assert [one.rule for one in told if one.severity is Severity.REJECT] == []


@every_kind
@quick
@given(seed=some_seed, place=st.integers(0, 40), cents=st.integers(1, 100_000))
def test_one_wrong_field_raises_its_rule_first(name: str, seed: int, place: int, cents: int) -> None:
    one = valid(name, seed)
    known = spoken(one)
    for field, value, rules in wrongs(one, place, cents):
        told = first_new(known, changed(one, field, value))
        assert told in rules, f"{field} {one.value(field)} -> {value}: {told}"


@pytest.mark.parametrize("name", [name for name in NAMES if valid(name, 1).items])
@quick
@given(seed=some_seed, cents=st.integers(100, 100_000), place=st.integers(0, 4))
def test_one_wrong_figure_of_a_line_raises_its_rule_first(name: str, seed: int, cents: int, place: int) -> None:
    one = valid(name, seed)
    place %= len(one.items)
    for column, rule in (("amount", "AMT-LINES"), ("tax", "AMT-LINES"), ("quantity", "AMT-QTY"), ("price", "AMT-QTY")):
        value = parse_money(getattr(one.items[place], column))
        if value is None or (column == "tax" and any(parse_money(item.tax) is None for item in one.items)):
            continue
        wrong = dataclasses.replace(one.items[place], **{column: money_text(value + Decimal(cents) / 100)})
        items = (*one.items[:place], wrong, *one.items[place + 1 :])
        assert first_new(spoken(one), dataclasses.replace(one, items=items)) == rule


@pytest.mark.parametrize("name", [name for name in NAMES if "qr_payload" in valid(name, 1).fields])
@quick
@given(seed=some_seed)
def test_a_print_that_is_not_what_its_code_says(name: str, seed: int) -> None:
    one = valid(name, seed)
    payload = parse_payload(one.value("qr_payload") or "")
    if payload is None:
        return
    coded = qr_readings(payload, QrCode(one.value("qr_payload") or ""), 1)
    rules = {"invoice_number": "QR-MISMATCH-NUM", "issue_date": "QR-MISMATCH-DATE", "total": "QR-MISMATCH-AMT",
             "amount_excl_tax": "QR-MISMATCH-AMT", "invoice_code": "QR-MISMATCH-NUM"}  # fmt: skip
    for field, rule in rules.items():
        if field in coded and field in one.fields:
            said = coded[field][0]
            other = said.value[:-1] + ("1" if said.value[-1] != "1" else "2")
            print_ = Reading(other, Source.TEXT_LAYER)
            fields = {**one.fields, field: Field(field, said.value, (said, print_))}
            assert first_new(spoken(one), dataclasses.replace(one, fields=fields)) == rule
