"""Which kind of invoice a page shows: the printed title decides, then the invoice code, then the QR code.

Source: rule book §1. No kind is ever guessed: without one of these the kind is ``UNKNOWN`` and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from models.kinds import Kind

_TITLES: tuple[tuple[re.Pattern[str], Kind], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"电子发票[(]?铁路电子客票", Kind.DIGITAL_RAIL),
        (r"电子发票[(]?航空运输", Kind.DIGITAL_AIR),
        (r"电子发票[(]?机动车", Kind.DIGITAL_MOTOR_VEHICLE),
        (r"电子发票[(]?二手车", Kind.DIGITAL_USED_CAR),
        (r"电子发票.{0,3}增值税专用发票", Kind.DIGITAL_SPECIAL),
        (r"电子发票.{0,3}普通发票", Kind.DIGITAL_NORMAL),
        (r"增值税电子专用发票", Kind.VAT_SPECIAL_ELECTRONIC),
        (r"增值税电子普通发票|增值税普通发票[(]电子", Kind.VAT_NORMAL_ELECTRONIC),
        (r"增值税普通发票[(]卷票", Kind.VAT_ROLL),
        (r"增值税专用发票", Kind.VAT_SPECIAL_PAPER),
        (r"增值税普通发票", Kind.VAT_NORMAL_PAPER),
        (r"机动车销售统一发票", Kind.MOTOR_VEHICLE),
        (r"二手车销售统一发票", Kind.USED_CAR),
        (r"深圳电子普通发票|区块链", Kind.BLOCKCHAIN),
        (r"航空运输电子客票行程单", Kind.AIR_ITINERARY_PAPER),
        (r"财政票据|非税收入|医疗.{0,6}收费票据|收费票据[(]电子", Kind.FISCAL_BILL),
        (r"出租汽车|出租车|的士", Kind.TAXI),
        (r"定额发票", Kind.QUOTA),
        (r"客运.{0,6}发票|汽车客票|公路客运", Kind.BUS),
        (r"通行费.{0,4}发票|过路|过桥", Kind.TOLL_RECEIPT),
        (r"仅供报销使用|检票.*[GDCZTK]\d{1,4}|限乘当日当次车", Kind.RAIL_PAPER),
        (r"通用机打发票", Kind.MACHINE),
        (r"通用[(]?电子[)]?发票", Kind.LOCAL_E),
    )
)
_PAPER_OF_CODE = {Kind.VAT_SPECIAL_PAPER, Kind.VAT_NORMAL_PAPER}
_DIGITAL_OF_PAPER = {
    Kind.VAT_SPECIAL_PAPER: Kind.DIGITAL_SPECIAL,
    Kind.VAT_NORMAL_PAPER: Kind.DIGITAL_NORMAL,
}
_DIGITAL_NUMBER = re.compile(r"发票号码:?\d{20}(?!\d)")
_CODE_LABEL = re.compile(r"发票代码")
_NOT_INVOICES = re.compile(r"行程单|支付成功|交易成功|账单详情|对账单|收款收据|销货清单")


def kind_of_title(text: str) -> Kind | None:
    """The kind that the printed title names; the text is that of the page without blanks, after NFKC."""
    return next((kind for pattern, kind in _TITLES if pattern.search(text)), None)


def is_something_else(text: str) -> bool:
    """Whether the page names itself as something that is no invoice (payment screenshot, statement, itinerary)."""
    return bool(_NOT_INVOICES.search(text))


def classify(text: str, code_kinds: Iterable[Kind | None], qr_kinds: Iterable[Kind | None]) -> Kind:
    """Decide the kind from the page's text, the kinds that its invoice codes say, and those of its QR codes."""
    title = kind_of_title(text)
    if title in _DIGITAL_OF_PAPER and _DIGITAL_NUMBER.search(text) and not _CODE_LABEL.search(text):
        # 电子发票 in large letters is easily lost beside a seal; a labelled number of 20 digits says it as well.
        return _DIGITAL_OF_PAPER[title]
    by_code = next((kind for kind in code_kinds if kind), None)
    if title in _PAPER_OF_CODE and by_code is Kind.VAT_NORMAL_ELECTRONIC:
        return by_code
    if title is Kind.VAT_NORMAL_ELECTRONIC and by_code is Kind.TOLL_ELECTRONIC:
        return by_code
    if title:
        return title
    return by_code or next((kind for kind in qr_kinds if kind), None) or Kind.UNKNOWN
