"""A valid invoice of any kind with one field changed: the rule of that field speaks, and speaks first."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.check import CheckContext, check
from models.fields import FIELD_LABELS
from models.finding import Severity
from models.invoice import Invoice
from models.kinds import KIND_INFO, Kind
from models.money import CENT, money_text, parse_money
from models.outcome import Format
from models.reading import Field, Reading, Source
from models.tax_id import is_sound
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
NAMES = (*(kind.value for kind in DRAWN), *TICKETS)
MISSING = {
    "invoice_number": "INV-NUM-MISSING",
    "invoice_code": "INV-CODE-MISSING",
    "issue_date": "DATE-MISSING",
    "total": "AMT-MISSING",
    "seller_tax_id": "SELLER-MISSING",
}


def valid(name: str, seed: int) -> Invoice:
    """An invoice of the generator as data would give it."""
    if name in TICKETS:
        ticket = TICKETS[name](seed)
        kind, values = ticket.kind, dict(ticket.fields)
    else:
        kind = Kind(name)
        truth = truth_of(draw_invoice(seed, kind))
        values = {key: value for key, value in truth.items() if key in FIELD_LABELS}
    fields = {key: Field(key, value, (Reading(value, Source.STRUCTURED),)) for key, value in values.items()}
    return Invoice(kind, 1, fields)


def changed(one: Invoice, name: str, value: str | None) -> Invoice:
    fields = {key: field for key, field in one.fields.items() if key != name}
    if value is not None:
        fields[name] = Field(name, value, (Reading(value, Source.STRUCTURED),))
    return dataclasses.replace(one, fields=fields)


def spoken(one: Invoice) -> list[str]:
    """The rules that speak above a note, in their order."""
    found = check(one, CheckContext(TODAY, Format.XML)).findings
    return [finding.rule for finding in found if finding.severity is not Severity.INFO]


def first_new(before: Invoice, after: Invoice) -> str | None:
    known = spoken(before)
    return next((rule for rule in spoken(after) if rule not in known), None)


def having(*fields: str) -> pytest.MarkDecorator:
    """The kinds on which all the fields are printed, and checked."""
    return pytest.mark.parametrize("name", [name for name in NAMES if set(fields) <= set(valid(name, 1).fields)])


every_kind = pytest.mark.parametrize("name", NAMES)
some_seed = st.integers(1, 10_000)
quick = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@every_kind
@quick
@given(seed=some_seed)
def test_a_valid_invoice_breaks_no_rule(name: str, seed: int) -> None:
    told = check(valid(name, seed), CheckContext(TODAY, Format.XML)).findings
    assert [one.rule for one in told if one.severity is Severity.REJECT] == []


@having("invoice_number")
@quick
@given(seed=some_seed, place=st.integers(0, 19))
def test_a_lost_digit_of_the_number(name: str, seed: int, place: int) -> None:
    one = valid(name, seed)
    number = one.fields["invoice_number"].value
    place %= len(number)
    assert first_new(one, changed(one, "invoice_number", number[:place] + number[place + 1 :])) == "INV-NUM-FORMAT"


@having("invoice_code")
@quick
@given(seed=some_seed, place=st.integers(0, 9))
def test_a_lost_digit_of_the_code(name: str, seed: int, place: int) -> None:
    one = valid(name, seed)
    code = one.fields["invoice_code"].value
    place %= len(code)
    wrong = code[:place] + code[place + 1 :]
    assert first_new(one, changed(one, "invoice_code", wrong)) == "INV-CODE-FORMAT"


@every_kind
@quick
@given(seed=some_seed)
def test_a_missing_field(name: str, seed: int) -> None:
    one = valid(name, seed)
    for field, rule in MISSING.items():
        if field in KIND_INFO[one.kind].gate:
            assert first_new(one, changed(one, field, None)) == rule


@having("issue_date")
@quick
@given(seed=some_seed, text=st.sampled_from(["2026-02-30", "2025-13-01", "明天8点"]))
def test_a_day_that_is_none(name: str, seed: int, text: str) -> None:
    one = valid(name, seed)
    assert first_new(one, changed(one, "issue_date", text)) == "DATE-INVALID"


@having("issue_date")
@quick
@given(seed=some_seed, days=st.integers(1, 3000))
def test_a_day_to_come(name: str, seed: int, days: int) -> None:
    one = valid(name, seed)
    told = first_new(one, changed(one, "issue_date", (TODAY + dt.timedelta(days)).isoformat()))
    # The year of the number or the code tells first, where there is one.
    assert told in ("DATE-FUTURE", "INV-NUM-YEAR", "INV-CODE-YEAR", "KIND-RETIRED")


@having("total", "total_in_words")
@quick
@given(seed=some_seed, cents=st.integers(1, 100_000))
def test_a_total_beside_its_words(name: str, seed: int, cents: int) -> None:
    one = valid(name, seed)
    total = parse_money(one.value("total"))
    assert total is not None
    wrong = changed(one, "total", money_text(total + cents * CENT))
    assert first_new(one, wrong) == ("AMT-SUM" if KIND_INFO[one.kind].taxed else "AMT-WORDS")


@having("total", "tax", "amount_excl_tax")
@quick
@given(seed=some_seed, cents=st.integers(1, 100_000), figure=st.sampled_from(["total", "tax", "amount_excl_tax"]))
def test_a_figure_that_breaks_the_sum(name: str, seed: int, cents: int, figure: str) -> None:
    one = valid(name, seed)
    value = parse_money(one.value(figure))
    assert value is not None
    assert first_new(one, changed(one, figure, money_text(value + cents * CENT))) in ("AMT-SUM", "AMT-SUM-AIR")


@having("seller_tax_id")
@quick
@given(seed=some_seed, place=st.integers(0, 17), to=st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_of_a_tax_id(name: str, seed: int, place: int, to: str) -> None:
    one = valid(name, seed)
    for field in {"buyer_tax_id", "seller_tax_id"} & set(one.fields):
        code = one.fields[field].value
        wrong = code[: place % len(code)] + to + code[place % len(code) + 1 :]
        if len(code) == 18 and wrong != code and not is_sound(wrong):
            assert first_new(one, changed(one, field, wrong)) in ("TAXID-CHECK", "TAXID-FORMAT")


@having("vin")
@quick
@given(seed=some_seed, place=st.integers(9, 16))
def test_one_wrong_character_of_a_vin(name: str, seed: int, place: int) -> None:
    one = valid(name, seed)
    vin = one.fields["vin"].value
    wrong = vin[:place] + ("7" if vin[place] != "7" else "3") + vin[place + 1 :]
    assert vin_holds(wrong) or first_new(one, changed(one, "vin", wrong)) == "INV-VIN-CHECK"


@having("seller_name")
@quick
@given(seed=some_seed)
def test_a_label_in_the_place_of_the_seller(name: str, seed: int) -> None:
    one = valid(name, seed)
    assert first_new(one, changed(one, "seller_name", "名称:")) == "SELLER-NAME-LABEL"
