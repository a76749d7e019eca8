"""大写金额: printed and read back."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.amount_words import Status, parse_words, print_words

VECTORS = Path(__file__).parents[3] / "shared" / "rules" / "cn_amount_vectors.json"


@given(st.integers(-(10**11), 10**11))
def test_every_amount_reads_back_as_it_was_printed(cents: int) -> None:
    amount = Decimal(cents) / 100
    read = parse_words(print_words(amount))
    assert (read.value, read.status) == (amount, Status.OK)


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("⊗壹佰零陆圆整", "106"),
        ("价税合计（大写）壹万零陆佰圆整", "10600"),
        ("(负数)伍拾捌圆捌角", "-58.80"),
        ("玖 拾元整", "90"),
        ("壹拾圆零柒角整", "10.70"),
        ("一百二十元", "120"),
    ],
)
def test_forms_that_occur_in_print_are_read(words: str, amount: str) -> None:
    assert parse_words(words).value == Decimal(amount)


@pytest.mark.parametrize("words", ["壹仟伍圆整", "伍壹圆", "圆整", "壹佰佰圆整", "会议费", ""])
def test_what_is_no_clear_amount_has_no_value(words: str) -> None:
    assert parse_words(words).value is None


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared rule book is not beside the checkout")
def test_the_vectors_of_the_rule_book_hold() -> None:
    rows = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    assert [row["words"] for row in rows if parse_words(row["words"]).status.value != row["status"]] == []
    right = [row for row in rows if row["status"] in ("ok", "nonstandard")]
    assert [row["words"] for row in right if parse_words(row["words"]).value != Decimal(row["amount"])] == []
