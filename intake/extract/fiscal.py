"""财政电子票据 (非税, 医疗 …): a bill of the treasury, never a tax invoice (rule book §1)."""

from __future__ import annotations

from intake.extract import heading
from intake.extract.draft import Draft
from intake.extract.form import Form, titled
from intake.extract.frame import Frame
from intake.extract.labels import WORDS, Label, read_labelled
from models.kinds import Kind

_LABELS = {
    "invoice_code": Label(r"票据代码", r"(?:\d{10}|\d{8})(?!\d)"),
    "invoice_number": Label(r"票据号码", r"\d{10}(?!\d)"),
    "check_code": Label(r"校验码", r"[0-9A-Za-z]{6}(?![0-9A-Za-z])"),
    "issue_date": Label(r"开票日期", r"20\d\d.+"),
    "buyer_name": Label(r"交款人(?!统一)|缴款人(?!统一)|付款人"),
    "buyer_tax_id": Label(r"(?:交款人|缴款人)?统一社会信用代码", r"[0-9A-Z]{18}"),
    "total": Label(r"小写[)]?", r"[¥￥]?-?\d[\d,]*\.\d{2}"),
    "total_in_words": Label(r"(?:金额)?合计(?:[(]?大写[)]?)?", WORDS),
    "seller_name": Label(r"收款单位(?:[(]章[)])?|执收单位(?:名称)?"),
    "reviewer": Label(r"复核人?", r"[^:\d]{2,10}"),
    "payee": Label(r"收款人", r"[^:\d]{2,10}"),
}


def read_fiscal(frame: Frame, draft: Draft) -> None:
    """Read all fields of the bill into the draft."""
    read_labelled(frame.lines, draft, _LABELS, r"[(]小写|[(]大写|其他信息|备注|业务流水号|门诊号|性别")
    dated = heading.issue_date(frame.lines) if "issue_date" not in draft.readings else None
    if dated:
        draft.add("issue_date", *dated)


FORM = Form(
    Kind.FISCAL_BILL,
    titled(
        r"财政.{0,6}票据",
        r"非税收入",
        r"(?:医疗|门诊|住院).{0,10}收费票据",
        r"收费票据[(]电子",
    ),
    read_fiscal,
)
