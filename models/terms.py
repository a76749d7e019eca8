"""Terms of the field in both languages, named in findings as ``@group.key`` so that either can be spoken."""

from __future__ import annotations

import re
from collections.abc import Mapping

from models.fields import FIELD_LABELS
from models.kinds import KIND_INFO
from models.regions import REGIONS

Words = tuple[str, str]
_NAMED = re.compile(r"@([a-z]+)\.(\w+)")
_PAGE: Mapping[str, Words] = {
    "print": ("票面文字", "the print"),
    "page": ("票面", "the page"),
    "none": ("无", "none"),
    "unsaid": ("未注明", "not named"),
    "unknown": ("未知", "unknown"),
}
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
    "blank": ("没有可辨认文字的页面", "a page without any legible text"),
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
#: Why people return an invoice.
REFUSALS: Mapping[str, Words] = {
    "unreadable": ("看不清，请重拍或上传原件", "Cannot be read; take it again or send the original"),
    "not_ours": ("抬头或税号不是本公司，请开票方换开", "Not made out to us; ask the issuer to reissue it"),
    "wrong_figures": ("金额或内容与实际不符，请开票方换开", "Amount or content is wrong; ask the issuer to reissue it"),
    "altered": ("有涂改，请开票方换开", "Altered; ask the issuer to reissue it"),
    "duplicate": ("已经登记或报销过", "Registered or claimed before"),
    "not_invoice": ("不是发票，请上传对应的发票", "Not an invoice; send the invoice that belongs to it"),
    "private": ("与公务无关，不予报销", "Not a business expense"),
    "other": ("其他原因", "Another reason"),
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
    "refusal": REFUSALS,
    "someone": {
        "else": ("其他人", "somebody else"),
        "hidden": ("（无权查看）", "(hidden)"),
        "nameless": ("不公开", "not shown"),
    },
}


def spoken(text: str, *, english: bool) -> str:
    """A text with the terms that it names said in one language; a term that is not known stays as it is."""

    def say(found: re.Match[str]) -> str:
        words = _GROUPS.get(found[1], {}).get(found[2])
        if words is None:
            return found[0]
        return _within(words[1]) if english and found[1] in ("field", "refusal") else words[english]

    return _NAMED.sub(say, text if english else text.replace(", @", "、@"))


def _within(label: str) -> str:
    """A label as it stands within a sentence: small, unless it is an abbreviation."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label
