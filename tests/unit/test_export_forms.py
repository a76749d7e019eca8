"""Cells that cannot become formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.desk.export_forms import risky


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "　－1", "\n=cmd"])
def test_what_a_spreadsheet_may_take_for_a_formula(text: str) -> None:
    assert risky(text)


@pytest.mark.parametrize("text", ["上海范例", "26112000000000000001", "a=b", "*餐饮服务*餐费", ""])
def test_what_it_takes_for_text(text: str) -> None:
    assert not risky(text)


@given(st.text(max_size=20))
def test_a_quoted_text_is_never_risky(text: str) -> None:
    assert not risky(f"'{text}")
