"""What sends an invoice back rests on what is certain, and all that is wrong is said at once."""

from __future__ import annotations

import dataclasses

import pytest

from intake.check.catalogue import rules
from intake.check.context import weigh
from models.finding import Finding, Severity
from models.invoice import Invoice
from models.kinds import Kind
from models.outcome import Format
from models.reading import Field, Reading, Source
from tests.rule_cases import CASES, DIGITAL, LINE, company, invoice, told

#: Rules that by the catalogue send back, and by these cases' nature do less; and the one that a link makes milder.
_MILDER = {"IMG-RESOLUTION", "AMT-NEGATIVE"}


def mixed(name: str, value: str) -> Invoice:
    """An invoice that its QR code tells, but for one field that was recognised."""
    one = invoice(DIGITAL, Kind.DIGITAL_NORMAL, Source.QR)
    field = Field(name, value, (Reading(value, Source.OCR, 0.99, 1),))
    return dataclasses.replace(one, fields={**one.fields, name: field})


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("amount_excl_tax", "180.00", "AMT-SUM"),
        ("tax", "8.00", "AMT-SUM"),
        ("total_in_words", "壹佰零柒圆整", "AMT-WORDS"),
    ],
)
def test_one_recognised_part_sends_nothing_back(name: str, value: str, rule: str) -> None:
    found = told(mixed(name, value), form=Format.JPEG)
    assert [one.severity for one in found if one.rule == rule] == [Severity.REVIEW]


@pytest.mark.parametrize("rule", [name for name in CASES if name not in _MILDER])
def test_a_rule_is_as_grave_as_the_catalogue_says_where_nothing_was_recognised(rule: str) -> None:
    (found, *_) = [one for one in CASES[rule][0]() if one.rule == rule]
    assert found.severity is rules()[rule].severity


def test_a_pack_makes_no_rule_send_back_what_rests_on_recognised_lines() -> None:
    lines = dataclasses.replace(invoice(DIGITAL, items=(LINE,)), items_source=Source.OCR)
    policy = company(severities={"AMT-LINES": Severity.REJECT})
    finding = Finding("AMT-LINES", Severity.REVIEW, "amount_excl_tax")
    assert weigh(lines, finding, policy).severity is Severity.REVIEW
    sure = dataclasses.replace(lines, items_source=Source.STRUCTURED)
    assert weigh(sure, finding, policy).severity is Severity.REJECT


def test_all_that_is_wrong_with_the_figures_is_said_at_once() -> None:
    found = told(invoice(DIGITAL, tax="6.O0", total_in_words="壹佰零柒圆整"))
    assert {"AMT-FORMAT", "AMT-WORDS"} <= {finding.rule for finding in found}
