"""What strangers try: forms of other sites, a way back to their own, floods, guesses, a false address."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.login import PER_NAME, TooManyTries, WrongPassword, sign_in
from intake.desk.services import Services
from intake.desk.sessions import session_list
from intake.queue import JobQueue
from intake.settings import Settings
from intake.throttle import Throttle
from models.rights import Role
from tests.integration.people import key_headers, session_of, somebody
from tests.integration.signing_in import add_wang, enter, quick_hashes, told

on_one_database = pytest.mark.parametrize("services", ["sqlite"], indirect=True)


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), follow_redirects=False) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_hashes(monkeypatch)


@pytest.fixture
def wang(services: Services) -> str:
    return add_wang(services)


# ---- forms of other sites


@on_one_database
@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"data": {"csrf": "f" * 64}},
        {"headers": {"x-csrf-token": "f" * 64}},
        {"files": {"csrf": ("a", b"x")}},
        {"headers": {"x-csrf-token": "good", "origin": "https://evil.example"}},
        {"headers": {"x-csrf-token": "good", "origin": "null"}},
        {"headers": {"x-csrf-token": "good", "sec-fetch-site": "cross-site"}},
        {"headers": {"x-csrf-token": "good", "sec-fetch-site": "same-site", "origin": "http://testserver"}},
    ],
    ids=str,
)
def test_what_another_site_sends_is_refused(services: Services, client: TestClient, sent: dict[str, Any]) -> None:
    person = somebody(services, "王小明", Role.FINANCE)
    cookies, good = session_of(services, person)
    client.cookies = cookies  # type: ignore[assignment]
    headers = {**sent.get("headers", {})}
    if headers.get("x-csrf-token") == "good":
        headers |= good
    answer = client.post("/logout", **{**sent, "headers": headers})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_form")
    assert len(session_list(services, person)) == 1


@on_one_database
@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://testserver"}, {"origin": "http://testserver:80"}, {"sec-fetch-site": "same-origin"}],
    ids=str,
)
def test_what_our_own_pages_send_is_taken(services: Services, client: TestClient, headers: dict[str, str]) -> None:
    cookies, good = session_of(services, somebody(services, "王小明", Role.FINANCE))
    client.cookies = cookies  # type: ignore[assignment]
    sent = client.post("/api/v1/submissions", files={"files": ("a.xml", b"<a/>")}, headers={**headers, **good})
    assert sent.status_code == 202
    form = client.post(
        "/upload", files={"files": ("a.xml", b"<a/>")}, data={"csrf": good["x-csrf-token"]}, headers=headers
    )
    assert form.status_code == 303


@on_one_database
def test_the_token_of_another_session_does_not_fit(services: Services, client: TestClient) -> None:
    person = somebody(services, "王小明", Role.FINANCE)
    cookies, _ = session_of(services, person)
    _, others = session_of(services, person)
    client.cookies = cookies  # type: ignore[assignment]
    assert client.post("/logout", headers=others).json()["code"] == "foreign_form"


@on_one_database
def test_nobody_is_signed_in_by_another_site(client: TestClient, wang: str) -> None:
    evil = {"origin": "https://evil.example"}
    answer = client.post("/login", data={"name": "王小明", "password": wang}, headers=evil)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_form")


@on_one_database
def test_a_key_needs_no_token_as_no_browser_sends_it_by_itself(services: Services, client: TestClient) -> None:
    headers = key_headers(services, somebody(services, "王小明", Role.FINANCE))
    evil = {"origin": "https://app.example", "sec-fetch-site": "cross-site"}
    answer = client.post("/api/v1/submissions", files={"files": ("a.xml", b"<a/>")}, headers={**headers, **evil})
    assert answer.status_code == 202


@on_one_database
@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1", ""])
def test_the_way_back_leads_to_no_other_site(client: TestClient, wang: str, target: str) -> None:
    assert 'value="/"' in client.get("/login", params={"target": target}).text
    assert enter(client, "王小明", wang, target=target).headers["location"] == "/"


@on_one_database
def test_a_stranger_cannot_make_the_form_swallow_a_flood(client: TestClient) -> None:
    assert client.post("/login", data={"name": "x" * 100_000, "password": "x"}).status_code == 413


# ---- trying too often


@on_one_database
def test_a_name_can_be_tried_ten_times_and_then_also_the_right_password_waits(
    services: Services, client: TestClient, wang: str
) -> None:
    for _ in range(PER_NAME.amount):
        assert enter(client, "王小明", "wrong").status_code == 401
    answer = enter(client, "王小明", wang)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 901
    assert "分钟后再试" in answer.text
    # Another name from the same place, and the same name with other letters.
    assert enter(client, "李四", "wrong").status_code == 401
    assert enter(client, "王小明 ", wang).status_code == 429


@on_one_database
def test_a_good_sign_in_begins_the_count_anew(services: Services, client: TestClient, wang: str) -> None:
    for _ in range(3):
        for _ in range(PER_NAME.amount - 1):
            enter(client, "王小明", "wrong")
        assert enter(client, "王小明", wang).status_code == 303
        client.cookies.clear()


@on_one_database
def test_many_names_from_one_network_are_stopped(services: Services) -> None:
    # A house has a /64 of IPv6: each address of it is the same house.
    stopped = False
    for serial in range(70):
        try:
            sign_in(services, f"name{serial}", "wrong", address=f"2001:db8::{serial:x}", agent="")
        except WrongPassword:
            continue
        except TooManyTries:
            stopped = True
            break
    assert stopped
    with pytest.raises(WrongPassword):
        sign_in(services, "somebody", "wrong", address="2001:db8:0:1::1", agent="")


@on_one_database
def test_the_limit_holds_while_redis_is_away_and_when_it_comes_back(services: Services, wang: str) -> None:
    nowhere = JobQueue("redis://127.0.0.1:1/0")
    away = dataclasses.replace(services, throttle=Throttle(nowhere.connection))
    for _ in range(PER_NAME.amount):
        with pytest.raises(WrongPassword):
            sign_in(away, "王小明", "wrong", address="10.0.0.1", agent="")
    with pytest.raises(TooManyTries):
        sign_in(away, "王小明", wang, address="10.0.0.1", agent="")
    assert sign_in(services, "王小明", wang, address="10.0.0.1", agent="").token
    nowhere.connection.close()


@on_one_database
def test_one_persons_requests_are_bounded_over_all_their_keys(services: Services) -> None:
    services.settings.requests_per_minute = 5
    person, other = somebody(services, "张三", Role.VIEWER), somebody(services, "李四", Role.VIEWER)
    first, second = key_headers(services, person), key_headers(services, person)
    with TestClient(create_app(services)) as client:
        codes = [client.get("/api/v1/me", headers=one).status_code for one in (first, second) * 4]
        assert codes == [200] * 5 + [429] * 3
        limited = client.get("/api/v1/me", headers=first)
        assert (limited.json()["code"], int(limited.headers["retry-after"]) <= 61) == ("too_many", True)
        assert client.get("/api/v1/me", headers=key_headers(services, other)).status_code == 200


# ---- who speaks for whom


@on_one_database
def test_only_a_trusted_proxy_says_where_somebody_is(services: Services) -> None:
    said = {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}
    headers = {**key_headers(services, somebody(services, "张三", Role.SUBMITTER)), **said}
    files = {"files": ("a.xml", b"<a/>")}
    for trusted in ("", "10.0.0.0/8"):
        services.settings.trusted_proxies = trusted
        for address, expected in (("192.0.2.1", "192.0.2.1"), ("10.1.1.1", "203.0.113.7" if trusted else "10.1.1.1")):
            with TestClient(create_app(services), client=(address, 50000)) as client:
                assert client.post("/api/v1/submissions", files=files, headers=headers).status_code == 202
            assert f'"address": "{expected}"' in told(services, "submitted")[-1].details


@pytest.mark.parametrize("proxies", ["*", "0.0.0.0/0", "anything", "10.0.0.1, *"])
def test_trusting_everybody_is_refused_at_the_start(proxies: str) -> None:
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings(trusted_proxies=proxies)
