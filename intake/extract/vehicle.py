"""机动车销售统一发票, digital and on paper: one vehicle, 不含税价 + 增值税税额 = 价税合计 (rule book §4.2)."""

from __future__ import annotations

import re

from intake.extract import heading
from intake.extract.draft import Draft
from intake.extract.form import VAT_SUM, Form, titled
from intake.extract.frame import Frame
from intake.extract.labels import WORDS, Label, read_labelled
from models.kinds import Kind

_FIGURE = r"[¥￥]?-?\d[\d,]*\.\d{2}"
VEHICLE = {
    "vehicle_type": Label(r"车辆类型"),
    "brand_model": Label(r"厂牌型号"),
    "vin": Label(r"车辆识别代号/?车架号码?|车架号/?车辆识别代码|车辆识别代[号码]", r"[0-9A-HJ-NPR-Z]{17}(?![0-9A-Z])"),
}
#: 开票日期 and the numbers stand in the head of every form of this family.
STOPS = (
    r"开票日期|发票代码|发票号码|机打代码|机打号码|税控码|进口证明书号|商检单号|主管税务|完税凭证|吨位|限乘人数|电话|账号|地址"
    r"|开户银行|身份证号码|组织机构代码|备注|小写|大写|合格证号|发动机号码"
)
_LABELS = {
    **VEHICLE,
    "origin": Label(r"产地"),
    "certificate_number": Label(r"合格证号", r"[0-9A-Z]{6,20}"),
    "engine_number": Label(r"发动机号码", r"[0-9A-Z*-]{4,20}"),
    "buyer_name": Label(r"购买方名称"),
    "seller_name": Label(r"销货单位名称|销售方名称|销售单位名称"),
    "total": Label(r"小写[)]?", _FIGURE),
    "total_in_words": Label(r"价税合计(?:[(]?大写[)]?)?", WORDS),
    "amount_excl_tax": Label(r"不含税价(?:[(]?小写[)]?)?", _FIGURE),
    "tax": Label(r"(?:增值税)?税额", _FIGURE),
    "tax_rate": Label(r"(?:增值税)?税率(?:或?/?征收率)?", r"\d{1,2}(?:\.\d)?%"),
    "machine_number": Label(r"机器编号", r"\d{12}"),
    "drawer": Label(r"开票人", r"[^:\d]{2,10}"),
}
_ID = Label(
    r"(?:统一社会信用代码/?)?(?:纳税人识别号)(?:/?统一社会信用代码)?(?:/?身份证明号码)?|身份证明号码",
    r"[0-9A-Z]{15,20}",
)


def read_vehicle(frame: Frame, draft: Draft) -> None:
    """Read all fields of the form into the draft."""
    heading.read_numbers(frame.lines, draft)
    read_labelled(frame.lines, draft, _LABELS, STOPS + r"|纳税人识别号|统一社会信用代码|身份证明号码|[(]|金额")
    read_ids(frame, draft, r"销货单位|销售方名称|销售单位|不含税价")


def read_ids(frame: Frame, draft: Draft, seller: str) -> None:
    """The tax ids: the first of the form is the buyer's, that below the seller's label is the seller's."""
    below = find_row(frame, seller)
    for name, lines in (
        ("buyer_tax_id", [line for line in frame.lines if below is None or line.y < below]),
        ("seller_tax_id", [line for line in frame.lines if below is not None and line.y >= below]),
    ):
        read_labelled(lines, draft, {name: _ID}, STOPS)


def find_row(frame: Frame, label: str) -> float | None:
    """The upper edge of the first line that carries a label."""
    return next((line.box.y0 for line in frame.lines if re.search(label, line.text)), None)


FORM = Form(Kind.DIGITAL_MOTOR_VEHICLE, titled(r"电子发票.{0,6}机动车"), read_vehicle, (VAT_SUM,))
PAPER = Form(Kind.MOTOR_VEHICLE, titled(r"机动车销售统一发票"), read_vehicle, (VAT_SUM,))
