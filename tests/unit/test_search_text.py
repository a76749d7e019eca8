"""What is in a text is in its searched form; what a slip leaves alone is found."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.search_text import JOINT, cut_outs, field_of, jointed, normal, pieces, searchable

ALPHABET = "上海范例餐饮有限公司北京（）()ABab12３４ 　Ｚ-*"
texts = st.text(ALPHABET, max_size=20)
names = st.text("上海范例餐饮有限公司北京鼎泰丰样科技", min_size=4, max_size=14)


@given(texts, texts, texts)
def test_a_part_of_a_text_is_in_its_searched_form(before: str, part: str, after: str) -> None:
    assume(part == part.strip())
    assert jointed(part) in jointed(before + part + after)


@given(st.text(max_size=30))
def test_nothing_that_is_typed_has_a_joint_of_its_own(text: str) -> None:
    assert JOINT not in normal(text)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("（范例）", "上海(范例)有限公司"),
        ("(范例)", "上海（范例）有限公司"),
        ("ａｂｃ科技", "ABC科技有限公司"),
        ("范例餐饮", "上海 范例 餐饮 有限公司"),
        ("复印纸A4", "*纸制品*复印纸　Ａ４"),
    ],
)
def test_width_case_and_spaces_do_not_matter(typed: str, printed: str) -> None:
    assert jointed(typed) in jointed(printed)


def test_two_chinese_characters_are_one_piece_of_an_index() -> None:
    assert pieces(jointed("北京")) == [jointed("北京")]
    assert pieces(jointed("京")) == []
    assert pieces(jointed("2611")) == ["261", "611"]


@given(texts, texts)
def test_the_pieces_of_a_part_are_pieces_of_the_whole(part: str, after: str) -> None:
    whole = jointed(part + after)
    assert all(piece in whole for piece in pieces(jointed(part)) if not part.endswith((" ", "　")))


def test_a_field_is_found_again_in_what_is_laid_out() -> None:
    facts = {
        "invoice_code": None, "invoice_number": "2611", "items": "*餐饮服务*餐费\n*酒*啤酒",
        "seller_name": "上海范例（集团）", "seller_tax_id": "91ABC", "buyer_name": "北京样例", "buyer_tax_id": None,
    }  # fmt: skip
    laid_out = searchable(facts)
    assert field_of(laid_out, "seller") == "上海范例(集团)\n91abc"
    assert field_of(laid_out, "item") == "*餐饮服务*餐费\n*酒*啤酒"
    assert field_of(laid_out, "code") == ""
    assert jointed("餐费*酒") not in laid_out


slips = st.sampled_from(["wrong", "missing", "too much", "swapped"])


@given(names, slips, st.data())
def test_what_a_slip_leaves_alone_is_among_the_cut_outs(name: str, slip: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 2))
    typed = {
        "wrong": name[:at] + "错" + name[at + 1 :],
        "missing": name[:at] + name[at + 1 :],
        "too much": name[:at] + "多" + name[at:],
        "swapped": name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    }[slip]
    assume(len(typed) > (4 if slip == "swapped" else 3))
    assert any(all(part in name for part in left) for left in cut_outs(typed))
