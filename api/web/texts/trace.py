"""Texts of the page where one asks for an invoice."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "trace_lead": (
        "输入您知道的：号码（一段也行）、销售方、金额、日期、地区或文件名。",
        "Type what you know: a number or part of it, a seller, an amount, a day, a region or a file name.",
    ),
    "trace_example": ("例如：北京 3280 上周", "For example: Beijing 3280 last week"),
    "trace_what": ("找哪张发票？", "Which invoice?"),
    "trace_ask": ("查找", "Ask"),
    "trace_nothing_asked": (
        "请输入号码、名称、金额、日期或地区。",
        "Give a number, a name, an amount, a day or a region.",
    ),
    "next_step": ("下一步", "Next step"),
    "who_can": ("可由谁处理", "Who can"),
    "next_check": ("自动复查", "Looked at again"),
    "evidence": ("依据", "Evidence"),
    "timeline": ("经过", "What happened"),
    "looked_at": ("查找范围", "Looked at"),
    "others_maybe": ("也可能是", "Or one of these"),
    "open_document": ("打开文件", "Open the file"),
    "send_it": ("上传这张发票", "Send it"),
}
