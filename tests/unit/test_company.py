"""What a company asks beyond the law, where its own names and days meet."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from intake.check import CheckContext, check
from models.outcome import Format
from models.policy import Company
from tests.rule_cases import DIGITAL, OURS, STRANGER, TODAY, company, digital, invoice


def test_the_name_of_one_company_with_the_id_of_another_is_asked_about() -> None:
    two = dataclasses.replace(OURS, companies=(*OURS.companies, Company("样例二公司", STRANGER)))
    assert "BUYER-NAME-MISMATCH" in [one.rule for one in digital(two, buyer_tax_id=STRANGER)]
    assert "BUYER-NAME-MISMATCH" not in [one.rule for one in digital(two)]


def test_of_many_companies_a_message_names_the_first() -> None:
    many = dataclasses.replace(OURS, companies=tuple(Company(f"公司{n}", STRANGER) for n in range(9)))
    told = digital(many, buyer_name="别家", buyer_tax_id=None)
    (said,) = [one.params["ours"] for one in told if one.rule == "BUYER-NOT-OURS"]
    assert said == "; ".join(f"公司{n} {STRANGER}" for n in range(3)) + " …"


@pytest.mark.parametrize(("came", "asks"), [(dt.date(2026, 8, 9), False), (dt.date(2026, 8, 10), True)])
def test_a_company_counts_from_the_day_of_receipt(came: dt.date, asks: bool) -> None:
    context = CheckContext(TODAY, Format.XML, company(age_days=10), came)
    told = [one.rule for one in check(invoice(DIGITAL, issue_date="2026-07-30"), context).findings]
    assert ("DATE-TOO-OLD" in told) is asks


def test_a_day_to_come_is_one_after_today_whenever_it_was_received() -> None:
    context = CheckContext(TODAY, Format.XML, received=dt.date(2026, 7, 29))
    assert "DATE-FUTURE" not in [one.rule for one in check(invoice(DIGITAL), context).findings]
