"""One row of a list -> the invoice that it tells of, or the rule that refuses it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from intake.tax_list.cells import BadCell, Cell, Rounded, cents_of, day_of, digits_of, text_of
from intake.tax_list.header import Header
from models.tax_id import normal as normal_tax_id
from models.tax_list import ListedInvoice, plain

#: Digits of a number before there were 20 of them, and of codes. Source: rule book §2.
_OLD_NUMBER, _CODES = 8, (10, 12)
#: What a red-letter invoice says of the one that it takes back. Source: rule book §4.6.
_CANCELS = re.compile(
    r"被红冲蓝字数电(?:发)?票号码:?(?P<digital>\d{20})(?!\d)|对应正数发票代码:?(?P<code>\d{10,12})号码:?(?P<number>\d{8})(?!\d)"
)
_SUMS = frozenset({"合计", "总计", "小计"})
ZEROS_RESTORED = "ZEROS_RESTORED"
_NUMBER_COLUMNS = ("digital_number", "invoice_code", "invoice_number")
#: Known columns that have no place of their own in a row.
_KEPT = ("positive", "remark", "chosen", "deductible_tax")
_TEXTS = frozenset(
    {*_KEPT, "kind", "seller_name", "seller_tax_id", "buyer_name", "buyer_tax_id", "status", "source", "risk"}
)


class BadRow(ValueError):
    """A row that cannot be taken; ``key`` is its invoice where that much is known."""

    def __init__(self, rule: str, params: Mapping[str, str], key: str | None = None) -> None:
        super().__init__(rule)
        self.rule, self.params, self.key = rule, dict(params), key


def listed(row: Sequence[Cell], line: int, header: Header, sheet: str = "") -> ListedInvoice | None:
    """The invoice of a row; None for a blank row, a row of sums, or an instruction.

    ``sheet`` is noted where it is not the main one.

    Raises:
        BadRow: it tells of an invoice but its number, day or money cannot be read without doubt.
    """
    cells = {name: row[place] for name, place in header.columns.items() if place < len(row)}
    if _tells_of_nothing(row, cells):
        return None
    key, code, number, notes = _identity(cells, line)
    try:
        day = day_of(cells.get("issue_date"))
        money = {name: cents_of(cells.get(name)) for name in ("amount", "tax", "total")}
    except BadCell as trouble:
        raise BadRow("REC-ROW", {"row": str(line), "value": str(trouble)}, key) from trouble
    texts = {name: text_of(cells[name]) for name in _TEXTS & cells.keys()}
    return ListedInvoice(
        line=line, key=key, invoice_number=number, invoice_code=code, issue_date=day,
        kind=_cut(texts.get("kind"), 60) or (sheet[:60] or None),
        seller_name=_cut(texts.get("seller_name"), 400), seller_tax_id=_tax_id(texts.get("seller_tax_id")),
        buyer_name=_cut(texts.get("buyer_name"), 400), buyer_tax_id=_tax_id(texts.get("buyer_tax_id")),
        amount_cents=money["amount"], tax_cents=money["tax"], total_cents=money["total"],
        status=_cut(texts.get("status"), 40), source=_cut(texts.get("source"), 40), risk=_cut(texts.get("risk"), 40),
        cancels=_cancelled(texts.get("remark", "")), notes=notes, extra=_extra(row, texts, header, sheet),
    )  # fmt: skip


def settled(invoice: ListedInvoice) -> ListedInvoice:
    """The invoice with the total that a list without one leaves to be summed, and with the sign of a red-letter one."""
    total = invoice.total_cents
    if total is None and invoice.amount_cents is not None and invoice.tax_cents is not None:
        total = invoice.amount_cents + invoice.tax_cents
    red = invoice.extra.get("positive") == "否" and (total or invoice.amount_cents or 0) > 0
    sign = -1 if red else 1
    return replace(
        invoice,
        amount_cents=_times(sign, invoice.amount_cents),
        tax_cents=_times(sign, invoice.tax_cents),
        total_cents=_times(sign, total),
    )


def _tells_of_nothing(row: Sequence[Cell], cells: Mapping[str, Cell]) -> bool:
    if any(text_of(cells.get(name)) for name in _NUMBER_COLUMNS):
        return False
    said = [text for text in map(text_of, row) if text]
    return len(said) < 3 or any(plain(text).rstrip(":") in _SUMS for text in said)


def _identity(cells: Mapping[str, Cell], line: int) -> tuple[str, str | None, str, tuple[str, ...]]:
    """The key, code and number of a row, and what had to be mended."""
    try:
        digital, code, number = (digits_of(cells.get(name)) for name in _NUMBER_COLUMNS)
    except Rounded as trouble:
        raise BadRow("REC-NUMBER-ROUNDED", {"row": str(line), "value": str(trouble)}) from trouble
    except BadCell as trouble:
        raise BadRow("REC-ROW", {"row": str(line), "value": str(trouble)}) from trouble
    if len(digital) == 20 or (not digital and len(number) == 20):
        # The paper of a 数电纸质发票 has a code; the 20 digits are its identity all the same.
        twenty = digital or number
        return twenty, code if len(code) in _CODES else None, twenty, ()
    restored_code, restored = _with_zeros(code, number) if number and not digital else ("", "")
    if not restored:
        value = digital or " ".join(part for part in (code, number) if part) or "–"
        raise BadRow("REC-ROW", {"row": str(line), "value": value})
    notes = (ZEROS_RESTORED,) if (restored_code, restored) != (code, number) else ()
    return f"{restored_code}|{restored}", restored_code, restored, notes


def _with_zeros(code: str, number: str) -> tuple[str, str]:
    """Code and number with the zeros in front that a spreadsheet dropped; ("", "") where that would be guessing.

    Codes of 12 digits begin with one zero; codes of 10 digits never do.
    """
    code = f"0{code}" if len(code) == 11 else code
    if len(code) not in _CODES or len(number) > _OLD_NUMBER:
        return "", ""
    return code, number.zfill(_OLD_NUMBER)


def _cancelled(remark: str) -> str | None:
    found = _CANCELS.search(plain(remark))
    if not found:
        return None
    return found["digital"] or f"{found['code']}|{found['number']}"


def _extra(row: Sequence[Cell], texts: Mapping[str, str], header: Header, sheet: str) -> dict[str, str]:
    """Columns without a home of their own: unknown ones as they are called, known ones by our name."""
    kept = {name: texts[name] for name in _KEPT if texts.get(name)}
    for place, name in header.others.items():
        said = text_of(row[place]) if place < len(row) else ""
        if said:
            kept.setdefault(name, said)
    return {**kept, "sheet": sheet} if sheet else kept


def _tax_id(text: str | None) -> str | None:
    return _cut(normal_tax_id(text or ""), 30)


def _cut(text: str | None, length: int) -> str | None:
    return (text or "")[:length] or None


def _times(sign: int, cents: int | None) -> int | None:
    return None if cents is None else sign * cents
