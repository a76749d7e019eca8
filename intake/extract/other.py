"""What people send in place of an invoice, told by its own words (rule book §1: never forced into a kind)."""

from __future__ import annotations

import re

#: (pattern on the page's text without blanks, what it is in Chinese, in English).
_OTHERS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), zh, en)
    for pattern, zh, en in (
        (
            r"支付成功|交易成功|付款成功|转账成功|账单详情|当前状态支付|收单机构|商户单号",
            "支付截图",
            "payment screenshot",
        ),
        (r"行程单|行程报销|行程起止日期", "行程单", "itinerary"),
        (r"开票信息|发票抬头|开票资料|抬头名称", "开票信息", "title card"),
        (r"对账单|银行回单|电子回单|业务回单", "银行单据", "bank document"),
        (r"海关.{0,12}缴款书", "海关缴款书", "customs payment book"),
        (r"完税证明|税收缴款书", "完税证明", "tax payment certificate"),
        (r"收款收据|^收据|收据No|收条|借款单|报销单|送货单|出库单", "收据或内部单据", "receipt or internal slip"),
        (r"合同编号|购销合同|甲方.*乙方|采购合同|服务合同", "合同", "contract"),
        (r"销货清单|销售货物或者?提供应税劳务.{0,6}清单", "销货清单", "list of goods"),
        (r"订单编号.*(?:待收货|已完成|实付款)|订单详情", "订单截图", "order screenshot"),
    )
)
_FOREIGN = re.compile(r"(?i)invoice|receipt|amountdue|billto")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def name_other(text: str) -> tuple[str, str] | None:
    """What a page that is no invoice calls itself, in Chinese and English; None when it does not say."""
    for pattern, zh, en in _OTHERS:
        if pattern.search(text):
            return zh, en
    if _FOREIGN.search(text) and len(_CHINESE.findall(text)) < 0.02 * len(text):
        return "境外发票", "foreign invoice"
    return None
