"""Slips of the road: 客运 tickets and 过路过桥 receipts. Code, number, a date and one figure."""

from __future__ import annotations

import re

from intake.extract import heading
from intake.extract.draft import Draft
from intake.extract.form import Form, titled
from intake.extract.frame import Frame
from intake.extract.labels import Label, read_labelled
from models.kinds import Kind

_NUMBERS = {
    "invoice_code": Label(r"(?:发票)?代码", r"(?:\d{12}|\d{10})(?!\d)"),
    "invoice_number": Label(r"(?:发票)?号码", r"\d{8}(?!\d)"),
}
_FIGURE = r"[¥￥]?\d[\d,]*(?:\.\d{1,2})?(?=元|$|[^\d.])"
_BUS = {
    "total": Label(r"票价|金额", _FIGURE),
    "travel_date": Label(r"乘车日期|日期", r"20\d\d.+"),
    "departure_station": Label(r"始发站|起点|上车站|出发站", r"[\u4e00-\u9fff]{2,12}"),
    "arrival_station": Label(r"到达站|终点|到站", r"[\u4e00-\u9fff]{2,12}"),
}
_ROUTE = re.compile(r"([\u4e00-\u9fff]{2,10}站?)(?:至|→|->|--|-|—)([\u4e00-\u9fff]{2,10}站?)")
_TOLL = {"total": Label(r"金额|通行费|收费", _FIGURE), "issue_date": Label(r"日期|时间", r"20\d\d.+")}


def read_bus(frame: Frame, draft: Draft) -> None:
    """Read all fields of a coach ticket into the draft."""
    read_labelled(frame.lines, draft, {**_NUMBERS, **_BUS}, r"车次|座号|检票口|身份证|姓名|开车时间|时间")
    for line in frame.lines:
        found = _ROUTE.search(line.text)
        if found and "departure_station" not in draft.readings:
            draft.add("departure_station", line.cut(*found.span(1)))
            draft.add("arrival_station", line.cut(*found.span(2)))


def read_toll_receipt(frame: Frame, draft: Draft) -> None:
    """Read all fields of a toll receipt into the draft."""
    read_labelled(frame.lines, draft, {**_NUMBERS, **_TOLL}, r"车型|入口|出口|收费员|工号|站")
    dated = heading.issue_date(frame.lines) if "issue_date" not in draft.readings else None
    if dated:
        draft.add("issue_date", *dated)


BUS = Form(Kind.BUS, titled(r"客运.{0,6}(?:发票|客票)|汽车客票|公路客运"), read_bus)
TOLL_RECEIPT = Form(Kind.TOLL_RECEIPT, titled(r"通行费.{0,4}发票|过路|过桥"), read_toll_receipt)
