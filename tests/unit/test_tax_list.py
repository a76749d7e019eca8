"""Exports of the tax authority, as they come and as spreadsheets ruin them, read into invoices."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from intake.errors import UnreadableInput
from intake.tax_list import read as module
from intake.tax_list.apart import read_apart
from intake.tax_list.cells import BadCell, Rounded, cents_of, day_of, digits_of
from intake.tax_list.header import column_named, find_header
from intake.tax_list.read import open_list
from models.entry import Verification
from models.kinds import Kind
from models.tax_list import Form, ListedInvoice, ListSummary, kinds_named, standing
from samples.tax_list import (
    FORMS,
    Listed,
    as_csv,
    full_query,
    red_of,
    workbook,
)

A = Listed(
    "26312000000000000017", "", "数电发票（普通发票）", "2026-10-05", "上海范例餐饮有限公司", "91310115123456785X",
    "北京样例科技有限公司", "91110108MA01C2R35X", 10001, 600, 10601,
)  # fmt: skip
B = replace(A, number="26312000000000000029", day="2026-10-20", amount=200000, tax=12000, total=212000)
OLD = replace(A, number="01234567", code="031002500104", kind="增值税电子普通发票", day="2026-10-11")


def read(tmp_path: Path, content: bytes) -> tuple[list[ListedInvoice], ListSummary]:
    path = tmp_path / "list"
    path.write_bytes(content)
    reading = open_list(path)
    return list(reading.invoices()), reading.summary()


def refusal(tmp_path: Path, content: bytes) -> tuple[str, Mapping[str, str]]:
    with pytest.raises(UnreadableInput) as raised:
        read(tmp_path, content)
    return raised.value.rule, raised.value.params


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_the_same_invoices(tmp_path: Path, form: Form) -> None:
    invoices, summary = read(tmp_path, FORMS[form]([A, B]))
    told = [(one.key, one.issue_date, one.amount_cents, one.tax_cents, one.total_cents) for one in invoices]
    assert told == [(row.key, row.day, row.amount, row.tax, row.total) for row in (A, B)]
    assert {one.seller_tax_id for one in invoices} == {A.seller_tax_id}
    assert summary.form is form
    assert (summary.first_day, summary.last_day, summary.rows) == ("2026-10-05", "2026-10-20", 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_whatever_encoding(tmp_path: Path, encoding: str) -> None:
    invoices, _ = read(tmp_path, as_csv([A, OLD], encoding))
    assert [(one.key, one.seller_name) for one in invoices] == [
        (A.key, A.seller), ("031002500104|01234567", OLD.seller),
    ]  # fmt: skip


def test_the_sheet_of_invoices_is_preferred_and_lines_are_summed_without_it(tmp_path: Path) -> None:
    whole, _ = read(tmp_path, full_query([A, B], lines=True))
    summed, summary = read(tmp_path, full_query([A, B], lines=True, whole=False))
    assert [one.line for one in whole] == [2, 3]
    assert [one.line for one in summed] == [2, 4]
    assert [one.total_cents for one in whole] == [one.total_cents for one in summed] == [A.total, B.total]
    assert summary.rows == 2


def test_an_invoice_of_which_one_line_cannot_be_read_is_refused_whole(tmp_path: Path) -> None:
    content = full_query([A, B], lines=True, whole=False)
    invoices, summary = read(tmp_path, with_cell(content, "信息汇总表", line=3, column="税额", value="见附件"))
    assert [one.key for one in invoices] == [B.key]
    assert [(one.line, one.rule) for one in summary.refused] == [(3, "REC-ROW")]


def test_a_sheet_of_its_own_adds_what_the_main_one_has_not(tmp_path: Path) -> None:
    rail = ["数电发票号码", "开票日期", "金额", "税额", "价税合计", "车次"]
    tickets = [[A.number, "2026-10-06", 1, 1, 2, "G1"], ["26319000000000000018", "2026-10-06", 50.46, 4.54, 55, "G2"]]
    invoices, _ = read(tmp_path, workbook({**sheets(full_query([A])), "铁路电子客票": [rail, *tickets]}))
    assert [one.key for one in invoices] == [A.key, "26319000000000000018"]
    ticket = invoices[1]
    assert (ticket.kind, ticket.total_cents) == ("铁路电子客票", 5500)
    assert kinds_named(ticket.kind) == {Kind.DIGITAL_RAIL}
    assert ticket.extra == {"车次": "G2", "sheet": "铁路电子客票"}


def test_what_has_no_column_of_ours_is_kept(tmp_path: Path) -> None:
    (invoice,), _ = read(tmp_path, full_query([replace(A, remark="十月差旅")]))
    assert invoice.extra == {"序号": "1", "开票人": "管理员", "positive": "是", "remark": "十月差旅"}


def test_titles_above_and_sums_below_are_no_invoices(tmp_path: Path) -> None:
    head = ["序号", "数电发票号码", "开票日期", "金额", "税额"]
    rows = [["全量发票"], [], ["导出时间", "2026-11-01"], head, [1, A.number, A.day, 1, 0], [], ["合计", "", "", 1, 0]]
    invoices, summary = read(tmp_path, workbook({"a": [*rows, ["说明：金额不含税"]]}))
    assert [(one.line, one.key) for one in invoices] == [(5, A.number)]
    assert summary.refused == ()


def test_a_red_letter_invoice_names_the_one_it_takes_back(tmp_path: Path) -> None:
    old = replace(OLD, number="01234599", total=-OLD.total, amount=-OLD.amount, tax=-OLD.tax,
                  remark="对应正数发票代码:031002500104号码:01234567")  # fmt: skip
    invoices, _ = read(tmp_path, full_query([A, red_of(A, "26312000000000000099"), OLD, old]))
    assert [one.cancels for one in invoices] == [None, A.number, None, "031002500104|01234567"]
    assert invoices[1].total_cents == -A.total


def test_a_rounded_number_refuses_its_row_alone(tmp_path: Path) -> None:
    invoices, summary = read(tmp_path, full_query([A, replace(B, as_number=True)]))
    assert [one.key for one in invoices] == [A.key]
    (refused,) = summary.refused
    assert (refused.sheet, refused.line, refused.rule) == ("发票基础信息", 3, "REC-NUMBER-ROUNDED")
    assert refused.params == {"row": "3", "value": "2.6312E+19"}


def test_numbers_rounded_and_then_saved_as_text_are_refused(tmp_path: Path) -> None:
    rounded = [replace(A, number=f"2631200000000{one:02d}00000") for one in range(1, 5)]
    invoices, summary = read(tmp_path, full_query([*rounded, OLD]))
    assert [one.key for one in invoices] == [OLD.key]
    assert {one.rule for one in summary.refused} == {"REC-NUMBER-ROUNDED"}


def test_a_number_that_ends_in_zeros_by_itself_is_taken(tmp_path: Path) -> None:
    invoices, summary = read(tmp_path, full_query([replace(A, number="26312000000012300000"), A, B]))
    assert len(invoices) == 3
    assert summary.refused == ()


def test_zeros_in_front_are_restored_where_that_is_no_guess(tmp_path: Path) -> None:
    invoices, summary = read(tmp_path, full_query([replace(OLD, as_number=True)]))
    assert [(one.key, one.notes) for one in invoices] == [("031002500104|01234567", ("ZEROS_RESTORED",))]
    assert summary.refused == ()
    _, summary = read(tmp_path, full_query([replace(OLD, code="110013013", as_number=True)]))
    assert [one.rule for one in summary.refused] == ["REC-ROW"]


BROKEN: Mapping[str, Listed] = {
    "a number of 19 digits": replace(A, number="2631200000000000001", code=""),
    "a number with a letter": replace(A, number="2631200000000000001A"),
    "no code": replace(OLD, code=""),
    "a day that is none": replace(A, day="2026-02-30"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_row_that_cannot_be_read_is_refused_with_its_value(tmp_path: Path, name: str) -> None:
    invoices, summary = read(tmp_path, full_query([A, BROKEN[name]]))
    assert [one.key for one in invoices] == [A.key]
    assert [(one.line, one.rule) for one in summary.refused] == [(3, "REC-ROW")]
    assert summary.refused[0].params["value"] not in ("", "–")


def test_a_list_that_is_ruined_throughout_is_refused_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REFUSED", 3)
    rule, params = refusal(tmp_path, full_query([replace(A, as_number=True)] * 5))
    assert (rule, params["row"]) == ("REC-NUMBER-ROUNDED", "2")


NOT_LISTS: Mapping[str, tuple[bytes, str]] = {
    "nothing": (b"", "REC-FILE"),
    "a page of the web saved as xls": (b"<html><table><tr><td>1</td></tr></table></html>", "REC-FILE"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "REC-FILE"),
    "a broken workbook": (b"PK\x03\x04" + b"\x00" * 200, "REC-FILE"),
    "an archive of something else": (b"PK\x05\x06" + b"\x00" * 18, "REC-FILE"),
    "a table of something else": ("姓名,部门\n小王,研发\n".encode(), "REC-HEADER"),
    "numbers without days": (f"发票号码,金额\n{A.number},1\n".encode(), "REC-HEADER"),
}


@pytest.mark.parametrize("name", NOT_LISTS)
def test_what_is_no_list_is_refused(tmp_path: Path, name: str) -> None:
    content, rule = NOT_LISTS[name]
    assert refusal(tmp_path, content)[0] == rule


def test_more_columns_than_any_export_has_are_refused(tmp_path: Path) -> None:
    rule, params = refusal(tmp_path, workbook({"a": [["x"] * 300]}))
    assert (rule, params["what"], params["limit"]) == ("REC-SIZE", "@sheet.columns", "200")


def test_a_workbook_that_unfolds_without_end_ends_its_own_process_only(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(bomb())
    with pytest.raises(UnreadableInput) as raised, read_apart(path, megabytes=400, seconds=30):
        pass
    assert raised.value.rule in ("FILE-LIMIT", "REC-SIZE")


def test_a_list_read_apart_is_the_list(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(full_query([A, replace(OLD, as_number=True), replace(B, as_number=True)]))
    reading = open_list(path)
    with read_apart(path) as apart:
        assert list(apart.invoices()) == list(reading.invoices())
        assert apart.summary == reading.summary()


def test_a_refusal_comes_back_from_the_other_process(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("姓名\n小王\n".encode())
    with pytest.raises(UnreadableInput) as raised, read_apart(path):
        pass
    assert raised.value.rule == "REC-HEADER"
    with pytest.raises(FileNotFoundError), read_apart(tmp_path / "none"):
        pass


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-07-14 17:22:15", "2026-07-14"), ("20260714", "2026-07-14"), (20260714.0, "2026-07-14"),
        ("2026/7/4", "2026-07-04"), ("2026年7月4日", "2026-07-04"), (46217.0, "2026-07-14"), ("46217.72", "2026-07-14"),
        (dt.datetime(2026, 7, 14, 17), "2026-07-14"), (dt.date(2026, 7, 14), "2026-07-14"), ("", None), (None, None),
    ],
)  # fmt: skip
def test_days_in_every_form(cell: Any, day: str | None) -> None:
    assert day_of(cell) == day


@pytest.mark.parametrize("cell", ["2026-13-01", "十月", 5.0, "99999"])
def test_what_is_no_day_is_not_made_one(cell: Any) -> None:
    with pytest.raises(BadCell):
        day_of(cell)


@pytest.mark.parametrize(
    ("cell", "cents"),
    [("1,234.50", 123450), (-957.63, -95763), ("(957.63)", -95763), ("￥12", 1200), (0.1 + 0.2, 30), ("", None),
     ("***", None), (2.675, 268), ("-0.01", -1)],
)  # fmt: skip
def test_money_in_every_form(cell: Any, cents: int | None) -> None:
    assert cents_of(cell) == cents


@pytest.mark.parametrize("cell", ["见附件", "1.2.3", float("nan"), float("inf"), True, 1e300])
def test_what_is_no_amount_is_not_made_one(cell: Any) -> None:
    with pytest.raises(BadCell):
        cents_of(cell)


@given(st.integers(-(10**11), 10**11))
def test_an_amount_is_the_same_as_a_number_and_as_text(cents: int) -> None:
    assert cents_of(cents / 100) == cents_of(f"{Decimal(cents) / 100:,.2f}") == cents


@given(st.integers(0, 10**15 - 1))
def test_digits_survive_a_number_cell_while_it_holds_them_all(number: int) -> None:
    assert digits_of(float(number)) == digits_of(str(number)) == str(number)


@given(st.integers(10**15, 10**20))
def test_more_digits_than_a_number_cell_holds_are_never_taken(number: int) -> None:
    with pytest.raises(Rounded):
        digits_of(float(number))


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("数电发票号码（必填）", "digital_number"), ("票面税额*", "tax"), ("  发票 代码", "invoice_code"),
        ("发票金额（不含税）", "amount"), ("发票金额(含税)", "total"), ("税额(含税)", None),
        ("销售方纳税人识别号", "seller_tax_id"), ("勾选时间", None), ("", None),
    ],
)  # fmt: skip
def test_columns_by_whatever_name(name: str, column: str | None) -> None:
    assert column_named(name) == column


def test_the_row_that_names_most_columns_is_the_header() -> None:
    title = ["发票号码 开票日期 金额 查询结果"]
    header = find_header([title, ["发票号码"], ["数电发票号码", "开票日期", "金额"], ["2", "3", "4"]])
    assert header is not None
    assert header.line == 3


@pytest.mark.parametrize(
    ("status", "risk", "said"),
    [
        ("正常", "正常", None), ("作废", "", Verification.VOIDED), ("已作废", "", Verification.VOIDED),
        ("已红冲-全额", "", Verification.RED_FULL), ("已红冲-部分", "", Verification.RED_PARTIAL),
        ("7", "", Verification.RED_PARTIAL),
        ("0", "无风险", None), ("正常", "疑点", Verification.ABNORMAL), ("失控", "", Verification.ABNORMAL),
        ("作废", "异常", Verification.VOIDED), (None, None, None),
    ],
)  # fmt: skip
def test_what_a_list_says_against_an_invoice(status: str | None, risk: str | None, said: Verification | None) -> None:
    assert standing(status, risk) is said


def test_a_kind_that_is_not_known_is_not_guessed() -> None:
    assert kinds_named("全电发票（普通发票）") == {Kind.DIGITAL_NORMAL}
    assert kinds_named("某种新发票") == frozenset()


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """A workbook as rows again."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def with_cell(content: bytes, sheet: str, *, line: int, column: str, value: str) -> bytes:
    rows = sheets(content)
    rows[sheet][line - 1][rows[sheet][0].index(column)] = value
    return workbook(rows)


def bomb() -> bytes:
    """A workbook of a few kilobytes with a cell in its last corner: laid out, it would fill the machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook({"a": [["x"]]}))) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            data = given.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
                assert b"XFD1048576" in data
            made.writestr(name, data)
    return out.getvalue()
