"""Texts of the regions."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "regions_lead": (
        "按开票地区看：税务清单上有多少、已收到多少、还差哪里的。",
        "By region of issue: how many the tax authority lists, how many are here, and where some are missing.",
    ),
    "last_three_months": ("近三个月", "Last three months"),
    "this_month": ("本月", "This month"),
    "last_month": ("上月", "Last month"),
    "this_year": ("今年", "This year"),
    "region_listed": ("税务清单", "Listed"),
    "region_here": ("已入账", "Registered"),
    "region_waiting": ("待复核", "Waiting"),
    "region_refused": ("已退回", "Returned"),
    "region_missing": ("清单有、未入账", "Listed, not here"),
    "bar": ("比例图", "Bar"),
    "regions_rest": ("另有 {n} 个地区没有发票", "{n} more regions have none"),
    "regions_none": ("这段时间没有发票", "There is no invoice of these days"),
    "regions_none_hint": ("请换一个期间，或先上传发票、清单。", "Choose other days, or send invoices or load a list."),
}
