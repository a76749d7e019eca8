"""Terms of the field in both languages, named in findings as ``@group.key`` so that either can be spoken."""

from __future__ import annotations

import re
from collections.abc import Mapping

from models.fields import FIELD_LABELS
from models.kinds import KIND_INFO
from models.regions import REGIONS

Words = tuple[str, str]
_NAMED = re.compile(r"@([a-z]+)\.(\w+)")
_PAGE: Mapping[str, Words] = {"print": ("票面文字", "the print"), "page": ("票面", "the page")}
_SIDES: Mapping[str, Words] = {"buyer": ("购买方", "buyer"), "seller": ("销售方", "seller")}
_EDGES: Mapping[str, Words] = {
    "left": ("左", "left"),
    "right": ("右", "right"),
    "top": ("上", "top"),
    "bottom": ("下", "bottom"),
}
#: What people send in place of an invoice.
OTHERS: Mapping[str, Words] = {
    "payment": ("支付截图", "a payment screenshot"),
    "itinerary": ("行程单", "an itinerary"),
    "title_card": ("开票信息", "a company's invoice details"),
    "bank": ("银行单据", "a bank document"),
    "customs": ("海关缴款书", "a customs payment book"),
    "tax_payment": ("完税证明", "a tax payment certificate"),
    "receipt": ("收据或内部单据", "a receipt or an internal slip"),
    "contract": ("合同", "a contract"),
    "goods_list": ("销货清单", "a list of goods"),
    "order": ("订单截图", "an order screenshot"),
    "foreign": ("境外发票", "a foreign invoice"),
    "blank": ("空白页", "a blank page"),
    "something": ("其他单据", "some other document"),
}
#: What is said of lists of the tax authority.
_SHEETS: Mapping[str, Words] = {
    "password": ("文件设有密码", "it asks for a password"),
    "damaged": ("文件已损坏", "the file is damaged"),
    "other": ("不是表格文件", "it is no spreadsheet"),
    "rows": ("行", "rows"),
    "columns": ("列", "columns"),
    "kind": ("票种", "Kind"),
}
_GROUPS: Mapping[str, Mapping[str, Words]] = {
    "field": FIELD_LABELS,
    "kind": {kind.value: (info.zh, info.en) for kind, info in KIND_INFO.items()},
    "region": {region.code4: (region.zh, region.en) for region in REGIONS},
    "page": _PAGE,
    "side": _SIDES,
    "edge": _EDGES,
    "other": OTHERS,
    "sheet": _SHEETS,
}


def spoken(text: str, *, english: bool) -> str:
    """A text with the terms that it names said in one language; a term that is not known stays as it is."""

    def say(found: re.Match[str]) -> str:
        words = _GROUPS.get(found[1], {}).get(found[2])
        return words[english] if words else found[0]

    return _NAMED.sub(say, text)
