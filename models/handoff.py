"""Handing an invoice over to the tax authority's verification (查验): what it asks for each kind, when, how often.

The platform stands behind a captcha, so people carry the values there; nothing here talks to it. Source: rule book §7.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.clock import start_of
from models.entry import Verification
from models.kinds import KIND_INFO, Kind

#: How often an invoice may be asked for on one day, by everybody together.
DAILY_LIMIT = 5
#: Older invoices are not verified; sources disagree whether one year or five, so from one on it is doubtful.
DOUBTFUL_YEARS, CLOSED_YEARS = 1, 5


class Item(StrEnum):
    """A value that the platform asks for."""

    CODE = "code"
    NUMBER = "number"
    DATE = "date"
    AMOUNT = "amount"
    TOTAL = "total"
    CHECK6 = "check6"
    CHECK5 = "check5"
    REGION = "region"
    SELLER = "seller_tax_id"


ITEM_WORDS: Mapping[Item, tuple[str, str]] = {
    Item.CODE: ("发票代码", "Invoice code"),
    Item.NUMBER: ("发票号码", "Invoice number"),
    Item.DATE: ("开票日期", "Day of issue"),
    Item.AMOUNT: ("不含税金额", "Amount excl. tax"),
    Item.TOTAL: ("价税合计", "Total incl. tax"),
    Item.CHECK6: ("校验码后6位", "Last 6 of the check code"),
    Item.CHECK5: ("校验码后5位", "Last 5 of the check code"),
    Item.REGION: ("地区代码", "Region code"),
    Item.SELLER: ("销售方税号", "Seller tax id"),
}


class Platform(StrEnum):
    """Where an invoice is verified."""

    TAX = "tax"
    FISCAL = "fiscal"


PLATFORM_WORDS: Mapping[Platform, tuple[str, str]] = {
    Platform.TAX: ("全国增值税发票查验平台", "the tax authority's verification platform"),
    Platform.FISCAL: ("全国财政电子票据查验平台", "the verification platform of the Ministry of Finance"),
}
_CODED = (Item.CODE, Item.NUMBER, Item.DATE)
_BY_AMOUNT, _BY_CHECK = (*_CODED, Item.AMOUNT), (*_CODED, Item.CHECK6)
_DIGITAL = (Item.NUMBER, Item.DATE, Item.TOTAL)
#: What is asked for each kind, in the order in which it is typed. A kind that is missing cannot be verified.
ITEMS: Mapping[Kind, tuple[Item, ...]] = {
    Kind.DIGITAL_SPECIAL: _DIGITAL,
    Kind.DIGITAL_NORMAL: _DIGITAL,
    Kind.DIGITAL_RAIL: _DIGITAL,
    Kind.DIGITAL_AIR: _DIGITAL,
    Kind.DIGITAL_MOTOR_VEHICLE: _DIGITAL,
    Kind.DIGITAL_USED_CAR: _DIGITAL,
    Kind.DIGITAL_SPECIAL_PAPER: (Item.NUMBER, Item.DATE, Item.AMOUNT),
    Kind.DIGITAL_NORMAL_PAPER: (Item.NUMBER, Item.DATE, Item.CHECK6),
    Kind.VAT_SPECIAL_PAPER: _BY_AMOUNT,
    Kind.VAT_SPECIAL_ELECTRONIC: _BY_AMOUNT,
    Kind.VAT_NORMAL_PAPER: _BY_CHECK,
    Kind.VAT_NORMAL_ELECTRONIC: _BY_CHECK,
    Kind.TOLL_ELECTRONIC: _BY_CHECK,
    Kind.VAT_ROLL: _BY_CHECK,
    Kind.MOTOR_VEHICLE: _BY_AMOUNT,
    Kind.USED_CAR: (*_CODED, Item.TOTAL),
    Kind.BLOCKCHAIN: (Item.CODE, Item.NUMBER, Item.AMOUNT, Item.SELLER, Item.CHECK5),
    Kind.LOCAL_E: (*_CODED, Item.TOTAL, Item.REGION, Item.SELLER),
    Kind.FISCAL_BILL: (Item.CODE, Item.NUMBER, Item.CHECK6, Item.DATE, Item.TOTAL),
}


class Reply(StrEnum):
    """What the platform can answer, in one word each; about the invoice, or about the asking."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    VOIDED = "voided"
    RED_PARTIAL = "red_partial"
    RED_FULL = "red_full"
    ABNORMAL = "abnormal"
    OVER_LIMIT = "over_limit"
    TOO_FRESH = "too_fresh"
    TOO_OLD = "too_old"
    BAD_INPUT = "bad_input"
    NOT_OURS = "not_ours"
    NO_SERVICE = "no_service"

    @property
    def verification(self) -> Verification | None:
        """What it says of the invoice; None where it says nothing of it."""
        return Verification(self.value) if self.value in set(Verification) else None


REPLY_WORDS: Mapping[Reply, tuple[str, str]] = {
    Reply.MATCH: ("一致", "Matches"),
    Reply.MISMATCH: ("不一致", "Differs"),
    Reply.NOT_FOUND: ("查无此票", "Not found"),
    Reply.VOIDED: ("作废", "Voided"),
    Reply.RED_PARTIAL: ("部分红冲", "Partly red-flushed"),
    Reply.RED_FULL: ("全额红冲", "Red-flushed"),
    Reply.ABNORMAL: ("异常", "Abnormal"),
    Reply.OVER_LIMIT: ("超过当日查验次数", "Over the daily limit"),
    Reply.TOO_FRESH: ("当日开具，次日可查", "Issued today; ask tomorrow"),
    Reply.TOO_OLD: ("超过可查年限", "Too old to be verified"),
    Reply.BAD_INPUT: ("查验信息有误", "The values have the wrong form"),
    Reply.NOT_OURS: ("无权查询", "Not ours to ask"),
    Reply.NO_SERVICE: ("平台无法服务", "The platform could not answer"),
}
#: How others write the same: normalised words of vendors, and those of the platform.
_ALSO: Mapping[Reply, str] = {
    Reply.MATCH: "found_match normal 查验一致 相符 正常 成功 查验成功 通过",
    Reply.MISMATCH: "查验不一致 不相符 不符",
    Reply.NOT_FOUND: "无此票 未查到 查不到",
    Reply.VOIDED: "void 已作废",
    Reply.RED_PARTIAL: "已红冲-部分 部分冲红",
    Reply.RED_FULL: "red 红冲 已红冲 冲红 已红冲-全额 全额冲红",
    Reply.ABNORMAL: "lost_control red_pending 失控 疑点 红冲中 待红冲",
    Reply.OVER_LIMIT: "超过次数 次数超限 超过该张发票当日查验次数",
    Reply.TOO_FRESH: "today 当日开具",
    Reply.TOO_OLD: "超过五年 超期",
    Reply.BAD_INPUT: "格式错误 参数错误",
    Reply.NOT_OURS: "",
    Reply.NO_SERVICE: "service 系统异常 超时 服务异常",
}


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip("。")


_SPELT = {
    _plain(spelt): reply for reply in Reply for spelt in (reply.value, *REPLY_WORDS[reply], *_ALSO[reply].split())
}


@dataclass(frozen=True, slots=True)
class Handoff:
    """What is carried to the platform for one invoice: each item with its value, None where the invoice has none."""

    kind: Kind
    values: Mapping[Item, str | None]

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that its kind asks for, in their order; none when it cannot be verified."""
        return ITEMS.get(self.kind, ())

    @property
    def missing(self) -> tuple[Item, ...]:
        """Those that are not known."""
        return tuple(item for item in self.items if not self.values.get(item))

    @property
    def clipboard(self) -> str | None:
        """Its values in one line, with tabs between them; None while one is missing."""
        return "\t".join(self.values[item] or "" for item in self.items) if self.items and not self.missing else None

    @property
    def platform(self) -> Platform:
        """Where it is verified."""
        return Platform.FISCAL if self.kind is Kind.FISCAL_BILL else Platform.TAX


def parse_reply(text: str) -> Reply | None:
    """Read the word of a result, in our spelling or a known other one; None when it is not known."""
    return _SPELT.get(_plain(text))


def not_before(kind: Kind, issued: dt.date) -> float:
    """From when it is worth asking: the first midnight 24 hours after that of its day, 48 for kinds with a code."""
    return start_of(issued + dt.timedelta(_days(kind)))


def too_early(kind: Kind, issued: dt.date | None, asked_at: float) -> bool:
    """Whether "not found" may only mean that it is too fresh. Its hour is not known, so the last of its day counts."""
    return issued is not None and asked_at < start_of(issued + dt.timedelta(1 + _days(kind)))


def window(issued: dt.date, today: dt.date) -> str:
    """Whether it is young enough to be verified: ``open``, ``doubtful`` or ``closed``."""
    age = (today - issued).days
    return "open" if age <= DOUBTFUL_YEARS * 365 else "doubtful" if age <= CLOSED_YEARS * 365.25 else "closed"


def _days(kind: Kind) -> int:
    return 1 if KIND_INFO[kind].twenty_digits else 2
