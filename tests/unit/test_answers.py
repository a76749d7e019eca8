"""The sentences of the answers."""

from __future__ import annotations

import string

import pytest

from models.answers import STATUS, WORDINGS, Code, said


def test_every_code_has_its_word_and_its_sentence() -> None:
    assert set(STATUS) == set(Code) == {Code(name.split("/")[0]) for name in WORDINGS}
    assert len(Code) == 15 + 1


@pytest.mark.parametrize("name", WORDINGS)
def test_both_languages_have_the_same_places(name: str) -> None:
    wording = WORDINGS[name]
    for pair in (wording.reason, wording.step, wording.again or ("", "")):
        zh, en = ({field for _, field, _, _ in string.Formatter().parse(text) if field} for text in pair)
        assert zh == en


def test_a_value_may_be_one_text_or_one_in_each_language() -> None:
    assert said(("{who}：{n}", "{who}: {n}"), {"who": ("财务", "finance"), "n": "3"}) == ("财务：3", "Finance: 3")
