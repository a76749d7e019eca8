"""Tax identifiers: their checks, and the repair of misread characters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tax_id import (
    ALPHABET,
    check_character,
    has_form,
    is_person,
    is_sound,
    is_unified,
    organisation_check,
    repair,
    tax_id_ok,
)

VECTORS = Path(__file__).parents[3] / "shared" / "rules" / "usc_vectors.json"
BODY = "0123456789ABCDEFGH"


@st.composite
def codes(draw: st.DrawFn) -> str:
    region = draw(st.sampled_from(["110108", "310115", "440305", "510107"]))
    organisation = "".join(draw(st.lists(st.sampled_from(BODY), min_size=8, max_size=8)))
    first = f"91{region}{organisation}{organisation_check(organisation)}"
    # The organisation check may be X, which the alphabet of the unified code has as well.
    return first + check_character(first)


@given(codes())
def test_a_code_with_both_checks_is_sound(code: str) -> None:
    assert is_unified(code)
    assert is_sound(code)


@given(codes(), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_changed_character_breaks_the_check(code: str, place: int, other: str) -> None:
    changed = code[:place] + other + code[place + 1 :]
    assert changed == code or not is_unified(changed)


@given(codes(), st.integers(0, 17), st.sampled_from(["0O", "1I", "2Z", "5S", "8B", "6G", "UV"]))
def test_a_repair_never_gives_a_wrong_code_for_one_look_alike(code: str, place: int, pair: str) -> None:
    right, wrong = pair
    if code[place] != right:
        return
    mended = repair(code[:place] + wrong + code[place + 1 :])
    assert mended.value in (code, None)
    assert code in mended.candidates


@given(st.text(max_size=20) | st.text("٣３0123456789ABXOIZSV", min_size=15, max_size=20))
def test_whatever_stands_in_the_place_of_a_code_gets_an_answer(text: str) -> None:
    assert isinstance(is_unified(text), bool)
    assert isinstance(tax_id_ok(text), bool)
    assert repair(text).value is None or is_sound(str(repair(text).value))


@given(codes())
def test_a_sound_code_needs_no_repair(code: str) -> None:
    assert repair(f" {code[:6]}-{code[6:].lower()}").candidates == (code,)


@given(codes(), st.integers(0, 17))
def test_a_code_that_lost_a_character_has_no_form_unless_only_digits_are_left(code: str, place: int) -> None:
    lost = code[:place] + code[place + 1 :]
    assert has_form(lost) is lost.isdigit()


def test_letters_that_cannot_occur_are_repaired() -> None:
    first = f"91110108MA01C2R3{organisation_check('MA01C2R3')}"
    code = first + check_character(first)
    assert repair(code.replace("0", "O", 1)).value == code


@pytest.mark.parametrize(
    ("text", "ok"), [("11010519491231002X", True), ("110105194912310021", False), ("1101051949123100", False)]
)
def test_a_persons_number_has_its_own_check(text: str, ok: bool) -> None:
    assert is_person(text) is ok


@pytest.mark.parametrize(
    ("length", "ok"), [(14, False), (15, True), (16, False), (17, True), (18, True), (19, False), (20, True)]
)
def test_only_known_lengths_have_the_form(length: int, ok: bool) -> None:
    assert has_form("1" * length) is ok


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared rule book is not beside the checkout")
def test_the_vectors_of_the_rule_book_hold() -> None:
    data = json.loads(VECTORS.read_text(encoding="utf-8"))
    assert [row["code"] for row in data["vectors"] if is_unified(row["code"]) is not row["valid"]] == []
    assert [row["raw"] for row in data["repair"] if set(repair(row["raw"]).candidates) != set(row["candidates"])] == []
