"""A run as a workbook: a sheet of sums, and a sheet for every bucket. Numbers of invoices are text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from intake.desk.reconciliation.history import run_view
from intake.desk.reconciliation.rows import selected, view
from intake.desk.services import Services
from intake.store.database import reading_one_moment
from models.clock import local
from models.reconciliation import BUCKET_WORDS, Bucket
from models.sight import Sight

Json = Mapping[str, Any]
_PIECE = 2000
#: What a sheet can hold, less the row of headers.
_MOST_ROWS = 1_048_575
#: Headers in both languages, and the side and field that the column shows.
_COLUMNS: Sequence[tuple[str, str, str]] = (
    ("发票代码 Code", "listed", "invoice_code"),
    ("发票号码 Number", "listed", "invoice_number"),
    ("票种 Kind", "listed", "kind"),
    ("开票日期 Issued", "listed", "issue_date"),
    ("销售方 Seller", "listed", "seller_name"),
    ("销售方税号 Seller id", "listed", "seller_tax_id"),
    ("购买方 Buyer", "listed", "buyer_name"),
    ("购买方税号 Buyer id", "listed", "buyer_tax_id"),
    ("金额 Amount", "listed", "amount_cents"),
    ("税额 Tax", "listed", "tax_cents"),
    ("价税合计 Total", "listed", "total_cents"),
    ("发票状态 State", "listed", "status"),
    ("清单行 Line", "listed", "line"),
    ("台账代码 Ledger code", "entry", "invoice_code"),
    ("台账号码 Ledger number", "entry", "invoice_number"),
    ("台账票种 Ledger kind", "entry", "kind_zh"),
    ("台账日期 Ledger date", "entry", "issue_date"),
    ("台账销售方 Ledger seller", "entry", "seller_name"),
    ("台账价税合计 Ledger total", "entry", "total_cents"),
    ("提交人 Sender", "entry", "sender"),
    ("登记时间 Registered", "entry", "registered_at"),
)
_SUMS = ("结果 Result", "张数 Count", "清单合计 List total", "台账合计 Ledger total")


def write_workbook(services: Services, run_id: str, sight: Sight, target: Path) -> None:
    """Write a run to an XLSX file, as far as it is for these eyes.

    Raises:
        NotFound: there is no such run, or it is not for these eyes. OSError: the file cannot be written.
    """
    told = run_view(services, run_id, sight)
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        money = book.add_format({"num_format": "0.00"})
        _write_sums(book.add_worksheet("汇总 Summary"), told, money)
        with reading_one_moment(services.database) as connection:
            for bucket in Bucket:
                query = selected(run_id, sight, bucket).execution_options(yield_per=_PIECE)
                rows = (view(row) for row in connection.execute(query).mappings())
                _write_bucket(book, bucket, rows, money)


def _write_sums(sheet: Worksheet, told: Json, money: Any) -> None:
    days = f"{told['first_day']} – {told['last_day']}"
    about = (("清单 List", told["filename"]), ("期间 Days", days), ("被拒行数 Refused rows", str(told["refused"])))
    for line, (name, said) in enumerate(about):
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, said)
    for place, name in enumerate(_SUMS):
        sheet.write_string(4, place, name)
    for line, bucket in enumerate(told["buckets"], 5):
        sheet.write_string(line, 0, f"{bucket['zh']} {bucket['en']}")
        sheet.write_number(line, 1, bucket["count"])
        sheet.write_number(line, 2, float(bucket["listed"]), money)
        sheet.write_number(line, 3, float(bucket["entered"]), money)


def _write_bucket(book: xlsxwriter.Workbook, bucket: Bucket, rows: Iterator[Json], money: Any) -> None:
    """The rows of a bucket; one too long for a sheet goes on in the next."""
    zh, en = BUCKET_WORDS[bucket]
    sheet, line, part = _new_sheet(book, f"{zh} {en}"), 0, 1
    for row in rows:
        if line == _MOST_ROWS:
            part += 1
            sheet, line = _new_sheet(book, f"{zh} {en} {part}"), 0
        line += 1
        _write_row(sheet, line, row, money)


def _new_sheet(book: xlsxwriter.Workbook, name: str) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, header in enumerate([*(column[0] for column in _COLUMNS), "差异 Differences", "原因", "Reasons"]):
        sheet.write_string(0, place, header)
    return sheet


def _write_row(sheet: Worksheet, line: int, row: Json, money: Any) -> None:
    for place, (_, side, name) in enumerate(_COLUMNS):
        value = (row[side] or {}).get(name)
        if value is None:
            continue
        if name.endswith("_cents"):
            sheet.write_number(line, place, value / 100, money)
        elif name == "line":
            sheet.write_number(line, place, value)
        else:
            sheet.write_string(line, place, _moment(value) if name == "registered_at" else str(value))
    differences = "; ".join(f"{one['zh']} {one['listed']} / {one['entered_zh']}" for one in row["differences"])
    words = ["；".join(one["zh"] for one in row["reasons"]), "; ".join(one["en"] for one in row["reasons"])]
    for place, text in enumerate([differences, *words], len(_COLUMNS)):
        sheet.write_string(line, place, text)


def _moment(at: float) -> str:
    return local(at).strftime("%Y-%m-%d %H:%M")
