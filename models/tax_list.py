"""Lists of invoices as the tax authority exports them, and what their words mean. Source: rule book §8."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from models.entry import Verification
from models.kinds import Kind


class Form(StrEnum):
    """Which export a list is."""

    FULL_QUERY = "full_query"
    DEDUCTION_TEMPLATE = "deduction_template"
    DEDUCTION_RESULT = "deduction_result"
    IMPORT_LIST = "import_list"


class Direction(StrEnum):
    """Whether a list holds what we got (取得) or what we issued (开具)."""

    RECEIVED = "received"
    ISSUED = "issued"


FORM_WORDS: Mapping[Form, tuple[str, str]] = {
    Form.FULL_QUERY: ("全量发票查询导出", "export of the full query"),
    Form.DEDUCTION_TEMPLATE: ("抵扣勾选清单", "list for the choice of deductions"),
    Form.DEDUCTION_RESULT: ("已勾选清单", "list of chosen deductions"),
    Form.IMPORT_LIST: ("导入清单", "list for import"),
}
DIRECTION_WORDS: Mapping[Direction, tuple[str, str]] = {
    Direction.RECEIVED: ("取得发票", "received"),
    Direction.ISSUED: ("开具发票", "issued"),
}
#: Only the full query holds every invoice of its days; that one is missing from a choice proves nothing.
COMPLETE = frozenset({Form.FULL_QUERY})
#: Never on a list of the tax authority although they are legal. Source: rule book §8.
NEVER_LISTED = frozenset(
    {
        Kind.FISCAL_BILL, Kind.QUOTA, Kind.TAXI, Kind.BUS, Kind.TOLL_RECEIPT, Kind.AIR_ITINERARY_PAPER,
        Kind.RAIL_PAPER, Kind.BLOCKCHAIN, Kind.LOCAL_E, Kind.MACHINE, Kind.NOT_INVOICE, Kind.UNKNOWN,
    }
)  # fmt: skip
#: 发票来源: the platform of 20-digit numbers, and the system of code and number.
PLATFORM, SYSTEM = "电子发票服务平台", "增值税发票管理系统"
#: 发票票种, as ``plain`` writes them.
_KINDS: Mapping[str, frozenset[Kind]] = {
    "数电发票(增值税专用发票)": frozenset({Kind.DIGITAL_SPECIAL}),
    "数电发票(普通发票)": frozenset({Kind.DIGITAL_NORMAL}),
    "数电发票(铁路电子客票)": frozenset({Kind.DIGITAL_RAIL}),
    "铁路电子客票": frozenset({Kind.DIGITAL_RAIL}),
    "数电发票(航空运输电子客票行程单)": frozenset({Kind.DIGITAL_AIR}),
    "航空运输电子客票行程单": frozenset({Kind.DIGITAL_AIR}),
    "数电发票(机动车销售统一发票)": frozenset({Kind.DIGITAL_MOTOR_VEHICLE}),
    "数电发票(二手车销售统一发票)": frozenset({Kind.DIGITAL_USED_CAR}),
    "数电纸质发票(增值税专用发票)": frozenset({Kind.DIGITAL_SPECIAL_PAPER}),
    "数电纸质发票(普通发票)": frozenset({Kind.DIGITAL_NORMAL_PAPER}),
    "增值税专用发票": frozenset({Kind.VAT_SPECIAL_PAPER}),
    "增值税普通发票": frozenset({Kind.VAT_NORMAL_PAPER}),
    "增值税电子普通发票": frozenset({Kind.VAT_NORMAL_ELECTRONIC, Kind.TOLL_ELECTRONIC}),
    "增值税电子专用发票": frozenset({Kind.VAT_SPECIAL_ELECTRONIC}),
    "增值税普通发票(卷票)": frozenset({Kind.VAT_ROLL}),
    "道路通行费电子普通发票": frozenset({Kind.TOLL_ELECTRONIC}),
    "机动车销售统一发票": frozenset({Kind.MOTOR_VEHICLE, Kind.DIGITAL_MOTOR_VEHICLE}),
    "二手车销售统一发票": frozenset({Kind.USED_CAR, Kind.DIGITAL_USED_CAR}),
}
_OLDER_WORDS = (("全电", "数电"), ("(卷式)", "(卷票)"), ("(数电)", ""), ("数电票(", "数电发票("))
#: 发票状态 in words, and as the numbers of the platform's own dictionaries. Source: rule book §7.
_STATES: Mapping[str, Verification] = {
    "2": Verification.VOIDED,
    "3": Verification.RED_FULL,
    "7": Verification.RED_PARTIAL,
    "8": Verification.RED_FULL,
}
_RISKY = re.compile("异常|失控|疑点")


@dataclass(frozen=True, slots=True)
class ListedInvoice:
    """One invoice as one list tells it.

    ``line`` is the row of the sheet, as a spreadsheet counts. ``key`` is that of the ledger: the 20-digit number, or
    code and number. ``kind``, ``status``, ``source`` and ``risk`` are as written. Money is whole cents; a red-letter
    invoice is negative however the list writes it. ``cancels``: the key of the invoice that a red-letter one takes
    back. ``notes``: what was mended in it. ``extra``: every other column.
    """

    line: int
    key: str
    invoice_number: str
    invoice_code: str | None = None
    kind: str | None = None
    issue_date: str | None = None
    seller_name: str | None = None
    seller_tax_id: str | None = None
    buyer_name: str | None = None
    buyer_tax_id: str | None = None
    amount_cents: int | None = None
    tax_cents: int | None = None
    total_cents: int | None = None
    status: str | None = None
    source: str | None = None
    risk: str | None = None
    cancels: str | None = None
    notes: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that could not be taken, the rule that says why, and what the sentence of the rule needs."""

    sheet: str
    line: int
    rule: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListSummary:
    """What a list holds: its form, its days of issue (None where no row has one), and who is on it how often."""

    form: Form
    rows: int
    refused: tuple[RefusedRow, ...]
    first_day: str | None
    last_day: str | None
    sources: tuple[str, ...]
    kinds: tuple[str, ...]
    buyers: Mapping[str, int]
    sellers: Mapping[str, int]


def plain(text: str) -> str:
    """A word of a list without what varies: full and half width, spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@functools.lru_cache(maxsize=1000)
def kinds_named(text: str | None) -> frozenset[Kind]:
    """The kinds that a 发票票种 stands for; empty when the word is not known, as then nothing can be compared."""
    word = plain(text or "")
    for older, newer in _OLDER_WORDS:
        word = word.replace(older, newer)
    return _KINDS.get(word, frozenset())


def source_of(number: str) -> str:
    """The 发票来源 that an invoice with this number comes from."""
    return PLATFORM if len(number) == 20 else SYSTEM


@functools.lru_cache(maxsize=1000)
def standing(status: str | None, risk: str | None) -> Verification | None:
    """What 发票状态 and 发票风险等级 say against an invoice; None when nothing."""
    word = plain(status or "")
    if word in _STATES:
        return _STATES[word]
    if "作废" in word:
        return Verification.VOIDED
    if "红冲" in word or "冲红" in word:
        return Verification.RED_PARTIAL if "部分" in word else Verification.RED_FULL
    return Verification.ABNORMAL if _RISKY.search(word) or _RISKY.search(plain(risk or "")) else None
