"""What people type, taken apart."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.amount_words import print_words
from models.kinds import Kind
from models.question import Question, parse_question
from models.regions import REGIONS
from models.spoken_days import Days

TODAY = dt.date(2026, 11, 24)  # a Tuesday


def parsed(text: str) -> Question:
    return parse_question(text, TODAY)


def span(first: str, last: str = "") -> Days:
    return Days(dt.date.fromisoformat(first), dt.date.fromisoformat(last or first))


def amounts(text: str) -> list[Decimal]:
    return [figure.amount for figure in parsed(text).figures if figure.amount is not None]


@pytest.mark.parametrize(
    "text", ["北京 3280 上周", "Beijing 3280.00 last week", "上周北京3280的发票在哪里？", "北京3,280元上周"]
)
def test_a_place_an_amount_and_a_time_in_any_order_and_language(text: str) -> None:
    asked = parsed(text)
    assert [region.zh for region in asked.regions] == ["北京"]
    assert amounts(text) == [Decimal(3280)]
    assert asked.days == span("2026-11-16", "2026-11-22")
    assert asked.words == ()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("今天", span("2026-11-24")),
        ("昨天", span("2026-11-23")),
        ("前天", span("2026-11-22")),
        ("大前天", span("2026-11-21")),
        ("周一", span("2026-11-23")),
        ("周三", span("2026-11-18")),
        ("上周三", span("2026-11-18")),
        ("这周", span("2026-11-23", "2026-11-29")),
        ("上上周", span("2026-11-09", "2026-11-15")),
        ("本月", span("2026-11-01", "2026-11-30")),
        ("上个月", span("2026-10-01", "2026-10-31")),
        ("上季度", span("2026-07-01", "2026-09-30")),
        ("去年", span("2025-01-01", "2025-12-31")),
        ("3月2日", span("2026-03-02")),
        ("12月", span("2025-12-01", "2025-12-31")),
        ("十二月二十五号", span("2025-12-25")),
        ("二月29号", span("2024-02-29")),
        ("2026年3月", span("2026-03-01", "2026-03-31")),
        ("2026/3/2", span("2026-03-02")),
        ("2026.03.02", span("2026-03-02")),
        ("2026-03-02 到 2026-03-31", span("2026-03-02", "2026-03-31")),
        ("3天前", span("2026-11-21")),
        ("最近两周", span("2026-11-10", "2026-11-24")),
        ("yesterday", span("2026-11-23")),
        ("last month", span("2026-10-01", "2026-10-31")),
        ("last 7 days", span("2026-11-17", "2026-11-24")),
        ("on Monday", span("2026-11-23")),
        ("2 March", span("2026-03-02")),
        ("March 2, 2025", span("2025-03-02")),
        ("Mar 2026", span("2026-03-01", "2026-03-31")),
    ],
)
def test_days_in_the_forms_in_which_people_say_them(text: str, days: Days) -> None:
    asked = parsed(text)
    assert (asked.days, asked.figures, asked.words) == (days, (), ())


@pytest.mark.parametrize("text", ["2026年13月", "2026-02-30", "0月"])
def test_what_is_no_day_of_the_calendar_is_none(text: str) -> None:
    assert parsed(text).days is None


@given(st.integers(1, 99_999_999_99))
@example(328000)
def test_an_amount_is_the_same_in_every_form(cents: int) -> None:
    amount = Decimal(cents) / 100
    for text in (f"{amount:,.2f}", f"¥{amount:.2f}", f"￥ {amount:.2f}", f"{amount:.2f}元", f"cny {amount:,.2f}"):
        assert amounts(text) == [amount]
    assert amounts(print_words(amount)) == [amount]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("三千二百八", "3280"), ("三千二百八十", "3280"), ("一万二", "12000"), ("壹万", "10000"), ("两百五", "250"),
        ("三千零八", "3008"), ("五块五", "5.5"), ("三十五块", "35"), ("1.5万", "15000"), ("3千", "3000"),
        ("-3280", "-3280"), ("3280", "3280"), ("一亿", "100000000"), ("一百二十三块四毛", "123.4"),
    ],
)  # fmt: skip
def test_amounts_as_people_say_them(text: str, amount: str) -> None:
    assert amounts(text) == [Decimal(amount)]


@pytest.mark.parametrize("name", ["三一重工", "百度", "万科", "七天酒店", "千里马科技"])
def test_a_name_with_numerals_is_a_name(name: str) -> None:
    asked = parsed(f"{name} 106")
    assert (asked.words, amounts(f"{name} 106")) == ((name,), [Decimal(106)])


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_by_its_names(region: object) -> None:
    zh, en = region.zh, region.en  # type: ignore[attr-defined]
    for text in (zh, f"{zh}市 3280", f"{zh}的发票", en, f"invoice from {en.lower()} last week"):
        assert parsed(text).regions == (region,)
        assert parsed(text).words == ()


def test_inner_mongolia_in_short() -> None:
    assert parsed("内蒙 3280").regions == parsed("内蒙古自治区 3280").regions == parsed("Inner Mongolia 3280").regions


def test_a_place_within_the_name_of_a_company_is_no_region() -> None:
    asked = parsed("北京样例科技有限公司 106.00")
    assert (asked.regions, asked.words) == ((), ("北京样例科技有限公司",))


@given(st.text("0123456789", min_size=20, max_size=20))
def test_a_number_in_full_is_that_number_however_it_is_written(number: str) -> None:
    in_fours = " ".join(number[start : start + 4] for start in range(0, 20, 4))
    for text in (number, f"发票号码：{number}", f"no. {number}", f"dzfp_{number}_某公司.pdf", in_fours):
        assert number in parsed(text).full_numbers


def test_code_and_number_are_one_key() -> None:
    assert "011002300111|12345678" in parsed("011002300111 12345678").full_numbers
    assert "011002300111|12345678" in parsed("代码 011002300111 号码 12345678").full_numbers


def test_digits_that_may_be_several_things_stay_all_of_them() -> None:
    (figure,) = parsed("20260302").figures
    assert (figure.digits, figure.days) == ("20260302", span("2026-03-02"))
    (figure,) = parsed("3280").figures
    assert (figure.digits, figure.amount) == ("3280", Decimal(3280))
    (figure,) = parsed("尾号 3280").figures
    assert (figure.digits, figure.amount) == ("3280", None)


@pytest.mark.parametrize("text", ["我的发票在哪？", "where is my invoice", "", "  ？ ", "的"])
def test_a_question_may_be_empty(text: str) -> None:
    assert parsed(text).empty


def test_kinds_are_known_by_what_people_call_them() -> None:
    assert parsed("出租车 45 上周").kinds == {Kind.TAXI}
    assert Kind.DIGITAL_SPECIAL in parsed("专票 3280元").kinds


@given(st.text(max_size=600))
def test_anything_can_be_typed(text: str) -> None:
    asked = parsed(text)
    assert len(asked.text) <= 500
    assert all(figure.digits or figure.amount is not None for figure in asked.figures)


@given(
    st.permutations(["北京", "3280.00", "上周", "海底捞", "26112000000000123456"]),
    st.sampled_from([" ", "  ", "，", ",  ", "、"]),
)
def test_the_order_of_words_does_not_matter(parts: list[str], between: str) -> None:
    asked = parsed(between.join(parts))
    assert set(asked.figures) == set(parsed("3280.00 26112000000000123456").figures)
    assert (asked.words, asked.days) == (("海底捞",), span("2026-11-16", "2026-11-22"))
    assert [region.zh for region in asked.regions] == ["北京"]
