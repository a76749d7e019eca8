"""How long files are kept."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.retention import Kept, Terms

SHANGHAI = ZoneInfo("Asia/Shanghai")
TERMS = Terms(30, 180)
moments = st.floats(0, 4e9)


def at(*when: int) -> float:
    return dt.datetime(*when, tzinfo=SHANGHAI).timestamp()  # type: ignore[arg-type]


def test_a_voucher_is_kept_for_thirty_years_from_the_end_of_its_year() -> None:
    assert TERMS.over_at(Kept.VOUCHER, at(2026, 1, 1)) == at(2057, 1, 1)
    assert TERMS.over_at(Kept.VOUCHER, at(2026, 12, 31, 23, 59)) == at(2057, 1, 1)


def test_a_returned_file_is_kept_for_days() -> None:
    assert TERMS.over_at(Kept.RETURNED, at(2026, 1, 1)) == at(2026, 6, 30)


@given(st.sampled_from(Kept), moments, moments)
def test_what_is_looked_for_is_all_that_is_over(kept: Kept, last: float, now: float) -> None:
    if TERMS.over_at(kept, last) <= now:
        assert last <= TERMS.latest(kept, now)
