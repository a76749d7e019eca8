"""What the verification of the tax authority is told, kind by kind; when, and what its words mean."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from models.entry import Verification
from models.handoff import (
    ITEMS,
    REPLY_WORDS,
    Handoff,
    Item,
    Platform,
    Reply,
    not_before,
    parse_reply,
    too_early,
    window,
)  # fmt: skip
from models.kinds import Kind

DAY = dt.date(2026, 3, 2)
VALUES = {
    Item.CODE: "011002300111", Item.NUMBER: "12345678", Item.DATE: "20260302", Item.AMOUNT: "100.00",
    Item.TOTAL: "106.00", Item.CHECK6: "567890", Item.CHECK5: "67890", Item.REGION: "1100", Item.SELLER: "9111",
}  # fmt: skip


def at(text: str) -> float:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (Kind.VAT_SPECIAL_PAPER, "011002300111 12345678 20260302 100.00"),
        (Kind.VAT_SPECIAL_ELECTRONIC, "011002300111 12345678 20260302 100.00"),
        (Kind.VAT_NORMAL_PAPER, "011002300111 12345678 20260302 567890"),
        (Kind.VAT_NORMAL_ELECTRONIC, "011002300111 12345678 20260302 567890"),
        (Kind.TOLL_ELECTRONIC, "011002300111 12345678 20260302 567890"),
        (Kind.VAT_ROLL, "011002300111 12345678 20260302 567890"),
        (Kind.MOTOR_VEHICLE, "011002300111 12345678 20260302 100.00"),
        (Kind.USED_CAR, "011002300111 12345678 20260302 106.00"),
        (Kind.DIGITAL_SPECIAL, "12345678 20260302 106.00"),
        (Kind.DIGITAL_NORMAL, "12345678 20260302 106.00"),
        (Kind.DIGITAL_RAIL, "12345678 20260302 106.00"),
        (Kind.DIGITAL_AIR, "12345678 20260302 106.00"),
        (Kind.DIGITAL_NORMAL_PAPER, "12345678 20260302 567890"),
        (Kind.DIGITAL_SPECIAL_PAPER, "12345678 20260302 100.00"),
        (Kind.BLOCKCHAIN, "011002300111 12345678 100.00 9111 67890"),
        (Kind.LOCAL_E, "011002300111 12345678 20260302 106.00 1100 9111"),
        (Kind.FISCAL_BILL, "011002300111 12345678 567890 20260302 106.00"),
    ],
)
def test_each_kind_is_asked_for_by_its_own_items(kind: Kind, line: str) -> None:
    assert Handoff(kind, VALUES).clipboard == line.replace(" ", "\t")


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in ITEMS])
def test_a_kind_that_no_platform_knows_has_no_line(kind: Kind) -> None:
    assert Handoff(kind, VALUES).clipboard is None
    assert Handoff(kind, VALUES).items == ()


def test_a_missing_value_is_named_and_there_is_no_line() -> None:
    carried = Handoff(Kind.VAT_NORMAL_PAPER, {**VALUES, Item.CHECK6: None})
    assert (carried.missing, carried.clipboard) == ((Item.CHECK6,), None)


def test_fiscal_bills_are_verified_elsewhere() -> None:
    assert Handoff(Kind.FISCAL_BILL, VALUES).platform is Platform.FISCAL
    assert Handoff(Kind.DIGITAL_NORMAL, VALUES).platform is Platform.TAX


def test_digital_invoices_are_asked_for_from_the_next_day_and_older_kinds_a_day_later() -> None:
    assert not_before(Kind.DIGITAL_NORMAL, DAY) == at("2026-03-03T00:00")
    assert not_before(Kind.VAT_NORMAL_PAPER, DAY) == at("2026-03-04T00:00")


@pytest.mark.parametrize(
    ("kind", "asked_at", "early"),
    [
        (Kind.DIGITAL_NORMAL, "2026-03-03T23:00", True),
        (Kind.DIGITAL_NORMAL, "2026-03-04T00:00", False),
        (Kind.VAT_NORMAL_PAPER, "2026-03-04T23:00", True),
        (Kind.VAT_NORMAL_PAPER, "2026-03-05T00:00", False),
    ],
)
def test_not_found_is_believed_only_after_the_hours_have_passed(kind: Kind, asked_at: str, early: bool) -> None:
    assert too_early(kind, DAY, at(asked_at)) is early


@pytest.mark.parametrize(("years", "said"), [(0, "open"), (2, "doubtful"), (6, "closed")])
def test_older_invoices_are_no_longer_verified(years: int, said: str) -> None:
    assert window(DAY, DAY.replace(year=DAY.year + years)) == said


@pytest.mark.parametrize("reply", Reply)
def test_every_reply_is_read_back_from_its_words(reply: Reply) -> None:
    zh, en = REPLY_WORDS[reply]
    assert [parse_reply(text) for text in (reply.value, zh, en, f" {zh}。")] == [reply] * 4


@pytest.mark.parametrize(
    ("text", "verification"),
    [
        ("FOUND_MATCH", Verification.MATCH), ("正常", Verification.MATCH), ("查无此票", Verification.NOT_FOUND),
        ("已红冲-部分", Verification.RED_PARTIAL), ("已红冲-全额", Verification.RED_FULL),
        ("失控", Verification.ABNORMAL),
        ("作废", Verification.VOIDED), ("不一致", Verification.MISMATCH), ("超过当日查验次数", None),
    ],
)  # fmt: skip
def test_words_of_others_mean_the_same(text: str, verification: Verification | None) -> None:
    reply = parse_reply(text)
    assert reply is not None
    assert reply.verification == verification


def test_an_unknown_word_means_nothing() -> None:
    assert parse_reply("也许") is None
