"""Holding a list of the tax authority against the ledger: where each invoice ends, and why. Source: rule book §8."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Bucket(StrEnum):
    """Where an invoice ends. ``explained``: on one side only, for a reason that asks nothing of anybody."""

    MATCHED = "matched"
    SUGGESTED = "suggested"
    DIFFERENT = "different"
    ONLY_LISTED = "only_listed"
    ONLY_HERE = "only_here"
    EXPLAINED = "explained"


class Reason(StrEnum):
    """Why an invoice is where it is."""

    AMOUNT_DIFF = "AMOUNT_DIFF"
    DATE_DIFF = "DATE_DIFF"
    BUYER_DIFF = "BUYER_DIFF"
    SELLER_DIFF = "SELLER_DIFF"
    KIND_DIFF = "KIND_DIFF"
    STATUS_DIFF = "STATUS_DIFF"
    SAME_SELLER_DAY_TOTAL = "SAME_SELLER_DAY_TOTAL"
    ONE_DIGIT_OFF = "ONE_DIGIT_OFF"
    SEVERAL_CANDIDATES = "SEVERAL_CANDIDATES"
    LINKED_BY_HAND = "LINKED_BY_HAND"
    DUPLICATE_IN_EXPORT = "DUPLICATE_IN_EXPORT"
    RED_PAIR = "RED_PAIR"
    RED_OF_OURS = "RED_OF_OURS"
    ZEROS_RESTORED = "ZEROS_RESTORED"
    NOT_RECEIVED = "NOT_RECEIVED"
    ENTRY_WITHDRAWN = "ENTRY_WITHDRAWN"
    DEAD_ON_LIST = "DEAD_ON_LIST"
    NOT_ON_LIST = "NOT_ON_LIST"
    OTHER_COMPANY = "OTHER_COMPANY"
    BUYER_UNKNOWN = "BUYER_UNKNOWN"
    KIND_NEVER_LISTED = "KIND_NEVER_LISTED"
    KIND_NOT_IN_EXPORT = "KIND_NOT_IN_EXPORT"
    SOURCE_NOT_IN_EXPORT = "SOURCE_NOT_IN_EXPORT"
    TOO_FRESH = "TOO_FRESH"
    OUTSIDE_COVERAGE = "OUTSIDE_COVERAGE"
    ON_ANOTHER_LIST = "ON_ANOTHER_LIST"
    ONLY_A_CHOICE = "ONLY_A_CHOICE"


BUCKET_WORDS: Mapping[Bucket, tuple[str, str]] = {
    Bucket.MATCHED: ("一致", "Matched"),
    Bucket.SUGGESTED: ("疑似对应", "Suggested"),
    Bucket.DIFFERENT: ("有差异", "Different"),
    Bucket.ONLY_LISTED: ("仅清单有", "Only on the list"),
    Bucket.ONLY_HERE: ("仅台账有", "Only in the ledger"),
    Bucket.EXPLAINED: ("无需处理", "Explained"),
}
REASON_WORDS: Mapping[Reason, tuple[str, str]] = {
    Reason.AMOUNT_DIFF: ("金额不同", "The amounts differ"),
    Reason.DATE_DIFF: ("开票日期不同", "The dates of issue differ"),
    Reason.BUYER_DIFF: ("购买方不同", "The buyers differ"),
    Reason.SELLER_DIFF: ("销售方不同", "The sellers differ"),
    Reason.KIND_DIFF: ("票种不同", "The kinds differ"),
    Reason.STATUS_DIFF: ("登记后状态有变", "Its state at the tax authority is not normal"),
    Reason.SAME_SELLER_DAY_TOTAL: ("销售方、金额相同，日期相近", "Same seller and total, and the days are close"),
    Reason.ONE_DIGIT_OFF: ("号码只差一位", "The numbers differ by one digit"),
    Reason.SEVERAL_CANDIDATES: ("有多张可能对应，请选择", "Several invoices may be meant; choose one"),
    Reason.LINKED_BY_HAND: ("已人工对应", "Linked by hand"),
    Reason.DUPLICATE_IN_EXPORT: ("清单中重复出现", "The list has it more than once"),
    Reason.RED_PAIR: ("蓝字、红字合计为零", "The invoice and its red-letter one cancel out"),
    Reason.RED_OF_OURS: ("红冲了台账中的发票", "It takes back an invoice of the ledger"),
    Reason.ZEROS_RESTORED: ("号码前的零已补回", "Zeros in front of its number were restored"),
    Reason.NOT_RECEIVED: ("没有收到这张发票", "It was not received"),
    Reason.ENTRY_WITHDRAWN: ("登记已撤销", "Its entry was withdrawn"),
    Reason.DEAD_ON_LIST: ("已作废或红冲，无需补交", "Voided or taken back; nothing to collect"),
    Reason.NOT_ON_LIST: ("清单应有而没有", "The list should have it and does not"),
    Reason.OTHER_COMPANY: ("不是清单所属公司的发票", "It is not of the company that the list is of"),
    Reason.BUYER_UNKNOWN: ("票面没有购买方，不知属于哪家公司", "It names no buyer, so its company is not known"),
    Reason.KIND_NEVER_LISTED: ("此票种不在税务清单内", "Lists of the tax authority never hold this kind"),
    Reason.KIND_NOT_IN_EXPORT: ("所导出的清单不含此票种", "This list holds no invoices of its kind"),
    Reason.SOURCE_NOT_IN_EXPORT: ("所导出的清单不含此发票来源", "This list holds no invoices of its source"),
    Reason.TOO_FRESH: ("刚开具，清单尚未更新", "Issued too recently for the list"),
    Reason.OUTSIDE_COVERAGE: ("开票日期不在清单期间内", "Its day of issue is outside the days of the list"),
    Reason.ON_ANOTHER_LIST: ("在另一份清单上", "It is on another list"),
    Reason.ONLY_A_CHOICE: (
        "清单只含部分发票，不能说明缺失",
        "The list is a choice, so nothing follows from its absence",
    ),
}
#: What makes two rows of one number different.
DIFFERENCES = frozenset(
    {
        Reason.AMOUNT_DIFF, Reason.DATE_DIFF, Reason.BUYER_DIFF, Reason.SELLER_DIFF, Reason.KIND_DIFF,
        Reason.STATUS_DIFF,
    }
)  # fmt: skip
