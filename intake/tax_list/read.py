"""A whole list: which sheets count, lines of one invoice summed, and what the list covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from intake.errors import UnreadableInput
from intake.tax_list.cells import Cell, text_of
from intake.tax_list.header import Header, find_header
from intake.tax_list.rows import BadRow, listed, settled
from intake.tax_list.sheets import Sheet, open_sheets
from models.tax_list import Form, ListedInvoice, ListSummary, RefusedRow, kinds_named

#: One row per invoice, and one per line of an invoice: the same invoices twice in one workbook.
BASE, LINES = "发票基础信息", "信息汇总表"
_LOOKED_AT = 2000
#: A list with more refused rows than this is refused whole.
MOST_REFUSED = 10_000


@dataclass(slots=True)
class ListReading:
    """A list being read: ask ``invoices`` for its invoices; ``summary`` is whole when they are at their end."""

    parts: list[tuple[Sheet, Header]]
    rows: int = 0
    refused: list[RefusedRow] = field(default_factory=list)
    days: set[str] = field(default_factory=set)
    sources: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    buyers: Counter[str] = field(default_factory=Counter)
    sellers: Counter[str] = field(default_factory=Counter)

    def invoices(self) -> Iterator[ListedInvoice]:
        """Every invoice of the list; those of a further sheet only where the sheets before do not have them.

        Raises:
            UnreadableInput: more rows than ``MOST_REFUSED`` had to be refused.
        """
        seen: set[str] = set()
        for place, (sheet, header) in enumerate(self.parts):
            further = place > 0
            for invoice in self._of_sheet(sheet, header, further=further):
                if further and invoice.key in seen:
                    continue
                if len(self.parts) > 1:
                    seen.add(invoice.key)
                self._note(invoice)
                yield invoice

    def summary(self) -> ListSummary:
        """What was read."""
        return ListSummary(
            _form(self.parts[0][1]), self.rows, tuple(self.refused),
            min(self.days, default=None), max(self.days, default=None),
            tuple(sorted(self.sources)), tuple(sorted(self.kinds)), dict(self.buyers), dict(self.sellers),
        )  # fmt: skip

    def _of_sheet(self, sheet: Sheet, header: Header, *, further: bool) -> Iterator[ListedInvoice]:
        if header.of_lines:
            yield from self._summed(sheet, header, further=further)
        else:
            yield from (settled(row) for row in self._taken(sheet, header, further=further) if row is not None)

    def _summed(self, sheet: Sheet, header: Header, *, further: bool) -> Iterator[ListedInvoice]:
        """Invoices of a sheet of lines; one of which a line is refused is refused whole, as its sum would be wrong."""
        sums: dict[str, ListedInvoice] = {}
        broken: set[str] = set()
        for line in self._taken(sheet, header, further=further, broken=broken):
            if line is not None:
                sums[line.key] = _added(sums[line.key], line) if line.key in sums else line
        yield from (settled(invoice) for key, invoice in sums.items() if key not in broken)

    def _taken(
        self, sheet: Sheet, header: Header, *, further: bool, broken: set[str] | None = None
    ) -> Iterator[ListedInvoice | None]:
        rounded = _lost_its_last_digits(sheet, header)
        named = sheet.name if further else ""
        for number, row in enumerate(sheet.rows(), 1):
            if number <= header.line:
                continue
            try:
                invoice = listed(row, number, header, named)
                if invoice and rounded and _is_rounded(invoice.invoice_number):
                    params = {"row": str(number), "value": invoice.invoice_number}
                    raise BadRow("REC-NUMBER-ROUNDED", params, invoice.key)
                yield invoice
            except BadRow as trouble:
                if broken is not None and trouble.key:
                    broken.add(trouble.key)
                self.refused.append(RefusedRow(sheet.name, number, trouble.rule, trouble.params))
                if len(self.refused) > MOST_REFUSED:
                    raise UnreadableInput(self.refused[0].rule, self.refused[0].params) from trouble

    def _note(self, invoice: ListedInvoice) -> None:
        self.rows += 1
        self.days.update(filter(None, [invoice.issue_date]))
        counters = (self.sources, invoice.source), (self.kinds, invoice.kind)
        parties = (self.buyers, invoice.buyer_tax_id), (self.sellers, invoice.seller_tax_id)
        for counter, value in (*counters, *parties):
            if value:
                counter[value] += 1


def open_list(path: Path) -> ListReading:
    """Open a list and find its sheets and columns.

    Raises:
        UnreadableInput: REC-FILE, REC-SIZE, or REC-HEADER where no sheet names number, day and figures.
    """
    headed = [(sheet, header) for sheet in open_sheets(path) if (header := find_header(sheet.rows()))]
    if not headed:
        raise UnreadableInput("REC-HEADER")
    main = min(headed, key=lambda part: _rank(*part))
    others = [part for part in headed if part is not main and part[0].name.strip() not in (BASE, LINES)]
    return ListReading([main, *others])


def _rank(sheet: Sheet, header: Header) -> int:
    name = sheet.name.strip()
    if name in (BASE, LINES):
        return 0 if name == BASE else 2
    return 3 if header.of_lines or kinds_named(name) else 1


def _form(header: Header) -> Form:
    if "是否勾选" in header.written:
        return Form.DEDUCTION_TEMPLATE
    if "chosen" in header.columns or "deductible_tax" in header.columns:
        return Form.DEDUCTION_RESULT
    told = {"kind", "source", "status", "buyer_tax_id"} & header.columns.keys()
    return Form.FULL_QUERY if told else Form.IMPORT_LIST


def _added(before: ListedInvoice, line: ListedInvoice) -> ListedInvoice:
    return replace(
        before,
        amount_cents=_plus(before.amount_cents, line.amount_cents),
        tax_cents=_plus(before.tax_cents, line.tax_cents),
        total_cents=_plus(before.total_cents, line.total_cents),
        notes=tuple(dict.fromkeys((*before.notes, *line.notes))),
    )


def _plus(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)


def _lost_its_last_digits(sheet: Sheet, header: Header) -> bool:
    """Whether numbers were rounded and then saved as text: most of them end in five zeros, which is chance in none."""
    columns = [header.columns[name] for name in ("digital_number", "invoice_number") if name in header.columns]
    rows = islice(sheet.rows(), header.line, header.line + _LOOKED_AT)
    texts = [text_of(_at(row, place)) for row in rows for place in columns]
    long = [text for text in texts if len(text) == 20 and text.isdecimal()]
    return sum(map(_is_rounded, long)) > max(1, len(long) // 2)


def _is_rounded(number: str) -> bool:
    return len(number) == 20 and number.endswith("00000")


def _at(row: list[Cell], place: int) -> Cell | None:
    return row[place] if place < len(row) else None
