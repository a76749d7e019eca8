"""Partners over HTTP and on the command line."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.deps import _sight
from intake import wiring
from intake.cli import app as command_line
from intake.desk.services import Services
from intake.desk.sync import retry
from models.sight import Sight
from tests.integration.invoices import BUYER, SELLER
from tests.integration.partners import happen, register, send_all, with_partners
from tests.integration.people import boss, key_headers
from tests.integration.receiver import Receiver

SYNC = "/api/v1/sync"


@pytest.fixture
def desk(services: Services) -> Services:
    return with_partners(services)


@pytest.fixture
def client(desk: Services) -> Iterator[TestClient]:
    with TestClient(create_app(desk), headers=key_headers(desk, boss(desk))) as opened:
        yield opened


def add(client: TestClient, receiver: Receiver, **told: Any) -> str:
    answer = client.post(f"{SYNC}/endpoints", json={"name": "财务系统", "url": receiver.url, **told})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    receiver.secret = made["secret"]
    return f"{SYNC}/endpoints/{made['id']}"


def test_the_secret_is_told_once(client: TestClient) -> None:
    receiver = Receiver()
    endpoint = add(client, receiver, types=["invoice.registered"], companies=[BUYER], lag_limit=60)

    one = client.get(endpoint).json()
    shown = client.get(f"{SYNC}/endpoints").text + client.get(endpoint).text + client.get(SYNC).text

    assert receiver.secret.startswith("whsec_")
    assert receiver.secret not in shown
    assert (one["types"], one["companies"], one["departments"]) == (["invoice.registered"], [BUYER], None)
    assert (one["lag_limit"], one["disabled_at"]) == (60, None)


def test_an_endpoint_is_changed_paused_resumed_given_a_secret_and_deleted(client: TestClient) -> None:
    receiver = Receiver()
    endpoint = add(client, receiver)

    moved = client.put(endpoint, json={"name": "新系统", "url": receiver.url, "departments": ["销售部"]}).json()
    paused = client.post(f"{endpoint}/pause").json()
    resumed = client.post(f"{endpoint}/resume").json()
    rotated = client.post(f"{endpoint}/secret").json()
    gone = client.delete(endpoint)

    assert (moved["name"], moved["departments"], moved["types"]) == ("新系统", ["销售部"], None)
    assert (paused["disabled_reason"], resumed["disabled_reason"]) == ("paused", None)
    assert rotated["secret"] != receiver.secret
    assert rotated["previous_until"] > time.time()
    assert (gone.status_code, client.get(endpoint).status_code) == (204, 404)


def test_a_trial_message_tells_what_is_wrong(client: TestClient) -> None:
    receiver = Receiver()
    endpoint = add(client, receiver)

    away = client.post(f"{endpoint}/ping").json()
    with receiver.up():
        there = client.post(f"{endpoint}/ping").json()

    assert (away["ok"], away["trouble"]["code"]) == (False, "connect")
    assert away["trouble"]["zh"] == "连接不上"
    assert (there["ok"], there["status"], there["trouble"]) == (True, 204, None)
    assert [told["type"] for told in receiver.got] == ["ping"]


def test_what_was_delivered_is_listed_and_sent_again(client: TestClient, desk: Services) -> None:
    receiver = Receiver()
    endpoint = add(client, receiver)
    entry = register(desk, 1)
    happen(desk, entry, "archived")
    register(desk, 2)
    with receiver.up():
        send_all(desk)
        page = client.get(f"{endpoint}/deliveries", params={"limit": 1}).json()["deliveries"]
        older = client.get(f"{endpoint}/deliveries", params={"before": page[0]["event_id"]}).json()["deliveries"]
        of_entry = client.get(f"{endpoint}/deliveries", params={"subject": entry}).json()["deliveries"]
        for what in ({"event_id": of_entry[0]["event_id"]}, {"since": 0}, {"dead": True}):
            assert client.post(f"{endpoint}/replay", json=what).status_code == 202
        send_all(desk)

    assert [one["state"] for one in page + older] == ["delivered"] * 3
    assert [one["type"] for one in of_entry] == ["invoice.archived", "invoice.registered"]
    assert len(receiver.got) == 6
    assert len(receiver.counted) == 3


def test_a_message_is_skipped(client: TestClient, desk: Services) -> None:
    receiver = Receiver()
    endpoint = add(client, receiver)
    register(desk, 1)
    send_all(desk)
    event = client.get(f"{endpoint}/deliveries").json()["deliveries"][0]["event_id"]

    assert client.post(f"{endpoint}/deliveries/{event}/skip").status_code == 204
    assert client.get(f"{endpoint}/deliveries?state=skipped").json()["deliveries"][0]["event_id"] == event
    assert client.post(f"{endpoint}/deliveries/{event}/skip").status_code == 404


def test_the_monitor_says_who_is_behind_and_what_to_do(
    client: TestClient, desk: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "ENDPOINT", 0.0)
    receiver = Receiver()
    add(client, receiver, lag_limit=1)
    register(desk, 1)
    send_all(desk)
    time.sleep(1.1)

    late = client.get(SYNC).json()
    (one,) = late["partners"]

    assert (late["alarm"], one["backlog"], one["dead"]) == (True, 1, 0)
    assert one["lag"] > 1
    assert [alarm["code"] for alarm in one["alarms"]] == ["lag"]
    assert one["alarms"][0]["zh"].startswith("落后")
    assert one["last_trouble"]["code"] == "connect"


@pytest.mark.parametrize(
    ("told", "status", "code", "said"),
    [
        ({"url": "https://192.168.1.1/x"}, 422, "bad_endpoint", "内部网络"),
        ({"url": "ftp://partner.example/"}, 422, "bad_endpoint", "格式"),
        ({"types": ["invoice.eaten"]}, 422, "bad_types", "invoice.eaten"),
        ({"types": []}, 422, "invalid", ""),
        ({"name": ""}, 422, "invalid", ""),
        ({"lag_limit": 0}, 422, "invalid", ""),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused_with_a_sentence(
    client: TestClient, told: dict[str, Any], status: int, code: str, said: str
) -> None:
    answer = client.post(f"{SYNC}/endpoints", json={"name": "财务系统", "url": "https://partner.example/x", **told})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert said in answer.json()["detail_zh"]


def test_a_name_is_given_once(client: TestClient) -> None:
    add(client, Receiver())

    answer = client.post(f"{SYNC}/endpoints", json={"name": "财务系统", "url": "https://partner.example/x"})

    assert (answer.status_code, answer.json()["code"]) == (409, "known_name")


@pytest.mark.parametrize("body", [{}, {"dead": True, "since": 0}, {"event_id": 0}])
def test_a_replay_says_what_it_means(client: TestClient, body: dict[str, Any]) -> None:
    endpoint = add(client, Receiver())

    assert client.post(f"{endpoint}/replay", json=body).status_code == 422


@pytest.mark.parametrize("path", ["", "/deliveries", "/pause", "/resume", "/secret", "/ping", "/replay"])
def test_an_endpoint_that_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    method = "GET" if path in ("", "/deliveries") else "POST"
    body = {"dead": True} if path == "/replay" else None

    assert client.request(method, f"{SYNC}/endpoints/nobody{path}", json=body).status_code == 404


# --- the feed


def test_the_feed_is_fetched_page_by_page(client: TestClient, desk: Services) -> None:
    entries = [register(desk, serial) for serial in range(3)]
    happen(desk, entries[0], "archived")

    first = client.get("/api/v1/changes", params={"limit": 2}).json()
    second = client.get("/api/v1/changes", params={"limit": 2, "after": first["next"]}).json()
    last = client.get("/api/v1/changes", params={"after": second["next"]}).json()
    archived = client.get("/api/v1/changes", params={"types": "invoice.archived,invoice.withdrawn"}).json()

    told = first["changes"] + second["changes"]
    assert [one["data"]["entry_id"] for one in told] == [*entries, entries[0]]
    assert (first["more"], second["more"], last["changes"]) == (True, False, [])
    assert [one["type"] for one in archived["changes"]] == ["invoice.archived"]
    assert "invoice.registered" in client.get("/api/v1/changes/types").json()["types"]


def test_who_waits_is_told_as_soon_as_something_happens(client: TestClient, desk: Services) -> None:
    later = threading.Timer(0.7, register, (desk, 1))
    later.start()
    started = time.monotonic()

    page = client.get("/api/v1/changes", params={"wait": 20}).json()

    later.join()
    assert len(page["changes"]) == 1
    assert 0.5 < time.monotonic() - started < 15


def test_who_waits_for_nothing_is_told_so(client: TestClient) -> None:
    told = client.get("/api/v1/changes", params={"wait": 0.2}).json()
    assert (told["changes"], told["more"]) == ([], False)


def test_two_people_fetch_what_each_may_see(client: TestClient, desk: Services) -> None:
    register(desk, 1, sender="小王")
    register(desk, 2, sender="小李", buyer_tax_id=SELLER)

    def seen(sight: Sight) -> list[str]:
        client.app.dependency_overrides[_sight] = lambda: sight  # type: ignore[attr-defined]
        told = client.get("/api/v1/changes").json()["changes"]
        return [one["data"]["buyer_tax_id"] for one in told]

    assert seen(Sight("会计", frozenset([BUYER]), None)) == [BUYER]
    assert seen(Sight("小李")) == [SELLER]
    assert seen(Sight("路人")) == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"after": 99}, 409, "cursor_ahead"),
        ({"after": -1}, 422, "invalid"),
        ({"types": "invoice.eaten"}, 422, "bad_types"),
        ({"wait": 31}, 422, "invalid"),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_wrong(
    client: TestClient, query: dict[str, Any], status: int, code: str
) -> None:
    answer = client.get("/api/v1/changes", params=query)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


# --- the command line


def run(desk: Services, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    monkeypatch.setattr(wiring, "build_services", lambda settings: desk)
    result = CliRunner().invoke(command_line, ["sync", *words])
    return result.exit_code, result.output


def test_partners_are_looked_after_from_the_command_line(desk: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = Receiver()
    code, out = run(desk, monkeypatch, "add", "财务系统", receiver.url, "--type", "invoice.registered")
    identity, receiver.secret = out.split()
    register(desk, 1)

    assert code == 0
    assert run(desk, monkeypatch, "ping", "财务系统")[0] == 1
    with receiver.up():
        send_all(desk)
        assert run(desk, monkeypatch, "ping", identity)[0] == 0
        assert run(desk, monkeypatch, "replay", "财务系统", "--since", "2026-01-01")[1].startswith("1 ")
        send_all(desk)
    code, out = run(desk, monkeypatch, "list")

    assert [told["type"] for told in receiver.got] == ["invoice.registered", "ping", "invoice.registered"]
    assert (code, "backlog 0" in out) == (0, True)


def test_the_command_line_says_what_is_wrong(desk: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    run(desk, monkeypatch, "add", "财务系统", "https://partner.example/x")

    assert run(desk, monkeypatch, "add", "财务系统", "https://partner.example/x")[0] == 1
    assert "forbidden_address" in run(desk, monkeypatch, "add", "别的", "https://10.0.0.1/x")[1]
    assert "no endpoint 谁" in run(desk, monkeypatch, "ping", "谁")[1]
    assert "was never on its way" in run(desk, monkeypatch, "replay", "财务系统", "--event", "7")[1]
    assert run(desk, monkeypatch, "replay", "财务系统")[0] == 2
