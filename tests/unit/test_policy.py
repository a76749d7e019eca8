"""Policy packs: read whole, or refused with the line of every mistake."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from intake.check.policy import BadPolicy, law, read_policy
from models.finding import Severity
from models.kinds import Kind
from tests.integration.invoices import BUYER, SELLER

HEAD = 'name = "样例集团"\nversion = "2026.1"\nvalid_from = 2026-01-01\n'
WHOLE = f"""{HEAD}
[limits]
age_days = 180
books_closed = "03-31"
amount = "50,000.00"
second_person_above = "10000"

[kinds]
allowed = ["digital_normal", "digital_special"]

[[company]]
name = "北京样例科技有限公司"
tax_id = "{BUYER}"

[[company]]
name = "上海样例科技有限公司"
tax_id = "{SELLER}"
here = false

[[watch]]
name = "某商贸有限公司"
why = "虚开嫌疑"

[[rate]]
rate = "4%"
first = 2027-01-01

[graver]
reject = ["EV-NO-ORIGINAL"]
"""


def test_a_whole_pack_is_read() -> None:
    policy = read_policy(WHOLE)
    assert policy.label == "样例集团 2026.1"
    assert policy.valid_from == dt.date(2026, 1, 1)
    assert policy.own_tax_ids == {BUYER}
    assert policy.kinds == {Kind.DIGITAL_NORMAL, Kind.DIGITAL_SPECIAL}
    assert (policy.amount_limit, policy.second_person_above) == (Decimal("50000.00"), Decimal(10000))
    assert policy.books_closed == (3, 31)
    assert policy.severities == {"EV-NO-ORIGINAL": Severity.REJECT}


def test_a_pack_stands_on_the_law() -> None:
    policy = read_policy(WHOLE)
    assert set(law().rates) < set(policy.rates)
    assert policy.retired == law().retired


def test_without_a_pack_nothing_of_the_company_is_asked() -> None:
    one = law()
    asked = (one.companies, one.kinds, one.watched, one.age_days, one.amount_limit, one.severities)
    assert not any(asked)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (4, "[limits]x"),
        (5, "[limits]\nage_days = 0"),
        (5, '[limits]\namount = "viel"'),
        (5, '[limits]\nbooks_closed = "02-31"'),
        (5, '[limits]\nbooks_closed = "02-29"'),
        (5, "[limits]\ncolour = 3"),
        (5, '[kinds]\nallowed = ["digital_norml"]'),
        (5, '[kinds]\nallowed = ["unknown"]'),
        (9, f'[[company]]\nname = "a"\ntax_id = "{BUYER}"\n[[company]]\nname = "b"\ntax_id = "91110108MA01C2R38N"'),
        (6, "[[rate]]\nfirst = 2026-01-01\nrate = 4"),
        (4, '[[watch]]\nwhy = "no name"'),
        (4, '[graver]\nreject = ["NO-SUCH-RULE"]'),
        (4, '[graver]\nwarn = ["AMT-SUM"]'),
        (4, '[graver]\nreject = ["GATE-UNPROVEN"]'),
        (0, f'[[company]]\nname = "a"\ntax_id = "{BUYER}"\n[[company]]\nname = "b"\ntax_id = "{BUYER}"'),
    ],
)
def test_a_mistake_is_named_with_its_line(line: int, text: str) -> None:
    with pytest.raises(BadPolicy) as refused:
        read_policy(HEAD + text)
    assert line in [mistake[0] for mistake in refused.value.mistakes]


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(BadPolicy) as refused:
        read_policy('name = ""\n[limits]\nage_days = -1\n')
    assert {mistake[0] for mistake in refused.value.mistakes} == {0, 1, 3}
