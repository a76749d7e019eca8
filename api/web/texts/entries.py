"""Texts of the page of an entry."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "facts": ("票面信息", "What it says"),
    "code": ("发票代码", "Code"),
    "carriers": ("原件", "Files of it"),
    "no_carrier": ("没有可显示的文件。", "No file can be shown."),
    "life_cycle": ("后续办理", "What becomes of it"),
    "handoff_line": ("到{where}查验，粘贴这一行", "Verify at {where}; paste this line"),
    "copy_line": ("复制", "Copy"),
    "note_check": ("登记一次查验", "Count one question"),
    "checks_left": ("今天还可查验 {n} 次（每天 {of} 次）。", "{n} of {of} questions are left today."),
    "check_after": ("最早查验时间：", "Not before"),
    "check_closed": ("已超过可查验年限。", "It is too old to be verified."),
    "handoff_missing": ("票面信息不全，无法生成查验信息。", "Too little was read of it to verify it."),
    "tax_said": ("查验结果", "What the tax authority said"),
    "save": ("保存", "Save"),
    "booking_mark": ("入账标识", "Mark of the booking"),
    "book": ("记账", "Book"),
    "revoke_booking": ("撤销记账", "Revoke the booking"),
    "dead_not_booked": ("已作废或全额红冲，不能记账。", "Voided or red-flushed: it cannot be booked."),
    "claim": ("报销", "Reimbursement"),
    "claim_used": ("已报销", "Paid"),
    "claim_free": ("未报销", "Not paid"),
    "claim_number": ("报销单号", "Number of the claim"),
    "claim_once": ("每张发票只能报销一次，保存后不能改。", "Once only; it cannot be changed afterwards."),
    "reconciled_by_list": ("由税务清单对账得出。", "Comes from the tax authority's lists."),
    "archive": ("归档", "Archive"),
    "note_archive": ("登记归档", "Note as archived"),
    "happened": ("经过", "What happened"),
    "entry_withdrawn": (
        "这张发票的登记已撤回，不能再办理。",
        "Its registration was withdrawn; nothing can be done with it.",
    ),
    "entry_dead": ("税务状态：{state}。请勿记账或报销。", "The tax authority says: {state}. Do not book or pay it."),
    "did_verified": ("已保存查验结果。", "What the tax authority said is noted."),
    "did_checked": ("已登记一次查验。", "One question is counted."),
    "did_booked": ("已记账。", "Booked."),
    "did_revoked": ("已撤销记账。", "The booking is revoked."),
    "did_archived": ("已登记归档。", "Noted as archived."),
    "did_used": ("已登记报销单。", "The claim is noted."),
}
