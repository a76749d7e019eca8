"""Who did what, when, from where, before and after: what an auditor is told, and by what they can check it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.people import change_rights
from intake.desk.services import Services
from intake.desk.verify_runs import prove_asked
from intake.store.database import reading
from intake.store.entries import change
from intake.store.tables import events
from models.person import Rights
from models.rights import Role
from tests.integration.entered import entered
from tests.integration.invoices import einvoice, number
from tests.integration.people import boss, key_headers, session_of, somebody

#: What the hash of an event covers, as docs/security.md tells auditors.
COVERED = ("at", "actor", "what", "document_id", "submission_id", "entry_id", "details", "algorithm", "previous")


@pytest.fixture
def client(services: Services) -> TestClient:
    return TestClient(create_app(services), headers=key_headers(services, boss(services)))


def sent(client: TestClient, name: str = "a.xml", serial: int = 1) -> str:
    files = {"files": (name, einvoice(number(serial)))}
    taken = client.post("/api/v1/submissions", files=files)
    return str(taken.json()["documents"][0]["document_id"])


def told(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/audit", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["events"])


def test_reading_an_original_is_an_event_with_who_and_from_where(client: TestClient) -> None:
    document = sent(client)
    client.get(f"/api/v1/documents/{document}/original")

    (read,) = told(client, act="original_read")
    assert (read["actor"], read["document_id"], read["address"]) == ("小王", document, "testclient")
    assert read["key"]
    assert read["act_zh"] == "查看原件"


def test_lists_and_pages_are_no_events(client: TestClient, services: Services) -> None:
    document = sent(client)
    before = len(told(client, limit=200))
    for path in (f"/api/v1/documents/{document}", "/api/v1/invoices", f"/documents/{document}", "/audit"):
        assert client.get(path).status_code == 200

    assert len(told(client, limit=200)) == before


def test_who_sent_a_file_is_not_told_who_read_it(client: TestClient) -> None:
    document = sent(client)
    client.get(f"/api/v1/documents/{document}/original")

    page = client.get(f"/documents/{document}").text
    assert "已接收" in page
    assert "查看原件" not in page


def test_from_where_somebody_acted_is_told_to_auditors_only(client: TestClient, services: Services) -> None:
    entry = entered(services, 1)
    client.put(f"/api/v1/entries/{entry}/verification", json={"result": "match"}).raise_for_status()
    document = sent(client, serial=2)

    assert [one["address"] for one in told(client, about=entry) if one["what"] == "verified"] == ["testclient"]
    for path in (f"/api/v1/entries/{entry}", f"/entries/{entry}", f"/documents/{document}"):
        assert "testclient" not in client.get(path).text


@pytest.mark.parametrize(("path", "of"), [("exports/ledger.csv", "ledger"), ("handoff.csv", "handoff")])
def test_every_export_is_one_event(client: TestClient, path: str, of: str) -> None:
    assert client.get(f"/api/v1/{path}").status_code == 200

    (taken,) = told(client, act="exported")
    assert (taken["details"]["of"], taken["details"]["rows"]) == (of, 0)
    assert (taken["actor"], taken["address"], bool(taken["key"])) == ("小王", "testclient", True)


def test_a_change_of_rights_is_told_with_before_and_after(client: TestClient, services: Services) -> None:
    somebody(services, "小李", Role.VIEWER)
    change_rights(services, "小李", Rights(frozenset({Role.AUDITOR}), None, None), actor="小王")

    (changed,) = told(client, act="rights_changed")
    assert changed["before"]["roles"] == ["viewer"]
    assert changed["after"]["roles"] == ["auditor"]


def test_an_entry_is_told_with_what_each_event_changed_in_it(client: TestClient, services: Services) -> None:
    entry = entered(services, 1)
    with services.database.begin() as connection:
        change(connection, entry, "verified", actor="小王", details={"result": "match"})
        change(connection, entry, "used", actor="小李", details={"claim": "BX-1"})

    used, verified, first = told(client, about=entry)
    assert (verified["before"], verified["after"]["verification"]) == (
        {"verification": "unchecked", "verified_at": None}, "match",
    )  # fmt: skip
    assert (used["before"]["used_by"], used["after"]["used_by"]) == (None, "BX-1")
    assert first["before"] == {}
    assert first["after"]["total"] == "106.00"


def test_the_trail_is_asked_by_who_what_when_and_about_what(client: TestClient, services: Services) -> None:
    entered(services, 1)
    entered(services, 2)
    client.get("/api/v1/exports/ledger.csv")

    assert {one["actor"] for one in told(client, actor="小王")} == {"小王"}
    assert {one["what"] for one in told(client, act="group:taken_out")} == {"exported"}
    assert len(told(client, about=number(1))) == 1
    assert told(client, until="2020-01-01") == []
    assert told(client, since="2020-01-01", until="2099-01-01", act="entered")
    assert client.get("/api/v1/audit", params={"act": "nothing"}).status_code == 422


def test_pages_have_no_gap_and_no_repeat_while_things_happen(client: TestClient, services: Services) -> None:
    for serial in range(7):
        entered(services, serial)
    seen: list[int] = []
    cursor = 0
    while cursor is not None:
        page = client.get("/api/v1/audit", params={"act": "entered", "limit": 3, "cursor": cursor}).json()
        seen += [one["id"] for one in page["events"]]
        cursor = page["next"]
        entered(services, 100 + len(seen))

    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)


def test_an_auditor_of_one_department_sees_its_entries_and_nothing_of_the_house(services: Services) -> None:
    entered(services, 1, department="研发部")
    entered(services, 2, department="销售部")
    auditor = somebody(services, "小赵", Role.AUDITOR, departments=frozenset({"研发部"}))
    client = TestClient(create_app(services), headers=key_headers(services, auditor))

    shown = told(client, limit=200)
    assert [one["after"]["invoice_number"] for one in shown] == [number(1)]
    lines = client.get("/api/v1/audit/export.jsonl").text.splitlines()
    assert [json.loads(one)["what"] for one in lines] == ["entered"]


def test_the_export_proves_itself_without_us(client: TestClient, services: Services) -> None:
    sent(client)
    entered(services, 2)
    lines = [json.loads(one) for one in client.get("/api/v1/audit/export.jsonl").text.splitlines()]

    previous = "0" * 64
    for one in lines:
        text = json.dumps({name: one[name] for name in COVERED}, ensure_ascii=False, sort_keys=True)
        assert hashlib.sha256(text.encode()).hexdigest() == one["hash"]
        assert one["previous"] == previous
        previous = one["hash"]
    with reading(services.database) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(events)).scalar_one() == len(lines) + 1


def test_the_export_is_an_event_and_its_csv_holds_no_formula(client: TestClient, services: Services) -> None:
    entry = entered(services, 1)
    with services.database.begin() as connection:
        change(connection, entry, "used", actor="=HYPERLINK(1)", details={"claim": "BX-1"})
    content = client.get("/api/v1/audit/export.csv", params={"about": entry, "lang": "en"}).content

    assert content.startswith(b"\xef\xbb\xbf")
    heads, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert heads[:4] == ["Event", "Time", "Who", "Act"]
    assert [row[2] for row in rows] == ["test", "'=HYPERLINK(1)"]
    assert rows[1][3] == "Paid with a claim"
    (taken,) = told(client, act="exported")
    assert taken["details"] == {"of": "audit", "filters": {"about": entry}, "form": "csv", "rows": 2}


def test_an_unknown_kind_of_act_exports_nothing_and_is_no_event(client: TestClient) -> None:
    assert client.get("/api/v1/audit/export.csv", params={"act": "nothing"}).status_code == 422
    assert told(client, act="exported") == []


def test_the_page_shows_the_chain_its_events_and_their_hashes(client: TestClient, services: Services) -> None:
    entered(services, 1)
    list(prove_asked(services, bytes_per_second=0))
    page = client.get("/audit", params={"act": "entered", "since": "", "until": "", "cursor": ""}).text
    chain = client.get("/api/v1/audit/chain").json()

    (shown,) = told(client, act="entered")
    assert shown["hash"] in page
    assert chain["head"]["hash"] in page
    assert chain["proof"]["ok"] is True
    assert "登记入账" in page
    assert 'href="/api/v1/audit/export.jsonl?act=entered' in page


def test_the_page_is_for_auditors_and_in_their_navigation(services: Services) -> None:
    auditor, viewer = somebody(services, "小赵", Role.AUDITOR), somebody(services, "小孙", Role.VIEWER)
    for person, status in ((auditor, 200), (viewer, 403)):
        client = TestClient(create_app(services), cookies=session_of(services, person)[0])
        assert client.get("/audit").status_code == status
        assert ('href="/audit"' in client.get("/").text) == (status == 200)
