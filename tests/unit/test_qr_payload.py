"""The text inside QR codes of invoices."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kinds import Kind
from models.qr_payload import build_payload, parse_payload

NUMBER = "26112000000123456789"


@given(st.integers(1, 10**9), st.dates(dt.date(2022, 1, 1), dt.date(2030, 1, 1)))
def test_a_written_text_reads_back_intact(cents: int, date: dt.date) -> None:
    amount = Decimal(cents) / 100
    read = parse_payload(build_payload(Kind.DIGITAL_NORMAL, NUMBER, amount, date))
    assert read is not None
    assert (read.kind, read.number, read.amount, read.date, read.intact) == (
        Kind.DIGITAL_NORMAL, NUMBER, amount, date, True,
    )  # fmt: skip


def test_a_changed_digit_is_no_longer_intact() -> None:
    text = build_payload(Kind.DIGITAL_NORMAL, NUMBER, Decimal("106.00"), dt.date(2026, 7, 30))
    changed = parse_payload(text.replace("106.00", "108.00"))
    assert changed is not None
    assert changed.intact is None


@pytest.mark.parametrize(
    "text",
    [
        f"01,32,,{NUMBER},106.00,2026-07-30,,",
        f"01,32, ,{NUMBER},106.00,20260730, ,",
        f"01,32,,{NUMBER},106,20260730",
        f"01，32，，{NUMBER}，106.00，20260730，，",
    ],
)
def test_the_habits_of_makers_are_understood(text: str) -> None:
    read = parse_payload(text)
    assert read is not None
    assert (read.number, read.amount, read.date, read.code) == (NUMBER, Decimal(106), dt.date(2026, 7, 30), None)


def test_the_five_fields_of_toll_companies_are_understood() -> None:
    read = parse_payload("132052300001,03220001,28.00,2025-10-24,某公司")
    assert read is not None
    assert (read.kind, read.code, read.number) == (Kind.TOLL_ELECTRONIC, "132052300001", "03220001")


@pytest.mark.parametrize("text", ["", "https://example.com", "01,32", "WIFI:T:WPA;S:x;;", "01,32,,12,1.00,20260101,,"])
def test_other_codes_are_no_invoice(text: str) -> None:
    assert parse_payload(text) is None
