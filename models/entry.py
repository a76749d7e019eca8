"""The life of an entry of the ledger beside its registration. Source: rule book §9."""

from __future__ import annotations

from enum import StrEnum


class Verification(StrEnum):
    """What the tax authority says of an invoice when it is asked (查验), or lists of its state."""

    UNCHECKED = "unchecked"
    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    VOIDED = "voided"
    RED_PARTIAL = "red_partial"
    RED_FULL = "red_full"
    ABNORMAL = "abnormal"


class Reconciliation(StrEnum):
    """Where an entry stands against the tax authority's list."""

    UNSEEN = "unseen"
    MATCHED = "matched"
    DIFFERENT = "different"
    NOT_LISTED = "not_listed"


class Booking(StrEnum):
    """What accounting did with an entry."""

    OPEN = "open"
    BOOKED = "booked"
    REVOKED = "revoked"


VERIFICATION_WORDS: dict[Verification, tuple[str, str]] = {
    Verification.UNCHECKED: ("未查验", "Not verified"),
    Verification.MATCH: ("查验一致", "Verified"),
    Verification.MISMATCH: ("查验不一致", "Verified: differs"),
    Verification.NOT_FOUND: ("查无此票", "Not found by the tax authority"),
    Verification.VOIDED: ("已作废", "Voided"),
    Verification.RED_PARTIAL: ("部分红冲", "Partly red-flushed"),
    Verification.RED_FULL: ("全额红冲", "Red-flushed"),
    Verification.ABNORMAL: ("异常", "Abnormal"),
}
RECONCILIATION_WORDS: dict[Reconciliation, tuple[str, str]] = {
    Reconciliation.UNSEEN: ("未对账", "Not reconciled"),
    Reconciliation.MATCHED: ("对账一致", "Matched"),
    Reconciliation.DIFFERENT: ("对账有差异", "Differs"),
    Reconciliation.NOT_LISTED: ("清单中没有", "Not on the list"),
}
BOOKING_WORDS: dict[Booking, tuple[str, str]] = {
    Booking.OPEN: ("未记账", "Not booked"),
    Booking.BOOKED: ("已记账", "Booked"),
    Booking.REVOKED: ("已撤销记账", "Booking revoked"),
}
#: 入账标识 of the tax authority. Source: rule book §9.
BOOKING_MARKS: dict[str, tuple[str, str]] = {
    "02": ("企业所得税税前扣除", "Deducted before income tax"),
    "03": ("企业所得税不扣除", "Not deducted"),
    "04": ("经营所得税前扣除", "Deducted from business income"),
    "05": ("经营所得不扣除", "Not deducted from business income"),
    "06": ("撤销入账", "Booking revoked"),
}
REVOKE = "06"
#: What makes an entry worthless although it was right when it was registered.
DEAD = frozenset({Verification.VOIDED, Verification.RED_FULL})
#: What happens to an entry, as its events call it; of those with an outcome the outcome is told.
EVENT_WORDS: dict[str, tuple[str, str]] = {
    "entered": ("登记入账", "Entered"),
    "adopted": ("由旧版本迁入", "Taken over from an earlier version"),
    "joined": ("又收到同一发票的文件", "Another file of it arrived"),
    "withdrawn": ("撤回登记", "Withdrawn"),
    "used": ("用于报销", "Paid with a claim"),
    "archived": ("已归档", "Archived"),
    "linked": ("人工与清单对应", "Linked to the tax authority's list by hand"),
    "unlinked": ("撤销人工对应", "Link by hand taken back"),
    "rebuilt": ("按事件重建", "Built again from its events"),
    "held": ("冻结，不得删除", "Held: not to be deleted"),
    "released": ("解除冻结", "Hold lifted"),
}
