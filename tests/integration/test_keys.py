"""Keys of programs: what they open, for how long, and for whom they may send."""

from __future__ import annotations

import re
import time
import urllib.parse
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from intake.cli.submit import _require_key
from intake.desk.keys import ScopeTooWide, UnknownKey, caller_of_key, key_list, make_key, revoke_key
from intake.desk.people import change_rights, disable
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import api_keys, events, submissions
from models.person import Person, Rights
from models.rights import Permission, Role
from tests.integration.invoices import einvoice, number
from tests.integration.people import key_headers, session_of, somebody

SEND, FOR_OTHERS = Permission.SUBMIT, Permission.SEND_FOR_OTHERS


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def clerk(services: Services) -> Person:
    return somebody(services, "小财", Role.FINANCE, department="财务部")


def made(services: Services, owner: Person, *scopes: Permission, days: int | None = None) -> str:
    return make_key(services, owner.name, scopes or (SEND,), name="app", actor=owner.name, days=days)


def opens(services: Services, key: str) -> bool:
    return caller_of_key(services, key, address="") is not None


def test_a_key_is_a_prefix_and_256_random_bits(services: Services, clerk: Person) -> None:
    key = made(services, clerk)
    prefix, secret = key.split(".")
    assert re.fullmatch(r"sp[0-9a-f]{8}", prefix)
    assert len(secret) == 43
    assert opens(services, key)
    assert not opens(services, f"{prefix}.{secret[:-1]}")
    assert not opens(services, f"{prefix}.")
    assert not opens(services, prefix)
    assert not opens(services, "")


def test_a_key_opens_what_it_was_made_for(services: Services, client: TestClient, clerk: Person) -> None:
    headers = {"authorization": f"Bearer {made(services, clerk, Permission.SEE_OWN)}"}
    assert client.get("/api/v1/me", headers=headers).json()["permissions"] == ["see_own"]
    assert client.get("/api/v1/invoices", headers=headers).status_code == 200
    refused = client.post("/api/v1/submissions", files={"files": ("a.xml", b"<a/>")}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("scopes", [(Permission.OPERATE,), (SEND, Permission.MANAGE_USERS), ()])
def test_a_key_is_never_made_for_more_than_its_owner_may(
    services: Services, clerk: Person, scopes: tuple[Permission, ...]
) -> None:
    with pytest.raises(ScopeTooWide):
        make_key(services, clerk.name, scopes, name="", actor="test")
    assert key_list(services) == []


def test_not_even_an_administrator_has_a_key_that_gives_out_rights(services: Services) -> None:
    somebody(services, "管理", Role.ADMINISTRATOR)
    with pytest.raises(ScopeTooWide):
        make_key(services, "管理", [Permission.MANAGE_USERS], name="", actor="test")


def test_what_its_owner_loses_the_key_loses(services: Services, clerk: Person) -> None:
    key = made(services, clerk, SEND, Permission.BOOK)
    change_rights(services, clerk.name, Rights(frozenset({Role.SUBMITTER})), actor="test")
    caller = caller_of_key(services, key, address="")
    assert caller is not None
    assert caller.permissions == {SEND}
    disable(services, clerk.name, actor="test")
    assert not opens(services, key)


def test_a_key_ends_on_its_day(services: Services, clerk: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    key, now = made(services, clerk, days=30), time.time()
    assert opens(services, key)
    monkeypatch.setattr(time, "time", lambda: now + 31 * 86_400)
    assert not opens(services, key)
    assert [one.good for one in key_list(services)] == [False]


def test_a_revoked_key_opens_nothing_more(services: Services, client: TestClient, clerk: Person) -> None:
    key = made(services, clerk)
    revoke_key(services, key.split(".")[0], actor="管理")
    answer = client.get("/api/v1/me", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    with reading(services.database) as connection:
        told = connection.execute(sa.select(events.c.actor, events.c.what).order_by(events.c.id)).all()
    assert [tuple(one) for one in told[-2:]] == [("小财", "key_made"), ("管理", "key_revoked")]


def test_nobody_revokes_anothers_key(services: Services, client: TestClient, clerk: Person) -> None:
    other = somebody(services, "小李", Role.FINANCE)
    prefix = made(services, other).split(".")[0]
    with pytest.raises(UnknownKey):
        revoke_key(services, prefix, actor=clerk.name, owner=clerk)
    cookies, headers = session_of(services, clerk)
    client.cookies = cookies  # type: ignore[assignment]
    assert client.post(f"/account/keys/{prefix}/revoke", headers=headers).status_code == 404
    assert [one.good for one in key_list(services, other)] == [True]


def test_it_is_seen_when_and_from_where_a_key_was_used(services: Services, clerk: Person) -> None:
    key = made(services, clerk)
    assert key_list(services)[0].used_at is None
    caller_of_key(services, key, address="10.0.0.7")
    (listed,) = key_list(services)
    assert listed.used_from == "10.0.0.7"
    assert listed.used_at is not None
    assert abs(listed.used_at - time.time()) < 60


def test_a_bad_key_is_not_saved_by_a_good_cookie(services: Services, client: TestClient, clerk: Person) -> None:
    client.cookies = session_of(services, clerk)[0]  # type: ignore[assignment]
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/api/v1/me", headers={"authorization": "Bearer sp00000000.x"}).status_code == 401


def test_what_a_key_does_stands_under_its_owner_with_the_key(
    services: Services, client: TestClient, clerk: Person
) -> None:
    key = made(services, clerk)
    sent = client.post(
        "/api/v1/submissions", files={"files": ("a.xml", b"<a/>")}, headers={"authorization": f"Bearer {key}"}
    )
    with reading(services.database) as connection:
        told = connection.execute(sa.select(events).where(events.c.submission_id == sent.json()["id"])).all()
    assert {one.actor for one in told} == {"小财", "desk"}
    assert all(f'"key": "{key.split(".")[0]}"' in one.details for one in told if one.actor == "小财")


def test_a_key_of_ones_own_is_made_on_the_page_and_shown_once(
    services: Services, client: TestClient, clerk: Person
) -> None:
    cookies, headers = session_of(services, clerk)
    client.cookies = cookies  # type: ignore[assignment]
    answer = client.post("/account/keys", data={"name": "手机", "scopes": ["submit"], "days": "90"}, headers=headers)
    shown = re.search(r"sp[0-9a-f]{8}\.[\w-]{43}", answer.text)
    assert shown
    assert answer.headers["cache-control"] == "private, no-store"
    assert opens(services, shown[0])
    assert shown[0] not in client.get("/account").text
    wide = client.post("/account/keys", data={"name": "x", "scopes": ["operate"]}, headers=headers)
    assert wide.headers["location"] == "/account?why=key_too_wide"


def test_the_command_line_asks_before_it_sends(services: Services, client: TestClient, clerk: Person) -> None:
    with pytest.raises(PermissionError, match="Sign in first"):
        _require_key(client)
    client.headers["authorization"] = f"Bearer {made(services, clerk, SEND)}"
    with pytest.raises(PermissionError, match="see_own"):
        _require_key(client)
    client.headers["authorization"] = f"Bearer {made(services, clerk, SEND, Permission.SEE_OWN)}"
    _require_key(client)


# ---- sending for others


def sender_of(services: Services, submission: str) -> tuple[str, str, str | None]:
    with reading(services.database) as connection:
        row = connection.execute(sa.select(submissions).where(submissions.c.id == submission)).one()
    return row.sender, row.person, row.department


def send(client: TestClient, headers: dict[str, str], name: str | None, serial: int = 1, **more: str) -> object:
    told = {"x-sender": urllib.parse.quote(name)} if name else {}
    files = {"files": ("a.xml", einvoice(number(serial)))}
    return client.post("/api/v1/submissions", files=files, headers={**headers, **told, **more})


def test_an_app_sends_for_a_person_if_its_key_was_made_for_it(
    services: Services, client: TestClient, clerk: Person
) -> None:
    somebody(services, "王小明", Role.SUBMITTER, department="研发部")
    app = {"authorization": f"Bearer {made(services, clerk, SEND, FOR_OTHERS, Permission.SEE_OWN)}"}
    known, unknown, own = (send(client, app, name, serial) for serial, name in enumerate(("王小明", "访客", None), 1))
    found = [sender_of(services, answer.json()["id"]) for answer in (known, unknown, own)]  # type: ignore[attr-defined]
    assert found == [("王小明", "小财", "研发部"), ("访客", "小财", "财务部"), ("小财", "小财", "财务部")]
    # The app follows what it sent, and so does the one it was sent for.
    document = known.json()["documents"][0]["document_id"]  # type: ignore[attr-defined]
    assert client.get(f"/api/v1/documents/{document}", headers=app).status_code == 200
    theirs = key_headers(services, Person("", "王小明", "", Rights(frozenset({Role.SUBMITTER}))))
    assert client.get(f"/api/v1/documents/{document}", headers=theirs).status_code == 200


def test_nobody_sends_in_anothers_name_without_it(services: Services, client: TestClient, clerk: Person) -> None:
    plain = {"authorization": f"Bearer {made(services, clerk, SEND)}"}
    refused = send(client, plain, "王小明")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_for_others")  # type: ignore[attr-defined]
    assert send(client, plain, "小财").status_code == 202  # type: ignore[attr-defined]
    cookies, headers = session_of(services, clerk)
    client.cookies = cookies  # type: ignore[assignment]
    assert send(client, headers, "王小明").status_code == 403  # type: ignore[attr-defined]


def test_the_same_word_of_two_senders_is_not_the_same_submission(services: Services, client: TestClient) -> None:
    """An idempotency key, or the id in a path, is a sender's own; it opens nothing of another's."""
    one, other = (key_headers(services, somebody(services, name, Role.SUBMITTER)) for name in ("张三", "李四"))
    forms = [
        send(client, headers, None, **{"idempotency-key": "k1"}).json()["id"]  # type: ignore[attr-defined]
        for headers in (one, other, one)
    ]
    streams = [
        client.put("/api/v1/submissions/k1/a.xml", content=einvoice(number(7)), headers=headers).json()["id"]
        for headers in (one, other, one)
    ]
    for ids in (forms, streams):
        assert ids[0] == ids[2] != ids[1]


def test_the_hash_is_compared_in_constant_time_also_where_there_is_no_key(
    services: Services, clerk: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from intake.desk import keys

    compared: list[tuple[str, str]] = []
    real = keys.hmac.compare_digest
    monkeypatch.setattr(keys.hmac, "compare_digest", lambda a, b: compared.append((a, b)) or real(a, b))
    prefix = made(services, clerk).split(".")[0]
    for wrong in (f"{prefix}.wrong", "sp00000000.wrong"):
        assert not opens(services, wrong)
    with reading(services.database) as connection:
        kept = connection.execute(sa.select(api_keys.c.hash)).scalar_one()
    assert [b for _, b in compared] == [kept, "0" * 64]
