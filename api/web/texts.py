"""Every text of the pages, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from api.web.texts_account import ACCOUNT

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
    "nav_rules": ("规则", "Rules"),
    "rules_intro": (
        "这里列出全部检查规则。退回的发票按提示即可更正；尚未检查的规则也如实列出。",
        "Every rule that there is. What is returned can be mended as it says; rules that are not checked are named so.",
    ),
    "rule": ("规则", "Rule"),
    "severity": ("后果", "Consequence"),
    "says": ("提示", "What it says"),
    "checked": ("何时检查", "Checked"),
    "source": ("依据", "Source"),
    "since_day": ("自", "since"),
    "record": ("退回 / 询问 / 异议 / 推翻", "returned / asked / contested / overturned"),
    "packs": ("公司规则包", "The company's packs"),
    "packs_none": (
        "尚未安装公司规则包：只检查法规和票面本身。安装方法见 docs/policy.md。",
        "No pack is installed: only the law and the invoice itself are checked. See docs/policy.md.",
    ),
    "holds": ("现行", "holds today"),
    "valid_from": ("生效日期", "Valid from"),
    "second_person": (
        "您已确认过，需要另一位同事确认。",
        "You have confirmed it already; a second person must confirm it.",
    ),
    "cannot_undo": (
        "无法撤销：不是您的决定、已超过半小时，或已用于报销。",
        "It cannot be undone: not your decision, too long ago, or used by a claim.",
    ),
    "still_wrong": ("更正后仍不符合规则：{rules}", "Still against the rules: {rules}"),
}


#: Ways of proof, kinds of reading and happenings, as people read them.
NAMES: Mapping[str, tuple[str, str]] = {
    "structured": ("文件内数据", "data in the file"),
    "text_layer": ("文件文字", "text of the file"),
    "ocr": ("文字识别", "recognised"),
    "qr": ("二维码", "QR code"),
    "derived": ("推算或人工", "derived or by a person"),
    "qr+print": ("二维码与票面一致", "QR code and print agree"),
    "tag+text": ("数据标签与文字一致", "tag and text agree"),
    "sum+words": ("合计成立且与大写一致", "the sum holds and the words agree"),
    "sum+qr": ("合计成立且与二维码一致", "the sum holds and the QR code agrees"),
    "sum+text": ("文件文字合计成立", "the sum of the file's text holds"),
    "figure+words": ("大小写一致", "figure and words agree"),
    "printed twice": ("票面两处一致", "printed twice alike"),
    "read twice": ("两次识别一致", "read twice alike"),
    "check character": ("校验位成立", "the check character holds"),
    "text+form": ("文件文字且格式相符", "text of the file, in due form"),
    "submitted": ("提交", "Submitted"),
    "entered": ("记入台账", "Entered"),
    "confirmed": ("人工确认", "Confirmed by a person"),
    "confirmed_first": ("第一人确认", "Confirmed by the first of two"),
    "refused": ("人工退回", "Returned by a person"),
    "contested": ("提出异议", "Contested"),
    "undone": ("撤销决定", "Decision undone"),
    "rejudged": ("按新规则包重新判断", "Judged again by a new pack"),
    "used": ("用于报销", "Used by a claim"),
    "policy": ("安装规则包", "Pack installed"),
    "reject": ("退回", "returned"),
    "review": ("人工核对", "a person decides"),
    "warn": ("提示", "shown"),
    "info": ("备注", "noted"),
}


def named(language: str) -> dict[str, str]:
    """The names in one language."""
    place = 1 if language == "en" else 0
    return {key: pair[place] for key, pair in NAMES.items()}


def words(language: str) -> dict[str, str]:
    """All texts in one language (``zh`` or ``en``)."""
    place = 1 if language == "en" else 0
    return {key: pair[place] for key, pair in {**TEXTS, **ACCOUNT}.items()}
