"""Amounts and spans of amounts as they are typed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.amount_words import print_words
from models.amounts import Amounts, parse_amounts


@pytest.mark.parametrize(
    "typed",
    [
        "10000",
        "10,000.00",
        "¥10000",
        "￥ 10,000",
        "1万",
        "¥1万",
        "壹万",
        "壹万圆整",
        "人民币壹万元整",
        "１００００",
        "10000元",
    ],
)
def test_one_amount_in_many_forms(typed: str) -> None:
    assert parse_amounts(typed) == Amounts(10000_00, 10000_00)


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [
        ("3280-3300", 3280_00, 3300_00),
        ("3,280.00~3,300", 3280_00, 3300_00),
        ("1万到1.5万", 10000_00, 15000_00),
        ("一百至二百", 100_00, 200_00),
        (">5000", 5000_01, None),
        (">=5000", 5000_00, None),
        ("5000以上", 5000_00, None),
        ("大于1.5万", 15000_01, None),
        ("<100", None, 99_99),
        ("不超过100", None, 100_00),
        ("100以内", None, 100_00),
        ("-106.00", -106_00, -106_00),
        ("-200--100", -200_00, -100_00),
    ],
)
def test_spans(typed: str, low: int | None, high: int | None) -> None:
    assert parse_amounts(typed) == Amounts(low, high)


@pytest.mark.parametrize(
    "typed", ["", "abc", "2026-03", "100-", "<", "1.234", "300-200", "9" * 40, "范例", "5000 上海"]
)
def test_what_is_no_amount(typed: str) -> None:
    assert parse_amounts(typed) is None


@given(st.integers(-(10**11), 10**11))
def test_an_amount_is_read_as_it_is_printed(cents: int) -> None:
    amount = Decimal(cents) / 100
    for printed in (f"{amount:.2f}", f"{amount:,.2f}", f"¥{amount:,.2f}"):
        assert parse_amounts(printed) == Amounts(cents, cents)


@given(st.integers(1, 10**9))
def test_an_amount_in_words_is_read_as_it_is_printed(cents: int) -> None:
    assert parse_amounts(print_words(Decimal(cents) / 100)) == Amounts(cents, cents)


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_a_span_holds_both_its_ends(low: int, more: int) -> None:
    typed = f"{Decimal(low) / 100:.2f}-{Decimal(low + more) / 100:.2f}"
    assert parse_amounts(typed) == Amounts(low, low + more)


@given(st.text(max_size=30))
def test_it_never_fails(typed: str) -> None:
    parse_amounts(typed)
