"""Personal data is hidden wherever it stands, and nothing else is."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.logs import set_up_logs, without_personal
from models.masking import masked, party_masked
from models.tax_id import is_sound
from tests.integration.invoices import BUYER, SELLER

CITIZEN = "11010519491231002X"
days = st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))
LABELS = ("旅客姓名：", "姓名: ", "乘车人 ", "passenger=", "Passenger name: ", '"passenger": "', "旅客：")
NUMBERS = (CITIZEN, "1101051949****002X ")
names = st.text(st.sampled_from("张王李赵小明红建国芳"), min_size=2, max_size=4)


@pytest.mark.parametrize("code", [BUYER, SELLER, "911100001920040512", "26112000000000000007", "91110108MA01C2R38Q"])
def test_the_code_of_a_company_or_an_invoice_is_not_hidden(code: str) -> None:
    assert masked(f"发票 {code}") == f"发票 {code}"


@pytest.mark.parametrize("digest", ["a13800138000b" * 4, "0" * 64, "2026-11-25T02:43:45", "1764038400.123"])
def test_hashes_and_times_are_not_hidden(digest: str) -> None:
    assert masked(digest) == digest


def test_a_persons_number_that_holds_the_checks_of_a_company_is_hidden() -> None:
    """One in some hundreds does by chance; no company has 01 for its province."""
    number = "31010420200131777X"
    assert is_sound(number)
    assert masked(f"购买方 {number}") == "购买方 310***********777X"


@given(st.text(), days, st.integers(0, 999), st.sampled_from(["", " ", "-"]), st.sampled_from(["", "\\n", "："]))
def test_no_form_of_a_persons_number_leaves_the_house(
    around: str, born: dt.date, serial: int, gap: str, before: str
) -> None:
    number = f"310104{gap}{born:%Y%m%d}{gap}{serial:03d}X"

    assert number not in masked(f"{around} {before}{number}，{around}")


@given(st.text(), st.integers(130, 199), st.integers(0, 9999), st.integers(0, 9999), st.sampled_from(["", " ", "-"]))
def test_no_mobile_number_leaves_the_house(around: str, first: int, second: int, third: int, gap: str) -> None:
    number = f"{first}{gap}{second:04d}{gap}{third:04d}"

    assert number not in masked(f"{around} {number}，{around}")


@given(st.text(), st.sampled_from([*LABELS, *NUMBERS]), names)
def test_no_name_beside_a_label_or_a_number_leaves_the_house(around: str, label: str, name: str) -> None:
    assert f"{label}{name}" not in masked(f"{around} {label}{name}, {around}")
    assert masked(f"{label}{name}, G17")[-6 - len(name) + 1 :] == name[0] + "*" * (len(name) - 1) + ", G17"


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("0123456789X姓名：张三旅客/*")))
def test_hiding_twice_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    ("name", "tax_id", "told"),
    [
        ("张小明", None, "张**"),
        ("张小明", CITIZEN, "张**"),
        ("ZHANG/XIAOMING", None, "Z*************"),
        ("个人", None, "个人"),
        ("Apple Inc", None, "Apple Inc"),
        ("北京样例科技有限公司", None, "北京样例科技有限公司"),
        ("小吃店", SELLER, "小吃店"),
    ],
)
def test_a_party_is_hidden_where_it_is_a_person(name: str, tax_id: str | None, told: str) -> None:
    assert party_masked(name, tax_id) == told


def test_a_log_line_hides_what_is_personal_and_stays_one_line() -> None:
    said = f"旅客姓名：张小明\n{CITIZEN}".encode()

    told = without_personal(None, "info", {"event": "read", "said": said, "words": "anything", "count": 3})

    assert told == {"event": "read", "said": "旅客姓名：张**\\n110***********002X", "words": "***", "count": 3}


@pytest.mark.usefixtures("logs_as_before")
def test_what_libraries_log_is_hidden_too_with_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("test")
    try:
        raise ValueError(f"cannot read {CITIZEN}")
    except ValueError:
        logging.getLogger("library").exception("tried %s of 旅客姓名：张小明", CITIZEN)

    told = capsys.readouterr().err
    assert "cannot read 110***********002X" in told
    assert CITIZEN not in told
    assert "张小明" not in told
