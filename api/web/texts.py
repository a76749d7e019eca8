"""Every text of the pages, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "name": ("收票", "Shoupiao"),
    "tagline": ("发票收件台", "invoice intake desk"),
    "nav_upload": ("上传", "Upload"),
    "nav_ledger": ("台账", "Ledger"),
    "nav_trace": ("发票在哪？", "Where is it?"),
    "other_language": ("English", "中文"),
    "drop": ("把发票拖到这里", "Drop invoices here"),
    "drop_hint": (
        "PDF、OFD、XML、ZIP 或照片，可一次多个，单个不超过 {limit} MB。有电子原件时请优先上传原件。",
        "PDF, OFD, XML, ZIP or photos, several at once, {limit} MB each. Best send the electronic original.",
    ),
    "choose": ("选择文件", "Choose files"),
    "camera": ("拍照", "Take a photo"),
    "send": ("上传", "Send"),
    "sender": ("上传人", "Your name"),
    "today": ("目前", "So far"),
    "batch": ("本次上传", "This upload"),
    "batch_keep": (
        "此页面地址可保存或转发，刷新后状态不丢。",
        "Keep or pass on this address; nothing is lost by reloading.",
    ),
    "file": ("文件", "File"),
    "state": ("状态", "State"),
    "number": ("发票号码", "Number"),
    "total": ("价税合计", "Total"),
    "reason": ("说明", "Reason"),
    "kind": ("票种", "Kind"),
    "date": ("开票日期", "Date"),
    "seller": ("销售方", "Seller"),
    "buyer": ("购买方", "Buyer"),
    "registered_at": ("入账时间", "Registered"),
    "by": ("提交人", "Sender"),
    "search": ("搜索", "Search"),
    "search_hint": ("号码、名称、金额", "number, name, amount"),
    "since": ("开票日期从", "From"),
    "until": ("到", "To"),
    "next": ("下一页", "Next page"),
    "entries": ("{n} 张发票", "{n} invoices"),
    "ledger_empty": ("台账里还没有符合条件的发票。", "No invoice in the ledger fits."),
    "trace_intro": (
        "输入发票号码（或其中一段）、文件名、销售方名称或金额。",
        "Type a number or part of it, a file name, a seller or an amount.",
    ),
    "trace_empty": (
        "没有收到过符合条件的文件，请确认是否已上传。",
        "Nothing like it has arrived; make sure that it was sent.",
    ),
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
    "waiting_hint": ("前面还有 {n} 份，正在处理……", "{n} before it, being worked on …"),
    "error": ("出错了", "Something went wrong"),
    "home": ("回到首页", "Back to the start"),
    "done_toast": (
        "{registered} 张已入账，{duplicate} 张重复，{needs} 张需要处理",
        "{registered} registered, {duplicate} duplicate, {needs} need attention",
    ),
    "still_wrong": ("更正后仍不符合规则：{rules}", "Still against the rules: {rules}"),
}


def words(language: str) -> dict[str, str]:
    """All texts in one language (``zh`` or ``en``)."""
    place = 1 if language == "en" else 0
    return {key: pair[place] for key, pair in TEXTS.items()}
