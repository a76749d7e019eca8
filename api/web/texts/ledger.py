"""Texts of the ledger and of the search."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "registered_at": ("入账时间", "Registered"),
    "search_hint": ("号码、名称、金额", "number, name, amount"),
    "since": ("开票日期从", "From"),
    "until": ("到", "To"),
    "entries": ("{n} 张发票", "{n} invoices"),
    "sums": (
        "价税合计 {total:,.2f} · 金额 {amount:,.2f} · 税额 {tax:,.2f}",
        "total {total:,.2f} · without tax {amount:,.2f} · tax {tax:,.2f}",
    ),
    "similar": ("下面是相近的发票，并不完全符合：", "These are similar, not what was asked for:"),
    "ledger_empty": ("台账里还没有符合条件的发票。", "No invoice in the ledger fits."),
    "trace_intro": (
        "输入发票号码（或其中一段）、文件名、销售方名称或金额。",
        "Type a number or part of it, a file name, a seller or an amount.",
    ),
    "trace_empty": (
        "没有收到过符合条件的文件，请确认是否已上传。",
        "Nothing like it has arrived; make sure that it was sent.",
    ),
}
