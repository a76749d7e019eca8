"""What people send in place of an invoice, told by its own words (rule book §1: never forced into a kind)."""

from __future__ import annotations

import re

#: What it is (``models.terms.OTHERS``), and the pattern on the page's text without blanks that says so.
_OTHERS = {
    name: re.compile(pattern)
    for name, pattern in (
        ("payment", r"支付成功|交易成功|付款成功|转账成功|账单详情|当前状态支付|收单机构|商户单号"),
        ("itinerary", r"行程单|行程报销|行程起止日期"),
        ("title_card", r"开票信息|发票抬头|开票资料|抬头名称"),
        ("bank", r"对账单|银行回单|电子回单|业务回单"),
        ("customs", r"海关.{0,12}缴款书"),
        ("tax_payment", r"完税证明|税收缴款书"),
        ("receipt", r"收款收据|^收据|收据No|收条|借款单|报销单|送货单|出库单"),
        ("contract", r"合同编号|购销合同|甲方.*乙方|采购合同|服务合同"),
        ("goods_list", r"销货清单|销售货物或者?提供应税劳务.{0,6}清单"),
        ("order", r"订单编号.*(?:待收货|已完成|实付款)|订单详情"),
    )
}
_FOREIGN = re.compile(r"(?i)invoice|receipt|amountdue|billto")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def name_other(text: str) -> tuple[str, int, int] | None:
    """What a page that is no invoice calls itself, and from where to where in the text it says so; None if nowhere.

    The name is a key of ``models.terms.OTHERS``.
    """
    for name, pattern in _OTHERS.items():
        if found := pattern.search(text):
            return (name, *found.span())
    if len(_CHINESE.findall(text)) < 0.02 * len(text) and (found := _FOREIGN.search(text)):
        return ("foreign", *found.span())
    return None
