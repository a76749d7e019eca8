"""What is filtered leaves as a file, exactly, and the ledger remembers that it did."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from decimal import Decimal

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from python_calamine import load_workbook
from typer.testing import CliRunner

from api.app import create_app
from intake.cli import app
from intake.desk import export_forms
from intake.desk.export import Wish, export
from intake.desk.export_forms import Form, Layout
from intake.desk.search import Order
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import events
from models.columns import USUAL, chosen
from models.query import parse_query
from models.rights import Role
from models.sight import EVERYTHING, Sight
from tests.integration.entered import entered
from tests.integration.invoices import number
from tests.integration.people import boss, key_headers, somebody

TODAY = dt.date(2026, 11, 24)
EVIL = ['=HYPERLINK("http://x",1)', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", " =1"]


def exported(
    services: Services,
    form: Form,
    columns: str = "",
    sight: Sight = EVERYTHING,
    order: Order = Order.OLDEST,
    **given: str,
) -> bytes:
    layout = Layout(chosen(columns.split(",")))
    wish = Wish(parse_query(given, TODAY), given, order, layout, form)
    return b"".join(export(services, sight, wish, actor="小王"))


def sheet(content: bytes) -> list[list[object]]:
    return load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def ledger(services: Services) -> Services:
    entered(services, 1)
    entered(services, 2, total="-1234.50", amount_excl_tax="-1165.00", tax="-69.50", items="*餐饮服务*餐费\n*酒*啤酒")
    entered(services, 3, seller_name="深圳鼎泰贸易有限公司", sender="小李", total=None, issue_date=None)
    return services


def test_a_workbook_keeps_digits_as_text_amounts_as_numbers_and_days_as_days(ledger: Services) -> None:
    names = "invoice_number,issue_date,total,tax,kind,items"
    head, first, second, third = sheet(exported(ledger, Form.XLSX, names))
    assert head == ["发票号码", "开票日期", "价税合计", "税额", "票种", "项目"]
    assert first == [number(1), dt.date(2026, 3, 2), 106.0, 6.0, "数电普票", "*餐饮服务*餐费"]
    assert second[2:4] == [-1234.5, -69.5]
    assert second[5] == "*餐饮服务*餐费\n*酒*啤酒"
    assert third[1:3] == ["", ""]


def test_csv_opens_in_excel_and_holds_the_same(ledger: Services) -> None:
    content = exported(ledger, Form.CSV)
    assert content.startswith(b"\xef\xbb\xbf")
    head, *rows = table(content)
    assert len(head) == len(USUAL)
    told = [dict(zip(USUAL, row, strict=True)) for row in rows]
    assert [(row["invoice_number"], row["total"], row["issue_date"]) for row in told] == [
        (number(1), "106.00", "2026-03-02"), (number(2), "-1234.50", "2026-03-02"), (number(3), "", ""),
    ]  # fmt: skip


def test_lines_of_json_are_for_programs(ledger: Services) -> None:
    lines = [json.loads(line) for line in exported(ledger, Form.JSONL, "id,kind,total,verification").splitlines()]
    assert [(line["kind"], line["total"], line["verification"]) for line in lines] == [
        ("digital_normal", "106.00", "unchecked"), ("digital_normal", "-1234.50", "unchecked"),
        ("digital_normal", None, "unchecked"),
    ]  # fmt: skip


@pytest.mark.parametrize("form", list(Form))
def test_exactly_what_is_filtered_leaves(ledger: Services, form: Form) -> None:
    def numbers(**given: str) -> list[object]:
        content = exported(ledger, form, "invoice_number", **given)
        if form is Form.JSONL:
            return [json.loads(line)["invoice_number"] for line in content.splitlines()]
        return [row[0] for row in (sheet(content) if form is Form.XLSX else table(content))[1:]]

    assert numbers(q="鼎泰") == [number(3)]
    assert numbers(amount="<0") == [number(2)]
    assert numbers(q="没有这家") == []
    assert numbers() == [number(1), number(2), number(3)]


def test_nobody_exports_what_they_do_not_see(ledger: Services) -> None:
    lines = exported(ledger, Form.JSONL, sight=Sight("小李", frozenset(), frozenset())).splitlines()
    assert [json.loads(line)["invoice_number"] for line in lines] == [number(3)]


def test_no_text_becomes_a_formula(services: Services) -> None:
    for serial, text in enumerate(EVIL):
        entered(services, serial, seller_name=text, items=text, sender=text)
    names = "seller_name,items,sender,total"
    for row, text in zip(table(exported(services, Form.CSV, names))[1:], EVIL, strict=True):
        assert row == [f"'{text}"] * 3 + ["106.00"]
    content = exported(services, Form.XLSX, names)
    assert [row[0] for row in sheet(content)[1:]] == EVIL
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_a_ledger_longer_than_a_sheet_goes_on_the_next(ledger: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_forms, "SHEET_ROWS", 2)
    book = load_workbook(io.BytesIO(exported(ledger, Form.XLSX, "invoice_number")))
    rows = [book.get_sheet_by_name(name).to_python()[1:] for name in book.sheet_names]
    assert (book.sheet_names, rows) == (["台账", "台账 2"], [[[number(1)], [number(2)]], [[number(3)]]])


def test_the_event_is_written_before_the_first_byte_leaves(ledger: Services) -> None:
    wish = Wish(parse_query({"q": "鼎泰"}, TODAY), {"q": "鼎泰"}, Order.NEWEST, Layout(("total",)), Form.JSONL)
    next(export(ledger, EVERYTHING, wish, actor="小王"))
    with reading(ledger.database) as connection:
        event = connection.execute(sa.select(events).where(events.c.what == "exported")).mappings().one()
    assert event["actor"] == "小王"
    assert json.loads(event["details"]) == {
        "of": "ledger", "filters": {"q": "鼎泰"}, "order": "-registered", "columns": ["total"], "form": "jsonl",
        "rows": 1,
    }  # fmt: skip


def test_many_rows_come_in_the_order_of_the_list(services: Services) -> None:
    for serial in range(40):
        entered(services, serial, total=f"{serial * 7 % 40}.00")
    lines = exported(services, Form.JSONL, "total", order=Order.LARGEST).splitlines()
    totals = [Decimal(json.loads(line)["total"]) for line in lines]
    assert totals == sorted(totals, reverse=True)


@pytest.fixture
def client(ledger: Services) -> TestClient:
    return TestClient(create_app(ledger), headers=key_headers(ledger, boss(ledger)))


def test_the_api_lists_sums_and_exports_the_same_selection(client: TestClient) -> None:
    wanted = {"q": "范例", "amount": "<0", "issued": "2026年3月"}
    page = client.get("/api/v1/invoices", params=wanted).json()
    assert [row["invoice_number"] for row in page["invoices"]] == [number(2)]
    sums = client.get("/api/v1/invoices/totals", params=wanted).json()
    assert sums == {"count": 1, "total": "-1234.50", "amount_excl_tax": "-1165.00", "tax": "-69.50"}
    answer = client.get(
        "/api/v1/exports/ledger.csv", params={**wanted, "columns": "total,invoice_number", "lang": "en"}
    )
    assert table(answer.content) == [["Total", "Number"], ["-1234.50", number(2)]]
    assert 'filename="ledger-' in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("invoices?amount=viel", "bad_filter"), ("invoices/totals?region=Paris", "bad_filter"),
        ("exports/ledger.xlsx?columns=total,farbe", "bad_column"), ("exports/ledger.pdf", "invalid"),
        ("invoices?sort=name", "invalid"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named(client: TestClient, address: str, code: str) -> None:
    answer = client.get(f"/api/v1/{address}")
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_page_says_which_filter_it_does_not_understand(client: TestClient) -> None:
    answer = client.get("/ledger?amount=viel", headers={"accept": "text/html"})
    assert answer.status_code == 422
    assert "viel" in answer.text


def test_the_page_of_the_ledger_shows_sums_and_near_misses(client: TestClient) -> None:
    assert "-1,128.50" in client.get("/ledger?q=范例").text
    near = client.get("/ledger?q=鼎秦贸易").text
    assert "相近" in near
    assert number(3) in near


def test_views_are_kept_by_their_owner(client: TestClient, ledger: Services) -> None:
    mine, other = (key_headers(ledger, somebody(ledger, name, Role.FINANCE)) for name in ("li", "wang"))
    view = {"name": "三月退票", "query": {"amount": "<0", "issued": "2026-03", "sort": "-total", "columns": "total"}}
    kept = client.post("/api/v1/views", json=view, headers=mine).json()
    again = client.post("/api/v1/views", json={**view, "query": {"q": "范例"}}, headers=mine).json()
    assert again["id"] == kept["id"]
    assert client.get("/api/v1/views", headers=mine).json()["views"] == [again]
    assert client.get("/api/v1/views", headers=other).json()["views"] == []
    assert client.delete(f"/api/v1/views/{kept['id']}", headers=other).status_code == 404
    assert client.delete(f"/api/v1/views/{kept['id']}", headers=mine).status_code == 204
    assert client.get("/api/v1/views", headers=mine).json()["views"] == []


@pytest.mark.parametrize("query", [{"amount": "viel"}, {"columns": "farbe"}, {"sort": "name"}, {"farbe": "rot"}])
def test_a_view_that_could_not_be_opened_is_not_kept(client: TestClient, query: dict[str, str]) -> None:
    assert client.post("/api/v1/views", json={"name": "x", "query": query}).status_code == 422


def test_the_command_line_exports_too(ledger: Services, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr("intake.wiring.build_services", lambda settings: ledger)
    target = tmp_path / "鼎泰.xlsx"
    assert CliRunner().invoke(app, ["export", "--xlsx", str(target), "--columns", "id", "鼎泰"]).exit_code == 0
    assert len(sheet(target.read_bytes())) == 2
    lines = CliRunner().invoke(app, ["export", "卖方:范例", "<0", "--columns", "total"]).stdout.splitlines()
    assert [json.loads(line) for line in lines] == [{"total": "-1234.50"}]
    for wrong in (["金额:viel"], ["--columns", "farbe"], ["--sort", "name"]):
        assert CliRunner().invoke(app, ["export", *wrong]).exit_code == 2
