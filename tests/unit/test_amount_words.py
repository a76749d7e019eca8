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
        ("合计人民币（大写）：壹佰零陆圆整", "106"),
        ("壹佰零陆圆整。", "106"),
        ("(负数)伍拾捌圆捌角", "-58.80"),
        ("⊗（负数）伍拾捌圆捌角", "-58.80"),
        ("参仟肆佰圓正", "3400") if False else ("參仟肆佰圓正", "3400"),
        ("玖 拾元整", "90"),
        ("壹拾圆零柒角整", "10.70"),
        ("一百二十元", "120"),
    ],
)
def test_forms_that_occur_in_print_are_read(words: str, amount: str) -> None:
    assert parse_words(words).value == Decimal(amount)


@pytest.mark.parametrize(
    ("words", "amount", "note"),
    [
        ("壹佰圆", "100", "missing_zheng"),
        ("壹佰圆伍分", "100.05", "missing_zero"),
        ("壹万贰佰圆整", "10200", "missing_zero"),
        ("壹亿伍仟圆整", "100005000", "missing_zero"),
        ("壹亿贰万圆整", "100020000", "missing_zero"),
        ("壹圆零角伍分", "1.05", "explicit_zero_unit"),
        ("壹佰零拾伍圆整", "105", "explicit_zero_unit"),
        ("贰拾零圆零角零分", "20", "explicit_zero_unit"),
        ("壹佰圆零伍分整", "100.05", "zheng_after_fen"),
        ("拾伍圆整", "15", "leading_shi_without_yi"),
        ("两百块", "200", "informal_digit"),
    ],
)
def test_what_is_clear_but_not_in_due_form_has_its_value_and_says_why(words: str, amount: str, note: str) -> None:
    read = parse_words(words)
    assert (read.value, read.status) == (Decimal(amount), Status.NONSTANDARD)
    assert note in read.notes


@pytest.mark.parametrize(
    "words",
    ["壹仟伍圆整", "壹佰壹万圆整", "壹万伍圆整", "壹亿伍圆整", "壹万零拾圆整", "零陆圆整", "零伍分"],
)
def test_what_can_be_read_in_two_ways_or_lacks_its_beginning_is_ambiguous(words: str) -> None:
    assert parse_words(words).status is Status.AMBIGUOUS


@pytest.mark.parametrize(
    "words",
    [
        "伍壹圆", "圆整", "壹佰佰圆整", "壹拾佰圆整", "壹万万圆整", "壹万亿圆整", "壹佰零零伍圆整", "壹佰零陆",
        "壹佰圆伍", "壹佰圆壹分贰角", "佰零陆圆整", "壹佰圜整", "会议费", "",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_invalid(words: str) -> None:
    assert parse_words(words).status is Status.INVALID


@given(st.integers(1, 10**11), st.data())
def test_words_that_lost_a_character_never_prove_the_amount_in_another_form(cents: int, data: st.DataObject) -> None:
    """A lost character gives another amount, no amount, or a form that is not the due one."""
    words = print_words(Decimal(cents) / 100)
    place = data.draw(st.integers(0, len(words) - 1))
    read = parse_words(words[:place] + words[place + 1 :])
    assert read.value != Decimal(cents) / 100 or read.status is Status.NONSTANDARD or words[place] in "整零"


@given(st.text(alphabet="零壹贰叁肆伍陆柒捌玖拾佰仟万亿圆角分整负数()⊗", max_size=16))
def test_whatever_is_written_gets_an_answer(words: str) -> None:
    read = parse_words(words)
    assert (read.value is None) is (read.status in (Status.AMBIGUOUS, Status.INVALID))
    if read.status is Status.OK and read.value is not None:
        assert parse_words(print_words(read.value)).value == read.value


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared rule book is not beside the checkout")
def test_the_vectors_of_the_rule_book_hold() -> None:
    rows = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    assert [row["words"] for row in rows if parse_words(row["words"]).status.value != row["status"]] == []
    right = [row for row in rows if row["status"] in ("ok", "nonstandard")]
    assert [row["words"] for row in right if parse_words(row["words"]).value != Decimal(row["amount"])] == []
