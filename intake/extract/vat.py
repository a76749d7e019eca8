"""The old VAT family: code and number, buyer above the table, seller below it (专票, 普票, paper and electronic)."""

from __future__ import annotations

import re

from intake.extract import heading
from intake.extract.draft import Draft
from intake.extract.figures import read_figures
from intake.extract.foot import read_cancelled, read_people, read_remark
from intake.extract.form import VAT_SUM, Form, titled
from intake.extract.frame import Frame
from intake.extract.parties import read_party
from intake.extract.table import read_items
from models.kinds import Kind

_CHAIN_CHECK_CODE = re.compile(r"校验码[::]?([0-9a-zA-Z]{5})(?![0-9a-zA-Z])")


def read_vat(frame: Frame, draft: Draft) -> None:
    """Read all fields of the page into the draft."""
    head = [line for line in frame.lines if line.y < frame.head_bottom]
    codes, numbers = heading.code_and_number(head)
    for code in codes:
        draft.add("invoice_code", code)
    for number in numbers:
        draft.add("invoice_number", number)
    dated = heading.issue_date(head)
    if dated:
        draft.add("issue_date", *dated)
    draft.add("check_code", heading.check_code(frame.lines))
    draft.add("machine_number", heading.machine_number(head))
    _read_parties(frame, draft)
    read_totals(frame, draft)
    draft.items = read_items(frame)
    _read_foot(frame, draft)


def read_digital_paper(frame: Frame, draft: Draft) -> None:
    """The same form with the 20 digits of a 数电票 on it: they are the number, that of the paper is an alias."""
    read_vat(frame, draft)
    if "invoice_number" in draft.readings:
        draft.readings["paper_number"] = draft.readings.pop("invoice_number")
    draft.add("invoice_number", heading.number20([line for line in frame.lines if line.y < frame.head_bottom]))


def read_blockchain(frame: Frame, draft: Draft) -> None:
    """The same form with five characters to check it by."""
    read_vat(frame, draft)
    draft.add("check_code", heading.check_code(frame.lines, _CHAIN_CHECK_CODE))


def read_totals(frame: Frame, draft: Draft) -> None:
    """Read 合计, 价税合计 and 大写 into the draft; a tax printed as *** is nought (免税/不征税)."""
    figures = read_figures(frame)
    draft.add_money("amount_excl_tax", figures.amount)
    if figures.tax_starred:
        draft.add("tax", figures.tax, "0.00")
    else:
        draft.add_money("tax", figures.tax)
    draft.add_money("total", figures.total)
    draft.add("total_in_words", figures.in_words)


#: Which sheet of the set it is, printed beside the form.
_COPY = re.compile(r"(记账联|存根联|抵扣联|发票联)")


def _middle(frame: Frame) -> float:
    """The x of the rule that separates the parties from 密码区 and 备注: it runs just left of the label 单价."""
    price = frame.columns.get("price")
    if price:
        return price.x0 - 0.2 * frame.height
    return frame.page.width * 0.55


def _read_parties(frame: Frame, draft: Draft) -> None:
    middle = _middle(frame)
    buyer = read_party(frame.area(0, frame.page.height * 0.01, middle, frame.head_bottom))
    draft.add("buyer_name", buyer.name)
    draft.add("buyer_tax_id", buyer.tax_id)
    seller = read_party(frame.area(0, frame.parties_bottom, middle, frame.page.height))
    draft.add("seller_name", seller.name)
    draft.add("seller_tax_id", seller.tax_id)


def _read_foot(frame: Frame, draft: Draft) -> None:
    copies = [piece for line in frame.lines for _, piece in line.match(_COPY)]
    if len(copies) == 1:
        draft.add("copy", copies[0])
    below = [line for line in frame.lines if line.y > frame.parties_bottom]
    draft.add("original_number", read_cancelled(below))
    for name, piece in read_people(below).items():
        draft.add(name, piece)
    people = [line.y for line in below if "开票人" in line.text or "收款人" in line.text]
    bottom = people[0] - 0.5 * frame.height if people else frame.page.height
    draft.add_text("remark", read_remark(frame, _middle(frame), bottom))


def _form(kind: Kind, *titles: str) -> Form:
    return Form(kind, titled(*titles), read_vat, (VAT_SUM,))


SPECIAL_ELECTRONIC = _form(Kind.VAT_SPECIAL_ELECTRONIC, r"增值税电子专用发票")
NORMAL_ELECTRONIC = _form(Kind.VAT_NORMAL_ELECTRONIC, r"增值税电子普通发票", r"增值税普通发票[(]电子")
SPECIAL_PAPER = _form(Kind.VAT_SPECIAL_PAPER, r"增值税专用发票")
NORMAL_PAPER = _form(Kind.VAT_NORMAL_PAPER, r"增值税普通发票")
DIGITAL_PAPER = (
    Form(Kind.DIGITAL_SPECIAL_PAPER, (), read_digital_paper, (VAT_SUM,)),
    Form(Kind.DIGITAL_NORMAL_PAPER, (), read_digital_paper, (VAT_SUM,)),
)
#: Its title is that of the electronic invoice; the code says that it is for tolls.
TOLL = _form(Kind.TOLL_ELECTRONIC, r"收费公路通行费增值税电子普通发票")
BLOCKCHAIN = Form(Kind.BLOCKCHAIN, titled(r"深圳电子普通发票", r"区块链"), read_blockchain, (VAT_SUM,))
