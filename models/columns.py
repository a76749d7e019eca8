"""The columns that a list of the ledger may have: what they are called, and what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Content(StrEnum):
    """What a column holds; ``WORD`` is a code that is shown as a word in either language."""

    TEXT = "text"
    WORD = "word"
    AMOUNT = "amount"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heads in both languages, its content, and its width in characters."""

    zh: str
    en: str
    content: Content
    width: int


class BadColumn(ValueError):
    """There is no such column."""


COLUMNS: Mapping[str, Column] = {
    "invoice_number": Column("发票号码", "Number", Content.TEXT, 22),
    "invoice_code": Column("发票代码", "Code", Content.TEXT, 14),
    "kind": Column("票种", "Kind", Content.WORD, 24),
    "issue_date": Column("开票日期", "Issued", Content.DAY, 12),
    "seller_name": Column("销售方名称", "Seller", Content.TEXT, 32),
    "seller_tax_id": Column("销售方识别号", "Seller's tax id", Content.TEXT, 22),
    "buyer_name": Column("购买方名称", "Buyer", Content.TEXT, 32),
    "buyer_tax_id": Column("购买方识别号", "Buyer's tax id", Content.TEXT, 22),
    "items": Column("项目", "Items", Content.TEXT, 32),
    "amount_excl_tax": Column("金额", "Amount excl. tax", Content.AMOUNT, 14),
    "tax": Column("税额", "Tax", Content.AMOUNT, 14),
    "total": Column("价税合计", "Total", Content.AMOUNT, 14),
    "region": Column("开票地区", "Region", Content.WORD, 10),
    "verification": Column("查验", "Verification", Content.WORD, 14),
    "reconciliation": Column("对账", "Reconciliation", Content.WORD, 14),
    "booking": Column("记账", "Booking", Content.WORD, 14),
    "booked_as": Column("入账标识", "Booked as", Content.WORD, 20),
    "used_by": Column("报销单", "Claim", Content.TEXT, 20),
    "sender": Column("提交人", "Sender", Content.TEXT, 14),
    "department": Column("部门", "Department", Content.TEXT, 14),
    "registered_at": Column("入账时间", "Registered", Content.MOMENT, 20),
    "archived_at": Column("归档时间", "Archived", Content.MOMENT, 20),
    "id": Column("条目编号", "Entry", Content.TEXT, 36),
}
#: What a list has unless somebody chooses.
USUAL = tuple(name for name in COLUMNS if name not in ("booked_as", "archived_at", "id"))


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """The columns of a choice, each once and in its order; the usual ones of an empty choice.

    Raises:
        BadColumn: there is no column of a name.
    """
    wanted = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    unknown = [name for name in wanted if name not in COLUMNS]
    if unknown:
        raise BadColumn(unknown[0])
    return wanted or USUAL
