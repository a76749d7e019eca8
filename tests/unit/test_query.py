"""What people ask of the ledger, from the box and from single filters."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.amounts import Amounts
from models.entry import Booking, Verification
from models.kinds import Kind
from models.query import BadFilter, Query, parse_days, parse_query
from models.regions import REGIONS
from models.spoken_days import Days

TODAY = dt.date(2026, 11, 24)
SECOND_OF_MARCH = Days(dt.date(2026, 3, 2), dt.date(2026, 3, 2))
MARCH = Days(dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def box(typed: str) -> Query:
    return parse_query({"q": typed}, TODAY)


@pytest.mark.parametrize(
    "typed", ["2026-03-02", "2026年3月2日", "20260302", "2026/3/2", "２０２６－０３－０２", "3月2日"]
)
def test_a_day_in_many_forms(typed: str) -> None:
    assert parse_query({"issued": typed}, TODAY).issued == (SECOND_OF_MARCH,)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("2026-03", MARCH),
        ("2026年3月", MARCH),
        ("2026-03-01~2026-03-31", MARCH),
        ("20260301-20260331", MARCH),
        ("2026", Days(dt.date(2026, 1, 1), dt.date(2026, 12, 31))),
        ("3-5月", Days(dt.date(2026, 3, 1), dt.date(2026, 5, 31))),
        ("2026-13-40", None),
        ("20261340", None),
        ("范例", None),
    ],
)
def test_months_spans_and_no_days(typed: str, days: Days | None) -> None:
    assert parse_days(typed, TODAY) == days


def test_since_and_until_leave_the_other_end_open() -> None:
    asked = parse_query({"since": "2026-03", "until": "2026年3月"}, TODAY)
    assert asked.issued == (Days(MARCH.first, dt.date.max), Days(dt.date.min, MARCH.last))


def test_bare_digits_stay_all_that_they_may_be() -> None:
    (figure,) = box("20260302").figures
    assert (figure.digits, figure.amount, figure.days) == ("20260302", 20260302, SECOND_OF_MARCH)
    assert box("20260302").totals == ()


def test_the_box_tells_amounts_days_regions_and_words_apart() -> None:
    asked = box("北京 3280-3300 2026-03 范例餐饮")
    assert [region.zh for region in asked.places] == ["北京"]
    assert (asked.totals, asked.issued, asked.words) == ((Amounts(3280_00, 3300_00),), (MARCH,), ("范例餐饮",))


def test_filters_by_name_in_the_box() -> None:
    asked = box("卖方：范例 buyer:样例 金额:>5000 地区:北京,上海 票种:出租车票 未查验 已记账 号码:1234")
    assert (asked.seller, asked.buyer, asked.number) == ("范例", "样例", "1234")
    assert asked.totals == (Amounts(5000_01, None),)
    assert asked.regions == {"11", "31"}
    assert asked.kinds == {Kind.TAXI}
    assert (asked.verifications, asked.bookings) == ({Verification.UNCHECKED}, {Booking.BOOKED})


@pytest.mark.parametrize("typed", ["北京", "Beijing", "BEIJING", "11", "1100", "北京市"])
def test_a_region_by_name_or_digits(typed: str) -> None:
    assert parse_query({"region": typed}, TODAY).regions == {"11"}


#: As on number plates; the plan cities have none of their own.
_PLATES = (
    "北京京 天津津 河北冀 山西晋 内蒙古蒙 辽宁辽 吉林吉 黑龙江黑 上海沪 江苏苏 "
    "浙江浙 安徽皖 福建闽 江西赣 山东鲁 河南豫 湖北鄂 湖南湘 广东粤 广西桂 "
    "海南琼 重庆渝 四川川 贵州贵 云南云 西藏藏 陕西陕 甘肃甘 青海青 宁夏宁 新疆新"
)
PLATES = {told[:-1]: told[-1] for told in _PLATES.split()}


@st.composite
def called(draw: st.DrawFn) -> tuple[str, str]:
    """A region's digits, and a way in which people write it."""
    region = draw(st.sampled_from(REGIONS))
    behind = ("", "省", "市", "自治区", "壮族自治区", "回族自治区", "维吾尔自治区")
    english = (region.en, region.en.upper(), region.en.replace(" ", ""), region.en.replace(" ", "-"))
    names = [*(f"{region.zh}{one}" for one in behind), *english, region.zh[:2], region.digital2, region.code4]
    names += [PLATES[region.zh]] if region.zh in PLATES else []
    around = draw(st.sampled_from(["{}", " {} ", "{},"]))
    return region.digital2, around.format(draw(st.sampled_from(names)))


@given(called())
def test_a_region_as_people_call_it(region: tuple[str, str]) -> None:
    digits, typed = region
    assert parse_query({"region": typed}, TODAY).regions == {digits}


@given(st.lists(called(), min_size=1, max_size=4))
def test_several_regions_at_once(regions: list[tuple[str, str]]) -> None:
    asked = parse_query({"region": "、".join(typed.strip(", ") for _, typed in regions)}, TODAY)
    assert asked.regions == {digits for digits, _ in regions}


@pytest.mark.parametrize("grouped", ["2611 2000 0000 0000 0001", "2611-2000-0000-0000-0001"])
def test_a_number_in_groups(grouped: str) -> None:
    assert parse_query({"number": grouped}, TODAY).number == "26112000000000000001"
    assert box(grouped).whole_number


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", "viel"), ("issued", "irgendwann"), ("region", "Paris"), ("region", "海"), ("region", "市"),
        ("kind", "Quittung"), ("verification", "vielleicht"), ("booking", "open,halb"), ("farbe", "rot"),
    ],
)  # fmt: skip
def test_a_filter_that_is_not_understood_is_named(name: str, value: str) -> None:
    with pytest.raises(BadFilter) as refused:
        parse_query({name: value}, TODAY)
    assert refused.value.name == name


@given(st.text(max_size=60))
def test_the_box_understands_anything_but_a_bad_filter(typed: str) -> None:
    with contextlib.suppress(BadFilter):
        box(typed)


@pytest.mark.parametrize("typed", ["没有的", "系统里", "the", "a" * 64])
def test_a_box_that_says_something_never_selects_the_whole_ledger(typed: str) -> None:
    assert box(typed).words


@given(st.dates(dt.date(2000, 1, 1), TODAY))
def test_every_day_is_read_in_three_forms(day: dt.date) -> None:
    for typed in (f"{day:%Y-%m-%d}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"):
        assert parse_days(typed, TODAY) == Days(day, day)
