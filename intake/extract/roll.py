"""卷票: a narrow slip with the total alone, in figures and in words (rule book §1)."""

from __future__ import annotations

from intake.extract import heading
from intake.extract.draft import Draft
from intake.extract.form import Form, titled
from intake.extract.frame import Frame
from intake.extract.labels import WORDS, Label, find_value, read_labelled
from models.kinds import Kind

_FIGURE = r"[¥￥]?-?\d[\d,]*\.\d{2}"
_LABELS = {
    "seller_name": Label(r"销售方名称|收款单位"),
    "buyer_name": Label(r"购买方名称|付款单位"),
    "machine_number": Label(r"机器编号", r"\d{12}"),
    "total": Label(r"合计金额[(]?小写[)]?|小写[)]?", _FIGURE),
    "total_in_words": Label(r"合计金额[(]?大写[)]?|大写[)]?", WORDS),
    "check_code": Label(r"校验码", r"\d{20}"),
    "payee": Label(r"收款员|收款人", r"[^:\d]{2,10}"),
}
_STOPS = r"纳税人识别号|开票日期|机打号码|项目|单价|数量|金额|发票代码|发票号码"
_ID = Label(r"纳税人识别号|统一社会信用代码", r"[0-9A-Z]{15,20}")


def read_roll(frame: Frame, draft: Draft) -> None:
    """Read all fields of the slip into the draft; the id under each name is that party's."""
    codes, numbers = heading.code_and_number(frame.lines)
    for code in codes:
        draft.add("invoice_code", code)
    for number in numbers:
        draft.add("invoice_number", number)
    printed = find_value(frame.lines, Label(r"机打号码", r"\d{8}(?!\d)"), heading.NOTHING)
    draft.add("invoice_number", printed)
    dated = heading.issue_date(frame.lines)
    if dated:
        draft.add("issue_date", *dated)
    read_labelled(frame.lines, draft, _LABELS, _STOPS)
    for side, other in (("seller", "buyer"), ("buyer", "seller")):
        own, next_one = draft.readings.get(f"{side}_name"), draft.readings.get(f"{other}_name")
        if own and own[0].box:
            top = own[0].box.y0
            limit = next_one[0].box.y0 if next_one and next_one[0].box and next_one[0].box.y0 > top else None
            lines = [line for line in frame.lines if top <= line.y and (limit is None or line.y < limit)]
            read_labelled(lines[:4], draft, {f"{side}_tax_id": _ID}, _STOPS)


FORM = Form(Kind.VAT_ROLL, titled(r"增值税普通发票[(]卷"), read_roll)
