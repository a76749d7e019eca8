"""Texts of the first page."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "home_no_invoices": (
        "您的角色不查看发票；您能做的事在左侧菜单中。需要更多权限请联系管理员。",
        "Your role sees no invoices; what you can do is in the menu. Ask an administrator if you need more.",
    ),
    "home_needs": ("需要处理", "What needs you"),
    "home_review": ("{n} 张发票待复核", "{n} invoices wait for a review"),
    "home_review_go": ("开始复核", "Review them"),
    "home_calm": ("没有需要处理的事。", "Nothing needs you."),
    "home_alarms": ("入账后的提醒", "What became known after registration"),
    "home_more_alarms": ("还有更多提醒", "There are more"),
    "home_today": ("今天", "Today"),
    "home_received": ("收到文件", "Files received"),
    "home_registered": ("入账发票", "Invoices registered"),
    "home_waiting": ("等待识别", "Waiting to be read"),
    "home_oldest": ("最早等待", "Oldest waiting"),
    "home_missing": ("近三个月各地缺票", "Missing by region, last three months"),
    "home_missing_none": (
        "还没有导入税务局的发票清单，无法知道缺哪些发票。",
        "No list of the tax authority was loaded, so nobody can tell what is missing.",
    ),
    "home_missing_nothing": (
        "近三个月清单上的发票都已入账。",
        "Everything that the lists hold of the last three months is registered.",
    ),
    "home_region": ("地区", "Region"),
    "home_missing_count": ("缺", "Missing"),
    "home_listed": ("清单", "Listed"),
    "home_reasons": ("最常见的退回理由", "Why documents came back most often"),
    "home_reasons_none": ("近 30 天没有退回。", "Nothing was returned in 30 days."),
    "home_documents": ("文件数", "Documents"),
    "home_day": ("日期", "Day"),
    "home_table": ("查看数据", "Show the figures"),
    "home_by_day": ("近 30 天：入账与退回", "30 days: registered and returned"),
    "home_none_yet": (
        "近 30 天还没有入账或退回。把发票拖进来就开始了。",
        "Nothing was registered or returned in 30 days. Drop an invoice here to begin.",
    ),
    "home_good": ("入账", "Registered"),
    "home_bad": ("退回", "Returned"),
    "plot_days": ("近 30 天每天入账与退回的数量", "Registered and returned on each of the last 30 days"),
    "plot_days_said": (
        "共入账 {registered} 张，退回 {returned} 份。",
        "{registered} invoices registered, {returned} documents returned.",
    ),
}
