"""Signing in and out: passwords, sessions, the first administrator, a reset."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk import passwords
from intake.desk.login import WrongPassword, reset_password, sign_in
from intake.desk.passwords import WEAKNESSES, WeakPassword, require_strong
from intake.desk.people import add_person, disable, enable, first_administrator, person_named
from intake.desk.services import Services
from intake.desk.sessions import caller_of_session, session_list
from intake.store.database import reading
from intake.store.history import verify
from models.person import Rights
from models.rights import Role
from tests.integration.people import key_headers, session_of, somebody
from tests.integration.signing_in import GOOD, HTML, add_wang, enter, quick_hashes, token_of, told

RIGHTS = Rights(frozenset({Role.FINANCE}), None, None)
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
