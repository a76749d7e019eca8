"""Input that no database keeps or no row answers to: it is told, on both databases, and nothing fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.services import Services
from tests.integration.invoices import einvoice, number
from tests.integration.people import boss, use_key

HUGE = 2**63


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), base_url="http://testserver/api/v1") as opened:
        use_key(opened, services, boss(services))
        yield opened


def test_a_nul_is_refused_with_a_sentence(client: TestClient) -> None:
    asked = [
        client.get("/trace", params={"q": "3280\0"}),
        client.get("/documents/%00"),
        client.post("/feedback", json={"text": "打不开\0"}),
        client.post("/views", json={"name": "三\0月", "query": {}}),
    ]
    assert [(one.status_code, one.json()["code"]) for one in asked] == [(422, "bad_text")] * 4
    assert "空字符" in asked[0].json()["detail_zh"]
    assert client.get("/feedback/mine").json()["reports"] == client.get("/views").json()["views"] == []


def test_a_number_that_no_row_has_is_refused(client: TestClient) -> None:
    link = {"row": HUGE, "entry_id": "1", "reason": "号码看错"}
    asked = [
        client.put(f"/alarms/{HUGE}/seen"),
        client.post("/reconciliations/1/links", json=link),
        client.post(f"/sync/endpoints/1/deliveries/{HUGE}/skip"),
        client.post("/sync/endpoints/1/replay", json={"event_id": HUGE}),
        client.get("/sync/endpoints/1/deliveries", params={"before": HUGE}),
        client.get("/reviews", params={"skip": HUGE}),
    ]
    assert [one.status_code for one in asked] == [422] * 6
    cursors = [client.get(f"/{address}", params={"cursor": HUGE}) for address in ("alarms", "reconciliations/1/rows")]
    assert [(one.status_code, one.json()["code"]) for one in cursors] == [(400, "bad_cursor")] * 2


def test_a_stream_goes_on_from_its_beginning_after_an_id_that_is_none(client: TestClient) -> None:
    sent = client.post("/submissions", files={"files": ("a.xml", einvoice(number(1)))}).json()
    (document,) = sent["documents"]
    client.post(f"/documents/{document['document_id']}/cancel", json={"words": "发错了"})
    address = f"/submissions/{sent['id']}/events"
    whole = client.get(address).text
    assert "event: change" in whole
    for odd in (b"\xb2", b"9" * 30, b"-1"):
        stream = client.get(address, headers={"last-event-id": odd})
        assert (stream.status_code, stream.text) == (200, whole)
