"""Amounts and rates as they are printed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.money import is_total, money_text, parse_money, parse_rate


@given(st.decimals(-(10**11), 10**11, places=2))
def test_an_amount_reads_back_as_it_was_printed(amount: Decimal) -> None:
    assert parse_money(money_text(amount)) == amount
    assert parse_money(f"¥{amount:,.2f}") == amount


@pytest.mark.parametrize(
    ("text", "amount"), [("￥1,234.50", "1234.50"), ("－3.00", "-3.00"), ("CNY 50", "50"), ("１２.５元", "12.5")]
)
def test_forms_that_occur_in_print_are_read(text: str, amount: str) -> None:
    assert parse_money(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "1O6.00", "1.234.56", "100.", "--3", "1e5", "(100.00)", "1" * 40, "9" * 13])
def test_what_is_no_amount_of_an_invoice_is_none(text: str) -> None:
    assert parse_money(text) is None


def test_a_total_is_in_whole_cents_and_never_less_than_nothing_of_nothing() -> None:
    assert is_total("106.000")
    assert not is_total("106.005")
    assert money_text(Decimal("-0.00")) == "0.00"


@pytest.mark.parametrize(
    ("text", "rate"),
    [("13%", "0.13"), ("0.13", "0.13"), ("13", "0.13"), ("1.5%", "0.015"), ("免税", "0"), ("０.０6", "0.06")],
)
def test_a_rate_is_a_fraction(text: str, rate: str) -> None:
    assert parse_rate(text) == Decimal(rate)


@pytest.mark.parametrize("text", [None, "", "***", "9" * 40 + "%"])
def test_what_is_no_rate_is_none(text: str | None) -> None:
    assert parse_rate(text) is None
