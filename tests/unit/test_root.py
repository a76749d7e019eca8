"""Roots survive mail and print; every break says in both languages what is wrong and what to do."""

from __future__ import annotations

import datetime as dt
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.desk.runs import last_due
from models.integrity import BREAK_WORDS, PART_WORDS, Part
from models.root import Root, read_root

ROOTS = st.builds(
    Root,
    st.dates(min_value=dt.date(2020, 1, 1)),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.text("0123456789abcdef", min_size=64, max_size=64),
)


@given(ROOTS)
def test_a_root_reads_back_as_it_was_published(root: Root) -> None:
    assert read_root(str(root)) == root


@given(ROOTS)
def test_a_root_survives_wide_spaces_and_capitals(root: Root) -> None:
    assert read_root("  " + str(root).upper().replace(" ", "\t  ") + "\r\n") == root


@pytest.mark.parametrize(
    "line", ["", "2026-11-24", "2026-13-24 events 1 last 1 sha256 " + "0" * 64, "2026-11-24 events 1 last 1 sha256 0f"]
)
def test_what_is_no_root_is_not_read_as_one(line: str) -> None:
    assert read_root(line) is None


def test_every_break_is_told_in_both_languages_with_the_same_places() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for zh, mend_zh, en, mend_en in BREAK_WORDS.values():
        assert all((zh, mend_zh, en, mend_en))
        assert places(zh) == places(en)
        assert places(mend_zh) == places(mend_en)
    assert set(PART_WORDS) == set(Part)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-24T03:00:00+08:00", "2026-11-24T03:00:00+08:00"),
        ("2026-11-24T02:59:59+08:00", "2026-11-23T03:00:00+08:00"),
        ("2026-11-24T23:30:00+08:00", "2026-11-24T03:00:00+08:00"),
        ("2026-11-24T18:00:00+00:00", "2026-11-24T03:00:00+08:00"),
        ("2026-11-24T19:00:00+00:00", "2026-11-25T03:00:00+08:00"),
    ],
)
def test_the_hour_is_that_of_shanghai_wherever_the_machine_stands(now: str, due: str) -> None:
    assert last_due(dt.datetime.fromisoformat(now).timestamp(), 3) == dt.datetime.fromisoformat(due).timestamp()
