"""Signing in: passwords, sessions, forms of strangers, and those who try too often."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.app import create_app
from intake.desk import passwords
from intake.desk.login import PER_NAME, TooManyTries, WrongPassword, reset_password, sign_in
from intake.desk.passwords import WEAKNESSES, WeakPassword, require_strong
from intake.desk.people import add_person, disable, enable, first_administrator, person_named
from intake.desk.services import Services
from intake.desk.sessions import caller_of_session, session_list
from intake.queue import JobQueue
from intake.settings import Settings
from intake.store.database import reading
from intake.store.history import verify
from intake.store.tables import events, users
from intake.throttle import Throttle
from models.person import Rights, SignIn
from models.rights import Role
from tests.integration.people import key_headers, session_of, somebody

GOOD = "horse battery staple"
RIGHTS = Rights(frozenset({Role.FINANCE}), None, None)
HTML = {"accept": "text/html"}
on_one_database = pytest.mark.parametrize("services", ["sqlite"], indirect=True)


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), follow_redirects=False) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash with less work: many tries are made here."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64),)))
    passwords._nobodys.cache_clear()


@pytest.fixture
def wang(services: Services) -> str:
    """Somebody with a password of their own; gives it."""
    person = somebody(services, "王小明", Role.FINANCE)
    values = {"password": passwords.hashed(GOOD), "sign_in": SignIn.PASSWORD.value}
    with services.database.begin() as connection:
        connection.execute(users.update().where(users.c.id == person.id).values(**values))
    return GOOD


def enter(client: TestClient, name: str, password: str, **more: str) -> Any:
    return client.post("/login", data={"name": name, "password": password, **more}, headers=HTML)


def token_of(client: TestClient) -> str:
    found = re.search(r'name="csrf" content="(\w+)"', client.get("/rules").text)
    assert found
    return found[1]


def told(services: Services, what: str) -> list[Any]:
    with reading(services.database) as connection:
        return list(connection.execute(sa.select(events).where(events.c.what == what).order_by(events.c.id)).all())


@on_one_database
def test_a_page_asks_for_the_sign_in_and_comes_back_to_where_one_was(client: TestClient, wang: str) -> None:
    asked = client.get("/ledger?q=%E6%9D%AD%E5%B7%9E&since=2026-01-01", headers=HTML)
    assert asked.status_code == 303
    form = client.get(asked.headers["location"])
    target = re.search(r'name="target" value="([^"]*)"', form.text)
    assert target
    answer = enter(client, "王小明", wang, target=target[1].replace("&amp;", "&"))
    assert answer.headers["location"] == "/ledger?q=%E6%9D%AD%E5%B7%9E&since=2026-01-01"
    assert client.get(answer.headers["location"]).status_code == 200


@on_one_database
def test_a_program_is_told_in_both_languages(client: TestClient) -> None:
    answer = client.get("/api/v1/invoices", headers=HTML)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "登录" in answer.json()["detail_zh"]
    assert "Sign in" in answer.json()["detail"]


@on_one_database
@pytest.mark.parametrize(("name", "password"), [("王小明", "wrong password"), ("nobody", GOOD), ("王小明", "")])
def test_a_wrong_sign_in_does_not_say_what_was_wrong(client: TestClient, wang: str, name: str, password: str) -> None:
    answer = enter(client, name, password)
    if password:
        assert answer.status_code == 401
        assert "用户名或密码不正确" in answer.text
    assert "set-cookie" not in answer.headers
    assert client.get("/api/v1/me").status_code == 401


@on_one_database
def test_what_is_typed_for_a_name_is_kept_only_when_it_is_one(
    services: Services, client: TestClient, wang: str
) -> None:
    enter(client, GOOD, "oops")
    enter(client, "王小明", "oops")
    assert [one.actor for one in told(services, "sign_in_failed")] == ["–", "王小明"]
    assert all(GOOD not in one.details for one in told(services, "sign_in_failed"))


def test_every_step_is_an_event_with_its_address(services: Services, client: TestClient, wang: str) -> None:
    enter(client, "王小明", wang)
    client.post("/logout", data={"csrf": token_of(client)})
    for what in ("signed_in", "signed_out"):
        assert (told(services, what)[-1].actor, '"address": "testclient"' in told(services, what)[-1].details) == (
            "王小明", True,
        )  # fmt: skip
    with reading(services.database) as connection:
        assert verify(connection).ok


@on_one_database
def test_case_and_width_of_a_name_do_not_matter(services: Services, client: TestClient) -> None:
    added = add_person(services, "Wang.XM", RIGHTS, actor="test")
    assert enter(client, "ｗａｎｇ.xm", added.password or "").status_code == 303


@on_one_database
def test_a_password_that_was_given_must_be_changed_before_anything_else(services: Services, client: TestClient) -> None:
    added = add_person(services, "新人", RIGHTS, actor="test")
    first = added.password or ""
    assert enter(client, "新人", first).headers["location"] == "/password"
    assert client.get("/ledger", headers=HTML).headers["location"] == "/password"
    assert client.get("/api/v1/invoices").json()["code"] == "password_first"
    csrf = re.search(r'name="csrf" value="(\w+)"', client.get("/password").text)
    assert csrf
    for old, new, said in (
        ("wrong", GOOD, "原密码不正确"),
        (first, "1234567890123", "只有数字"),
        (first, first, "相同"),
    ):
        assert said in client.post("/password", data={"csrf": csrf[1], "old": old, "new": new}).text
    assert client.post("/password", data={"csrf": csrf[1], "old": first, "new": GOOD}).status_code == 303
    assert client.get("/ledger").status_code == 200


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "short"), ("x" * 201, "long"), ("13800138000", "digits"), ("aaaaaaaaaaab", "simple"),
     ("我是王小明呀呀呀呀呀", "name"), ("ＷＡＮＧ王小明-2026", "name")],
)  # fmt: skip
def test_passwords_that_are_guessed_first_are_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        require_strong(password, "王小明")
    assert refused.value.why == why
    assert all(WEAKNESSES[why])


def test_a_session_is_another_after_every_sign_in_and_every_change(
    services: Services, client: TestClient, wang: str
) -> None:
    client.cookies.set("shoupiao", "planted-by-an-attacker")
    enter(client, "王小明", wang)
    (first,) = [cookie.value for cookie in client.cookies.jar if cookie.value != "planted-by-an-attacker"]
    assert caller_of_session(services, "planted-by-an-attacker") is None
    other = sign_in(services, "王小明", wang, address="10.0.0.9", agent="telephone").token
    client.cookies.clear()
    client.cookies.set("shoupiao", str(first))
    answer = client.post("/password", data={"csrf": token_of(client), "old": wang, "new": "another good one"})
    assert answer.status_code == 303
    assert caller_of_session(services, str(first)) is None
    assert caller_of_session(services, other) is None
    assert len(session_list(services, person_named(services, "王小明"))) == 1


def test_the_database_holds_nothing_that_opens_a_door(services: Services, wang: str) -> None:
    token = sign_in(services, "王小明", wang, address="", agent="").token
    header = key_headers(services, person_named(services, "王小明"))["authorization"]
    secret = header.split(".")[1]
    with reading(services.database) as connection:
        everything = "".join(
            str(row) for name in ("users", "sessions", "api_keys", "events")
            for row in connection.execute(sa.text(f"SELECT * FROM {name}"))
        )  # fmt: skip
    assert not any(one in everything for one in (token, secret, wang))
    assert "$argon2id$" in everything


def test_a_session_ends_when_it_was_idle_or_is_old(
    services: Services, wang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sign_in(services, "王小明", wang, address="", agent="").token
    start, idle = time.time(), services.settings.session_idle_seconds

    def at(seconds: float) -> bool:
        monkeypatch.setattr(time, "time", lambda: start + seconds)
        return caller_of_session(services, token) is not None

    assert at(idle - 10)
    assert at(2 * idle - 30)  # it was used in between
    assert not at(3 * idle)
    token = sign_in(services, "王小明", wang, address="", agent="").token
    for step in range(1, 13):
        still = at(3 * idle + step * 3600)
        assert still == (step * 3600 < services.settings.session_seconds)


def test_signing_out_ends_this_session_and_forgets_the_pictures(
    services: Services, client: TestClient, wang: str
) -> None:
    enter(client, "王小明", wang)
    other = sign_in(services, "王小明", wang, address="", agent="").token
    token = client.cookies["shoupiao"]
    answer = client.post("/logout", data={"csrf": token_of(client)})
    assert answer.headers["clear-site-data"] == '"cache"'
    assert caller_of_session(services, token) is None
    assert caller_of_session(services, other) is not None


def test_one_ends_ones_own_sessions_and_nobody_elses(services: Services, client: TestClient) -> None:
    mine, theirs = somebody(services, "张三", Role.VIEWER), somebody(services, "李四", Role.VIEWER)
    cookies, headers = session_of(services, mine)
    session_of(services, mine)
    session_of(services, theirs)
    client.cookies = cookies  # type: ignore[assignment]
    shown = client.get("/account").text
    (own,) = {one.id for one in session_list(services, mine)} & set(re.findall(r"sessions/(\w+)/end", shown))
    (other,) = session_list(services, theirs)
    assert other.id not in shown
    for session in (own, other.id):
        assert client.post(f"/account/sessions/{session}/end", headers=headers).status_code == 303
    assert len(session_list(services, mine)) == 1
    assert len(session_list(services, theirs)) == 1


def test_who_is_shut_out_is_out_at_once_and_comes_back_without_the_old_session(services: Services, wang: str) -> None:
    token = sign_in(services, "王小明", wang, address="", agent="").token
    disable(services, "王小明", actor="test")
    assert caller_of_session(services, token) is None
    with pytest.raises(WrongPassword):
        sign_in(services, "王小明", wang, address="", agent="")
    enable(services, "王小明", actor="test")
    assert caller_of_session(services, token) is None
    assert sign_in(services, "王小明", wang, address="", agent="").token


@on_one_database
def test_over_https_the_cookie_is_bound_to_this_host(services: Services, wang: str) -> None:
    with TestClient(create_app(services), base_url="https://invoices.example", follow_redirects=False) as client:
        cookie = enter(client, "王小明", wang).headers["set-cookie"]
        assert re.match(r"__Host-shoupiao=[\w-]{43};", cookie)
        assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"))
        assert "Domain" not in cookie
        assert client.get("/ledger").status_code == 200


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


# ---- the first one, and the last


def test_the_first_administrator_is_made_once_with_a_password_nobody_can_guess(
    services: Services, client: TestClient
) -> None:
    added = first_administrator(services)
    assert added is not None
    assert added.password is not None
    assert re.fullmatch(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}", added.password)
    assert first_administrator(services) is None
    assert enter(client, "admin", added.password).headers["location"] == "/password"


def test_a_reset_gives_a_new_password_and_ends_every_session(services: Services, wang: str) -> None:
    token = sign_in(services, "王小明", wang, address="", agent="").token
    new = reset_password(services, "王小明", actor="root (command line)")
    assert caller_of_session(services, token) is None
    with pytest.raises(WrongPassword):
        sign_in(services, "王小明", wang, address="", agent="")
    assert sign_in(services, "王小明", new, address="", agent="").person.must_change
    assert [one.actor for one in told(services, "password_reset")] == ["root (command line)"]


@on_one_database
def test_the_time_of_a_wrong_sign_in_does_not_tell_whether_there_is_such_a_name(
    services: Services, wang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not measured: a hash is worked out either way."""
    worked = []
    real = passwords._HASHER.verify_and_update
    monkeypatch.setattr(
        type(passwords._HASHER), "verify_and_update",
        lambda _, password, kept: worked.append(kept) or real(password, kept),
    )  # fmt: skip
    for name in ("王小明", "nobody"):
        with pytest.raises(WrongPassword):
            sign_in(services, name, "wrong", address="", agent="")
    assert len(worked) == 2
    assert all(kept.startswith("$argon2id$") for kept in worked)
