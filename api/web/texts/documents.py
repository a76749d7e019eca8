"""Texts of a document's page."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "how_to_mend": ("怎么办", "What to do"),
    "field": ("项目", "Field"),
    "value": ("内容", "Value"),
    "proof": ("依据", "Proof"),
    "unproven": ("未核实", "unproven"),
    "lines": ("明细", "Lines"),
    "history": ("经过", "History"),
    "original": ("下载原件", "Download original"),
    "retry": ("重新识别", "Read again"),
    "confirm": ("核对无误，入账", "Confirm and register"),
    "refuse": ("退回", "Return"),
    "refuse_reason": ("退回原因", "Reason"),
    "contest": ("我认为没有问题，请人工复核", "It is right, ask a person"),
    "contest_words": ("一句话说明", "Why, in a sentence"),
    "no_picture": ("此文件没有版面图片。", "This file has no page picture."),
    "see_first": ("查看先前的文件", "See the earlier file"),
    "who_helps": ("谁能帮忙", "Who can help"),
    "resubmit": ("上传更正后的文件", "Send the mended file"),
    "mends": ("更正自", "Mends"),
    "mended_by": ("已由此文件更正", "Mended by"),
    "judged_by": ("规则版本", "Judged by"),
    "annotated": ("标注图", "Marked page"),
    "undo": ("撤销我的决定", "Undo my decision"),
    "held": ("{who} 正在处理这张发票。", "{who} is looking at this invoice."),
    "first_confirmed": (
        "{who} 已确认，金额超过限额，需要另一位同事确认。",
        "{who} has confirmed it; above the limit a second person must as well.",
    ),
    "waive": ("本次放行公司规则 {rule}", "Let the company's rule {rule} pass this once"),
    "add_words": ("补充说明", "What there is to add"),
    "which_rule": ("哪条规则不对", "Which rule is wrong"),
    "all_rules": ("全部", "all of them"),
    "second_person": (
        "您已确认过，需要另一位同事确认。",
        "You have confirmed it already; a second person must confirm it.",
    ),
    "cannot_undo": (
        "无法撤销：不是您的决定、已超过半小时，或已用于报销。",
        "It cannot be undone: not your decision, too long ago, or used by a claim.",
    ),
    "still_wrong": ("更正后仍不符合规则：{rules}", "Still against the rules: {rules}"),
    "outcome": ("结果", "Outcome"),
    "print": ("打印", "Print"),
    "ask": ("提问", "Ask"),
    "show_place": ("看位置", "Show the place"),
    "page_of": ("{name} 第 {n} 页", "{name}, page {n}"),
    "contest_send": ("提交异议", "Contest"),
    "decided_by": ("由 {who} 决定", "Decided by {who}"),
    "means_received": ("文件已安全收到，稍后开始识别。", "The file is safe with us and is read soon."),
    "means_queued": ("文件已安全收到，正在排队。", "The file is safe with us and waits for its turn."),
    "means_processing": ("正在识别和核对，通常只要几秒。", "It is being read and checked, which takes a few seconds."),
    "means_registered": (
        "已核对并记入台账，您无需再做什么。",
        "Checked and in the ledger; there is nothing left to do.",
    ),
    "means_in_review": (
        "还有内容没有得到证明，正在等同事核对；您也可以补交更清楚的文件。",
        "Something in it is not proven yet, and a colleague will look. A clearer file helps too.",
    ),
    "means_rejected": (
        "没有入账。按下面的提示更正后重新提交即可。",
        "It is not in the ledger. Mend it as told below and send it again.",
    ),
    "means_duplicate": (
        "这张发票之前已经收到，不会重复入账，您无需再做什么。",
        "It has arrived before and is not entered twice; there is nothing left to do.",
    ),
    "means_failed": (
        "是系统没有处理成功，不是您的文件有错；文件已保存。",
        "The service could not do its work; your file is not at fault, and it is kept.",
    ),
}
