"""通用（电子）发票 and 通用机打发票: one amount in figures and in words, the parties by name and id."""

from __future__ import annotations

from intake.extract import heading
from intake.extract.draft import Draft
from intake.extract.form import Form, titled
from intake.extract.frame import Frame
from intake.extract.labels import WORDS, Label, read_labelled
from models.kinds import Kind

_ID = r"[0-9A-Z]{15,20}"
_LABELS = {
    "buyer_name": Label(r"(?:付款方|付款单位|购买方|购货方)(?:名称)?(?!纳税人|识别号|统一)"),
    "buyer_tax_id": Label(r"(?:付款方|购买方|购货方)(?:纳税人)?识别号", _ID),
    "seller_name": Label(r"(?:收款方|收款单位|销售方|销货方)(?:名称)?(?!纳税人|识别号|统一|[(]章)"),
    "seller_tax_id": Label(r"(?:收款方|销售方|销货方)(?:纳税人)?识别号", _ID),
    "total": Label(r"小写[)]?", r"[¥￥]?-?\d[\d,]*\.\d{2}"),
    "total_in_words": Label(r"(?:金额)?合计(?:金额)?(?:[(]?(?:人民币)?大写[)]?)?|大写[)]?", WORDS),
    "check_code": Label(r"校验码", r"\d{5,20}"),
    "drawer": Label(r"开票人", r"[^:\d]{2,10}"),
    "payee": Label(r"收款人", r"[^:\d]{2,10}"),
}


def read_general(frame: Frame, draft: Draft) -> None:
    """Read all fields of the form into the draft; an id without a party's name belongs to the line's own side."""
    heading.read_numbers(frame.lines, draft)
    if "issue_date" not in draft.readings and (dated := heading.issue_date(frame.lines)):
        draft.add("issue_date", *dated)
    read_labelled(frame.lines, draft, _LABELS, r"纳税人识别号|统一社会信用代码|[(]小写|[(]大写|备注|项目|单价|数量")


FORM = Form(Kind.LOCAL_E, titled(r"通用[(]?电子[)]?发票"), read_general)
MACHINE = Form(Kind.MACHINE, titled(r"通用机打发票"), read_general)
