"""Handing invoices over to verification, and the answers brought back."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import xlsxwriter
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.handoff import LimitReached, handoff_csv, handoff_view, note_check
from intake.desk.handoff_results import ResultFile, ResultsOff, Taken, UnreadableResults, take_results
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.store.database import reading
from intake.store.tables import entries, events
from models.clock import day_of
from models.finding import Verdict
from models.kinds import Kind
from models.sight import EVERYTHING, Sight
from tests.integration.invoices import SELLER, number
from tests.integration.people import boss, key_headers
from tests.integration.test_rules_of_the_desk import settled, slip
from tests.integration.tracing import entered

NOBODY = Sight("小李")


def entry_of(services: Services, key: str) -> sa.RowMapping:
    with reading(services.database) as connection:
        return connection.execute(sa.select(entries).where(entries.c.key == key)).mappings().one()


def take(services: Services, *lines: str, name: str = "r.csv", sight: Sight = EVERYTHING) -> Taken:
    services.settings.verification_results = True
    table = "\n".join(["发票号码,查验结果,查验时间", *lines]).encode()
    return take_results(services, ResultFile(name, table), sight, actor="李会计")


def test_an_entry_is_handed_over_with_what_its_kind_asks_for(services: Services) -> None:
    entered(services, number(1))
    view = handoff_view(services, entry_of(services, number(1))["id"], EVERYTHING)
    assert view["clipboard"] == f"{number(1)}\t20260302\t106.00"
    assert [item["zh"] for item in view["items"]] == ["发票号码", "开票日期", "价税合计"]
    assert (view["ready"], view["remaining_today"], view["window"]) == (True, 5, "open")


def test_the_check_code_of_an_older_kind_comes_from_its_file(services: Services) -> None:
    old = slip(
        Verdict.ACCEPT, invoice_code="011002300111", invoice_number="12345678", check_code="01234567890123456789",
        seller_tax_id=SELLER,
    )  # fmt: skip
    settled(services, type(old)(Kind.VAT_NORMAL_ELECTRONIC, 1, old.fields, verdict=Verdict.ACCEPT))
    view = handoff_view(services, entry_of(services, "011002300111|12345678")["id"], EVERYTHING)
    assert view["clipboard"] == "011002300111\t12345678\t20260730\t456789"


def test_a_taxi_receipt_cannot_be_verified(services: Services) -> None:
    settled(services, slip(Verdict.ACCEPT))
    view = handoff_view(services, entry_of(services, "131001460001|00296318")["id"], EVERYTHING)
    assert (view["items"], view["clipboard"], view["ready"]) == ([], None, False)


def test_one_that_was_issued_today_waits_until_tomorrow(services: Services) -> None:
    entered(services, number(1), day=day_of(time.time()).isoformat())
    view = handoff_view(services, entry_of(services, number(1))["id"], EVERYTHING)
    assert view["ready"] is False
    assert view["not_before"] > time.time()
    assert len(handoff_csv(services, EVERYTHING, actor="小王").splitlines()) == 1


def test_five_times_a_day_are_shared_by_everybody(services: Services) -> None:
    entered(services, number(1))
    identity = entry_of(services, number(1))["id"]
    for left in (4, 3, 2, 1, 0):
        assert note_check(services, identity, EVERYTHING, actor=f"会计{left}")["remaining_today"] == left
    with pytest.raises(LimitReached):
        note_check(services, identity, EVERYTHING, actor="李会计")
    assert handoff_csv(services, EVERYTHING, actor="小王").count(number(1)) == 0


def test_what_may_not_be_seen_is_not_handed_over(services: Services) -> None:
    entered(services, number(1))
    with pytest.raises(NotFound):
        handoff_view(services, entry_of(services, number(1))["id"], NOBODY)
    assert number(1) not in handoff_csv(services, NOBODY, actor="小王")
    assert take(services, f"{number(1)},一致,", sight=NOBODY).refused[0].why == "entry"


def test_results_are_off_until_they_are_allowed(services: Services) -> None:
    with pytest.raises(ResultsOff):
        take_results(services, ResultFile("r.csv", b""), EVERYTHING, actor="李会计")


def test_a_result_becomes_an_event_of_the_entry_and_counts_for_its_day(services: Services) -> None:
    entered(services, number(1))
    identity = entry_of(services, number(1))["id"]
    note_check(services, identity, EVERYTHING, actor="李会计")
    taken = take(services, f"{number(1)},一致,")
    assert (taken.verified, taken.noted, taken.known, taken.refused) == (1, 0, 0, ())
    assert entry_of(services, number(1))["verification"] == "match"
    assert handoff_view(services, identity, EVERYTHING)["remaining_today"] == 4
    with reading(services.database) as connection:
        query = sa.select(sa.func.count()).where(events.c.entry_id == identity, events.c.what == "verified")
        assert connection.execute(query).scalar_one() == 1


def test_the_same_result_twice_is_known(services: Services) -> None:
    entered(services, number(1))
    line = f"{number(1)},作废,2026-11-20 10:00:00"
    assert take(services, line).verified == 1
    again = take(services, line)
    assert (again.verified, again.known) == (0, 1)
    assert entry_of(services, number(1))["verification"] == "voided"


def test_not_found_too_soon_is_noted_and_asked_again_a_day_later(services: Services) -> None:
    entered(services, number(1))
    assert take(services, f"{number(1)},查无此票,2026-03-03 09:00:00").noted == 1
    assert entry_of(services, number(1))["verification"] == "unchecked"
    assert take(services, f"{number(1)},查无此票,2026-03-05 09:00:00").verified == 1
    assert entry_of(services, number(1))["verification"] == "not_found"


def test_an_answer_about_the_asking_says_nothing_of_the_invoice(services: Services) -> None:
    entered(services, number(1))
    assert take(services, f"{number(1)},超过当日查验次数,").noted == 1
    assert entry_of(services, number(1))["verification"] == "unchecked"


def test_lines_that_cannot_be_taken_are_named(services: Services) -> None:
    entered(services, number(1))
    taken = take(
        services,
        f"{number(1)},也许,",
        f"{number(9)},一致,",
        "2.6112E+19,一致,",
        f"{number(1)},一致,昨天",
        f"{number(1)},,",
    )
    assert [(one.line, one.why) for one in taken.refused] == [(2, "result"), (3, "entry"), (4, "number"), (5, "time")]
    assert taken.verified == 0


def test_the_table_that_was_handed_out_comes_back_filled_in(services: Services) -> None:
    for serial in (1, 2):
        entered(services, number(serial))
    text = handoff_csv(services, EVERYTHING, actor="小王", since="2026-03-01", until="2026-03-31", region="11")
    head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert [row[head.index("发票号码")].strip() for row in rows] == [number(1), number(2)]
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        for line, row in enumerate([head, *rows]):
            filled = dict(zip(head, row, strict=True)) | ({"查验结果": "一致"} if line else {})
            sheet.write_row(line, 0, row if not line else list(filled.values()))
    services.settings.verification_results = True
    taken = take_results(services, ResultFile("r.xlsx", book.getvalue()), EVERYTHING, actor="李会计")
    assert taken.verified == 2
    assert len(handoff_csv(services, EVERYTHING, actor="小王").splitlines()) == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", "号码,别的\n1,2\n".encode(), b"\x00" * 100])
def test_what_is_no_table_of_results_is_refused_as_a_whole(services: Services, content: bytes) -> None:
    services.settings.verification_results = True
    with pytest.raises(UnreadableResults):
        take_results(services, ResultFile("r.csv", content), EVERYTHING, actor="李会计")


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), headers=key_headers(services, boss(services))) as opened:
        yield opened


def test_the_api_hands_over_counts_and_takes_back(client: TestClient, services: Services) -> None:
    entered(services, number(1))
    address = f"/api/v1/entries/{entry_of(services, number(1))['id']}/handoff"
    assert client.get(address).json()["remaining_today"] == 5
    for _ in range(5):
        assert client.post(address).status_code == 200
    assert client.post(address).json()["code"] == "check_limit"
    assert client.get("/api/v1/handoff.csv").headers["content-disposition"].startswith("attachment")
    table = {"file": ("r.csv", f"发票号码,查验结果\n{number(1)},一致\n".encode())}
    assert client.post("/api/v1/handoff/results", files=table).json()["code"] == "results_off"
    services.settings.verification_results = True
    assert client.post("/api/v1/handoff/results", files=table).json()["verified"] == 1
    assert (
        client.post("/api/v1/handoff/results", files={"file": ("r.csv", b"x")}).json()["code"] == "unreadable_results"
    )
    assert client.get("/api/v1/entries/none/handoff").status_code == 404
