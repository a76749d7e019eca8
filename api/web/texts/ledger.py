"""Texts of the ledger, of its entries, and of the search."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "registered_at": ("入账时间", "Registered"),
    "search_hint": ("号码、名称、金额、日期、地区", "number, name, amount, day, region"),
    "since": ("开票日期从", "Issued from"),
    "until": ("到", "to"),
    "registered_since": ("入账日期从", "Registered from"),
    "region": ("地区", "Region"),
    "any": ("不限", "any"),
    "order": ("排序", "Order"),
    "order_NEWEST": ("最近入账在前", "Registered last first"),
    "order_OLDEST": ("最早入账在前", "Registered first first"),
    "order_LATEST_ISSUED": ("最近开票在前", "Issued last first"),
    "order_FIRST_ISSUED": ("最早开票在前", "Issued first first"),
    "order_LARGEST": ("金额从大到小", "Largest first"),
    "order_SMALLEST": ("金额从小到大", "Smallest first"),
    "more_filters": ("更多条件", "More filters"),
    "amount_hint": ("3280-3300 或 >5000", "3280-3300 or >5000"),
    "item": ("项目名称", "What was bought"),
    "clear_filters": ("清除条件", "Clear"),
    "life": ("查验、对账、记账", "Verified, reconciled, booked"),
    "verification": ("查验", "Verification"),
    "booking": ("记账", "Booking"),
    "entries": ("{n} 张发票", "{n} invoices"),
    "of_selection": ("（全部符合条件的）", "(the whole selection)"),
    "without_tax": ("金额", "Without tax"),
    "tax_sum": ("税额", "Tax"),
    "take_away": ("导出当前筛选结果", "Export what is selected"),
    "views": ("常用视图", "Saved views"),
    "view_name": ("把当前条件存为视图，名称", "Save these filters as a view named"),
    "keep_view": ("保存视图", "Save view"),
    "forget_views": ("管理视图", "Manage views"),
    "forget": ("删除", "Delete"),
    "bad_filter": (
        "条件“{name}”的内容“{value}”无法识别，写法如：{example}",
        "“{value}” is not understood for {name}; write it like {example}",
    ),
    "filter_amount": ("价税合计", "total"),
    "filter_since": ("开票日期从", "issued from"),
    "filter_until": ("开票日期到", "issued to"),
    "filter_kind": ("票种", "kind"),
    "filter_region": ("地区", "region"),
    "similar": ("相近的发票（不完全符合）", "Similar, not exactly what was asked for"),
    "ledger_none": ("台账里还没有发票", "There is no invoice in the ledger yet"),
    "ledger_none_hint": (
        "上传的发票通过核验后会出现在这里。",
        "Invoices appear here once they have been sent and checked.",
    ),
    "ledger_nothing": ("没有符合条件的发票", "No invoice fits"),
    "ledger_nothing_hint": (
        "请减少条件，或到“查票”看看它是否还在处理或已退回。",
        "Take a filter away, or ask “Where is it?” whether it is still being read or was returned.",
    ),
    "trace_intro": (
        "输入发票号码（或其中一段）、文件名、销售方名称或金额。",
        "Type a number or part of it, a file name, a seller or an amount.",
    ),
    "trace_empty": (
        "没有收到过符合条件的文件，请确认是否已上传。",
        "Nothing like it has arrived; make sure that it was sent.",
    ),
}
