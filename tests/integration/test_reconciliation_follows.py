"""What a reconciliation leads to: alarms, links by hand, a workbook; over HTTP and the command line, for all eyes."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from api.app import create_app
from intake.cli import app
from intake.desk.alarms import alarm_list, see_alarm
from intake.desk.reconciliation.history import run_view, runs
from intake.desk.reconciliation.links import CannotLink, link, unlink
from intake.desk.reconciliation.rows import run_rows
from intake.desk.reconciliation.run import reconcile, reconcile_list
from intake.desk.reconciliation.sheet import write_workbook
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.store.database import reading
from intake.store.entries import change
from intake.store.tables import tax_lists
from models.reconciliation import Bucket
from models.sight import EVERYTHING, Sight
from samples.tax_list import Listed, full_query, red_of
from tests.integration.ledgers import (
    BEIJING,
    SHANGHAI,
    STRANGER,
    entry,
    events_of,
    facts,
    install_pack,
    listed,
    money,
    register,
    written,
)  # fmt: skip
from tests.integration.people import boss, key_headers

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def ledger(services: Services) -> list[str]:
    """Ten invoices of October to the company in Beijing."""
    install_pack(services)
    return [register(services, facts(serial)) for serial in range(10)]


def run(services: Services, folder: Path, rows: list[Listed]) -> str:
    return reconcile(services, written(folder, full_query(rows)), filename="十月.xlsx", actor="财务")


def rows_of(services: Services, run_id: str, bucket: Bucket, sight: Sight = EVERYTHING) -> list[dict[str, Any]]:
    return run_rows(services, run_id, sight, bucket=bucket, limit=200)[0]


def state(services: Services, identity: str) -> tuple[str, str]:
    row = entry(services, identity)
    return row["reconciliation"], row["verification"]


def told(services: Services, sight: Sight = EVERYTHING) -> list[tuple[str, str]]:
    return [(one["rule"], one["message_zh"]) for one in alarm_list(services, sight)[0]]


STANDINGS = {
    "作废": ("voided", "VER-VOID", "该发票已作废。"),
    "已红冲-全额": ("red_full", "VER-RED", "该发票已被红冲（已红冲-全额）。"),
    "已红冲-部分": ("red_partial", "VER-RED", "该发票已被红冲（已红冲-部分）。"),
    "失控": ("abnormal", "VER-ABNORMAL", "税务机关标记为“失控”。"),
}


def test_what_happened_after_registration_raises_an_alarm_once(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    rows = listed(services)
    changed = [replace(row, status=status) for row, status in zip(rows, STANDINGS, strict=False)]
    run_id = run(services, tmp_path, [*changed, *rows[len(changed) :]])
    shown = rows_of(services, run_id, Bucket.DIFFERENT)
    assert [[one["reason"] for one in row["reasons"]] for row in shown] == [["STATUS_DIFF"]] * 4
    assert [row["findings"][0]["rule"] for row in shown] == [rule for _, rule, _ in STANDINGS.values()]
    assert [state(services, row["entry"]["id"]) for row in shown] == [
        ("different", verification) for verification, _, _ in STANDINGS.values()
    ]
    alarms = sorted((rule, said) for _, rule, said in STANDINGS.values())
    assert sorted(told(services)) == alarms
    register(services, facts(50, issue_date="2026-10-10"))
    reconcile_list(services, run_view(services, run_id, EVERYTHING)["list_id"], actor="财务")
    assert sorted(told(services)) == alarms
    assert [json.loads(event.details)["line"] for event in events_of(services, "verified")] == [2, 3, 4, 5]


def test_a_red_letter_invoice_alone_takes_back_an_entry_of_months_before(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    old = register(services, facts(90, issue_date="2026-03-02"))
    rows = listed(services)
    blue = next(row for row in rows if row.day == "2026-03-02")
    october = [row for row in rows if row is not blue]
    half = replace(red_of(blue, "26312900000000000001", blue.total // 2), day="2026-10-15")
    run_id = run(services, tmp_path, [*october, half])
    assert state(services, old) == ("unseen", "red_partial")
    assert told(services) == [("VER-RED", f"该发票已被红冲（{money(-half.total)}）。")]
    (row,) = rows_of(services, run_id, Bucket.ONLY_LISTED)
    assert [one["reason"] for one in row["reasons"]] == ["NOT_RECEIVED", "RED_OF_OURS"]
    rest = replace(red_of(blue, "26312900000000000002", blue.total + half.total), day="2026-10-16")
    run(services, tmp_path, [*october, rest])
    assert state(services, old) == ("unseen", "red_full")
    assert [rule for rule, _ in told(services)] == ["VER-RED", "VER-RED"]


def test_a_mark_that_is_lifted_is_gone_but_a_void_invoice_stays_void(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    first, second, *others = listed(services)
    marked = [replace(first, risk="疑点"), replace(second, status="作废"), *others]
    run_id = run(services, tmp_path, marked)
    by_number = {
        row["entry"]["invoice_number"]: row["entry"]["id"] for row in rows_of(services, run_id, Bucket.DIFFERENT)
    }
    assert state(services, by_number[first.number]) == ("different", "abnormal")
    run(services, tmp_path, [first, second, *others])
    assert state(services, by_number[first.number]) == ("matched", "match")
    assert state(services, by_number[second.number]) == ("matched", "voided")


def test_a_list_of_yesterday_does_not_undo_what_a_later_one_said(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    first, *others = listed(services)
    before = run(services, tmp_path, [first, *others])
    run(services, tmp_path, [replace(first, status="作废"), *others])
    with services.database.begin() as connection:
        change(connection, ledger[3], "withdrawn", actor="财务")
    again = reconcile_list(services, run_view(services, before, EVERYTHING)["list_id"], actor="财务")
    assert again != before
    (row,) = [row for row in rows_of(services, again, Bucket.MATCHED) if row["listed"]["line"] == 2]
    assert state(services, row["entry"]["id"]) == ("different", "voided")


def test_an_alarm_is_open_until_somebody_has_seen_it(services: Services, ledger: list[str], tmp_path: Path) -> None:
    first, *others = listed(services)
    run(services, tmp_path, [replace(first, status="作废"), *others])
    (alarm,), _ = alarm_list(services, EVERYTHING)
    assert (alarm["invoice_number"], alarm["seen_by"], alarm["who_zh"]) == (first.number, None, "开票方")
    see_alarm(services, alarm["id"], actor="小李", sight=EVERYTHING)
    see_alarm(services, alarm["id"], actor="小赵", sight=EVERYTHING)
    assert alarm_list(services, EVERYTHING)[0] == []
    (seen,), _ = alarm_list(services, EVERYTHING, unseen=False)
    assert seen["seen_by"] == "小李"
    assert [event.actor for event in events_of(services, "alarm_seen")] == ["小李"]


@pytest.fixture
def misread(services: Services, ledger: list[str], tmp_path: Path) -> tuple[str, dict[str, Any], str]:
    """A run with an invoice whose number the ledger has with two digits wrong, its row, and the entry."""
    first, *others = listed(services)
    true_number = replace(first, number=f"99{first.number[2:]}", day="2026-10-28")
    run_id = run(services, tmp_path, [true_number, *others])
    (row,) = rows_of(services, run_id, Bucket.ONLY_LISTED)
    (identity,) = [one for one in ledger if entry(services, one)["invoice_number"] == first.number]
    return run_id, row, identity


def test_a_link_by_hand_is_kept_to_and_can_be_taken_back(
    services: Services, misread: tuple[str, dict[str, Any], str], tmp_path: Path
) -> None:
    run_id, row, identity = misread
    made = link(services, run_id, row["id"], identity, reason="号码看错", actor="小李", sight=EVERYTHING)
    assert state(services, identity)[0] == "different"
    (shown,) = rows_of(services, run_id, Bucket.ONLY_LISTED)
    assert (shown["link"]["id"], shown["link"]["reason"], shown["link"]["actor"]) == (made, "号码看错", "小李")
    list_id = run_view(services, run_id, EVERYTHING)["list_id"]
    later = reconcile_list(services, list_id, actor="财务")
    (both,) = rows_of(services, later, Bucket.DIFFERENT)
    assert [one["reason"] for one in both["reasons"]] == ["DATE_DIFF", "LINKED_BY_HAND"]
    assert both["entry"]["id"] == identity
    unlink(services, made, reason="弄错了", actor="小赵", sight=EVERYTHING)
    assert state(services, identity)[0] == "unseen"
    after = reconcile_list(services, list_id, actor="财务")
    assert rows_of(services, after, Bucket.DIFFERENT) == []
    happened = [(event.actor, json.loads(event.details)["reason"]) for what in ("linked", "unlinked")
                for event in events_of(services, what)]  # fmt: skip
    assert happened == [("小李", "号码看错"), ("小赵", "弄错了")]
    with pytest.raises(NotFound):
        unlink(services, made, reason="再一次", actor="小赵", sight=EVERYTHING)


def test_what_has_its_counterpart_cannot_be_linked(
    services: Services, ledger: list[str], misread: tuple[str, dict[str, Any], str]
) -> None:
    run_id, row, identity = misread
    matched, other = rows_of(services, run_id, Bucket.MATCHED)[:2]
    for row_id, entry_id in ((row["id"], matched["entry"]["id"]), (matched["id"], identity)):
        with pytest.raises(CannotLink):
            link(services, run_id, row_id, entry_id, reason="x", actor="小李", sight=EVERYTHING)
    link(services, run_id, row["id"], identity, reason="x", actor="小李", sight=EVERYTHING)
    with pytest.raises(CannotLink):
        link(services, run_id, row["id"], identity, reason="x", actor="小李", sight=EVERYTHING)
    for row_id, entry_id in ((row["id"], "none"), (0, identity), (other["id"], "none")):
        with pytest.raises(NotFound):
            link(services, run_id, row_id, entry_id, reason="x", actor="小李", sight=EVERYTHING)


@pytest.fixture
def mixed(services: Services, tmp_path: Path) -> str:
    """A run over both companies: one invoice of each matched, one different of Beijing, one unknown of each."""
    install_pack(services)
    register(services, facts(1, sender="小王", department="研发"))
    register(services, facts(2, sender="小李", department="市场", buyer_tax_id=SHANGHAI))
    register(services, facts(3, sender="小李", department="市场"))
    one, two, three = sorted(listed(services), key=lambda row: row.total)
    unknown = [replace(row, number=f"2631299999999999999{place}", total=row.total + 5000, seller_tax_id=STRANGER)
               for place, row in enumerate((one, two))]  # fmt: skip
    return run(services, tmp_path, [one, two, replace(three, status="作废"), *unknown])


#: Eyes, and how many matched, different and only listed invoices, and how many alarms they see.
EYES = {
    "everything": (EVERYTHING, [2, 1, 2], 1),
    "a company": (Sight("财务", frozenset({SHANGHAI}), None), [1, 0, 1], 0),
    "a department": (Sight("经理", None, frozenset({"市场"})), [1, 1, 0], 1),
    "a company and a department": (Sight("x", frozenset({BEIJING}), frozenset({"研发"})), [1, 0, 0], 0),
    "what one sent": (Sight("小王", frozenset({BEIJING}), frozenset()), [1, 0, 0], 0),
}


def test_everybody_sees_their_own_and_no_more(services: Services, mixed: str, tmp_path: Path) -> None:
    buckets = (Bucket.MATCHED, Bucket.DIFFERENT, Bucket.ONLY_LISTED)
    expected = {name: counts for name, (_, counts, _) in EYES.items()}
    sights = {name: sight for name, (sight, _, _) in EYES.items()}
    sums = {name: run_view(services, mixed, sight)["buckets"] for name, sight in sights.items()}
    counts = {name: {one["bucket"]: one["count"] for one in told} for name, told in sums.items()}
    assert {name: [told[bucket] for bucket in buckets] for name, told in counts.items()} == expected
    assert {
        name: [len(rows_of(services, mixed, bucket, sight)) for bucket in buckets] for name, sight in sights.items()
    } == expected
    alarms = {name: len(alarm_list(services, sight)[0]) for name, sight in sights.items()}
    assert alarms == {name: count for name, (_, _, count) in EYES.items()}
    assert {name: in_workbook(services, mixed, sight, tmp_path) for name, sight in sights.items()} == expected


def in_workbook(services: Services, run_id: str, sight: Sight, folder: Path) -> list[int]:
    write_workbook(services, run_id, sight, folder / "out.xlsx")
    book = CalamineWorkbook.from_path(folder / "out.xlsx")
    return [len(book.get_sheet_by_index(place).to_python()) - 1 for place in (1, 3, 4)]


def test_who_has_none_of_its_companies_does_not_know_of_a_run(services: Services, mixed: str) -> None:
    stranger = Sight("外人", frozenset({STRANGER}), None)
    assert runs(services, stranger)[0] == []
    for ask in (run_view, run_rows):
        with pytest.raises(NotFound):
            ask(services, mixed, stranger)


def test_an_alarm_and_an_entry_that_one_may_not_see_cannot_be_touched(services: Services, mixed: str) -> None:
    (alarm,), _ = alarm_list(services, EVERYTHING)
    shanghai = Sight("财务", frozenset({SHANGHAI}), None)
    with pytest.raises(NotFound):
        see_alarm(services, alarm["id"], actor="财务", sight=shanghai)
    (row,) = rows_of(services, mixed, Bucket.ONLY_LISTED, shanghai)
    with pytest.raises(NotFound):
        link(services, mixed, row["id"], alarm["entry_id"], reason="x", actor="财务", sight=shanghai)


def test_the_workbook_holds_numbers_as_text_and_starts_no_formula(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    first, second, *others = listed(services)
    evil = replace(first, seller='=HYPERLINK("x")', total=-first.total, amount=-first.amount, tax=-first.tax)
    run_id = run(services, tmp_path, [evil, second, *others])
    write_workbook(services, run_id, EVERYTHING, tmp_path / "out.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "out.xlsx")
    assert book.sheet_names == [
        "汇总 Summary", "一致 Matched", "疑似对应 Suggested", "有差异 Different", "仅清单有 Only on the list",
        "仅台账有 Only in the ledger", "无需处理 Explained",
    ]  # fmt: skip
    head, row = book.get_sheet_by_index(3).to_python()
    cells = dict(zip(head, row, strict=True))
    assert cells["发票号码 Number"] == cells["台账号码 Ledger number"] == first.number
    assert cells["销售方 Seller"] == '=HYPERLINK("x")'
    assert cells["价税合计 Total"] == -first.total / 100
    assert cells["原因"] == "金额不同"
    assert cells["差异 Differences"].startswith(["价税合计", "Total", "incl.", "tax"][0])


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), headers=key_headers(services, boss(services))) as opened:
        yield opened


def post(client: TestClient, content: bytes, **told: str) -> Any:
    return client.post("/api/v1/reconciliations", files={"file": ("十月.xlsx", content)}, data=told)


def test_a_list_over_http_from_upload_to_workbook(services: Services, ledger: list[str], client: TestClient) -> None:
    missing, *rows = listed(services)
    answer = post(client, full_query(rows), first_day="2026-10-01", last_day="2026-10-31")
    assert answer.status_code == 201
    run_id = answer.json()["id"]
    base = f"/api/v1/reconciliations/{run_id}"
    assert client.get(base).json() == answer.json()
    page = client.get(f"{base}/rows", params={"bucket": "only_here"}).json()
    assert [row["entry"]["invoice_number"] for row in page["rows"]] == [missing.number]
    first = client.get(f"{base}/rows", params={"limit": 4}).json()
    rest = client.get(f"{base}/rows", params={"limit": 200, "cursor": first["next"]}).json()
    assert (len(first["rows"]), len(rest["rows"]), rest["next"]) == (4, 6, None)
    reason = client.get(f"{base}/rows", params={"reason": "NOT_ON_LIST"}).json()
    assert reason["rows"] == page["rows"]
    book = client.get(f"{base}.xlsx")
    assert book.headers["content-type"] == XLSX
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(book.content)).sheet_names) == 7
    assert list((services.settings.var).glob("run-*")) == list(services.settings.var.glob("list-*")) == []
    today = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    known = client.get("/api/v1/reconciliations", params={"as_of": today.isoformat()}).json()["reconciliations"]
    assert [one["id"] for one in known] == [run_id]
    assert client.post(f"{base}/again").json()["id"] == run_id


def test_links_and_alarms_over_http(
    services: Services, misread: tuple[str, dict[str, Any], str], client: TestClient
) -> None:
    run_id, row, identity = misread
    body = {"row": row["id"], "entry_id": identity, "reason": "号码看错"}
    made = client.post(f"/api/v1/reconciliations/{run_id}/links", json=body)
    assert made.status_code == 201
    again = client.post(f"/api/v1/reconciliations/{run_id}/links", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "cannot_link")
    address = f"/api/v1/reconciliations/links/{made.json()['id']}"
    assert client.delete(address, params={"reason": "弄错了"}).status_code == 204
    assert client.delete(address, params={"reason": "弄错了"}).status_code == 404
    first, *others = listed(services)
    post(client, full_query([replace(first, status="作废"), *others]))
    (alarm,) = client.get("/api/v1/alarms").json()["alarms"]
    assert client.put(f"/api/v1/alarms/{alarm['id']}/seen").status_code == 204
    assert client.get("/api/v1/alarms").json()["alarms"] == []


REFUSED: dict[str, tuple[bytes, dict[str, str], int, str, str]] = {
    "no list": ("姓名\n小王\n".encode(), {}, 422, "unreadable_list", "请直接上传税务平台导出的文件。"),
    "a wrong period": (b"", {"first_day": "2026-10-31", "last_day": "2026-10-01"}, 422, "bad_period", "请核对期间"),
    "half a period": (b"", {"first_day": "2026-10-01"}, 422, "bad_period", "请核对期间"),
    "too large": (b"x" * 2000, {}, 413, "too_large", "超过上限"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_taken_is_told_with_its_remedy(
    services: Services, ledger: list[str], client: TestClient, name: str
) -> None:
    content, told, status, code, said = REFUSED[name]
    if name == "too large":
        services.settings.max_list_bytes = 1000
    answer = post(client, content or full_query(listed(services)), **told)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert said in answer.json()["detail_zh"]
    with reading(services.database) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(tax_lists)).scalar() == 0


def test_a_bad_cursor_and_an_unknown_run_are_problems(
    services: Services, ledger: list[str], client: TestClient
) -> None:
    run_id = post(client, full_query(listed(services))).json()["id"]
    asked = {
        "/api/v1/reconciliations?cursor=x": 400, f"/api/v1/reconciliations/{run_id}/rows?cursor=x": 400,
        "/api/v1/alarms?cursor=x": 400, "/api/v1/reconciliations/none": 404, "/api/v1/reconciliations/none.xlsx": 404,
        f"/api/v1/reconciliations/{run_id}/rows?bucket=none": 422,
    }  # fmt: skip
    assert {address: client.get(address).status_code for address in asked} == asked


def test_the_command_line_says_what_differs_and_by_its_exit_code_whether_anything_does(
    services: Services, ledger: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.wiring.build_services", lambda _: services)
    rows = listed(services)
    shell = CliRunner()
    good = written(tmp_path, full_query(rows), "good.xlsx")
    run_well = shell.invoke(app, ["reconcile", str(good), "--json"])
    assert run_well.exit_code == 0
    assert json.loads(run_well.stdout)["buckets"][0]["count"] == 10
    lacking = written(tmp_path, full_query(rows[1:]), "lacking.xlsx")
    out = tmp_path / "out.xlsx"
    period = ["--from", "2026-10-01", "--to", "2026-10-31"]
    run_ill = shell.invoke(app, ["reconcile", str(lacking), "--xlsx", str(out), *period])
    assert run_ill.exit_code == 0, "what another list holds is explained"
    assert "ON_ANOTHER_LIST" in run_ill.stdout.replace("\n", "")
    assert out.stat().st_size > 1000
    wrong = [replace(rows[0], total=1, amount=1, tax=0), *rows[1:]]
    assert shell.invoke(app, ["reconcile", str(written(tmp_path, full_query(wrong), "wrong.xlsx"))]).exit_code == 1
    broken = shell.invoke(app, ["reconcile", str(written(tmp_path, b"<html>", "broken.xls"))])
    assert (broken.exit_code, "REC-FILE" in broken.stderr) == (1, True)
    assert shell.invoke(app, ["reconcile", str(tmp_path / "none.xlsx")]).exit_code == 3
    assert shell.invoke(app, ["reconcile", str(good), "--from", "2026-10-01"]).exit_code == 2
