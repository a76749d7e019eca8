"""Signing in through a provider of one's own: who is let in, and every way in which a token can be wrong."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pydantic import ValidationError

from api.app import create_app
from intake.desk.people import add_person, disable, person_named
from intake.desk.services import Services
from intake.settings import Oidc, Settings
from intake.store.database import reading
from intake.store.tables import events, sessions, users
from models.person import Rights, SignIn
from models.rights import Role
from tests.fakes.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider
from tests.integration.people import somebody

ADDRESS = "http://127.0.0.1:8000"
#: A token is judged before the database is asked.
on_one_database = pytest.mark.parametrize("services", ["sqlite"], indirect=True)
Json = dict[str, Any]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider(f"{ADDRESS}/login/oidc/callback") as running:
        yield running


@pytest.fixture
def client(services: Services, provider: Provider) -> Iterator[TestClient]:
    services.settings.oidc = settings_of(provider)
    with TestClient(create_app(services), base_url=ADDRESS, follow_redirects=False) as opened:
        yield opened


def settings_of(provider: Provider, **changes: object) -> Oidc:
    told = {"issuer": provider.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "address": ADDRESS}
    return Oidc.model_validate({**told, **changes})


def sign_in(client: TestClient, provider: Provider, target: str = "/ledger") -> Any:
    begun = client.get("/login/oidc", params={"target": target})
    assert begun.status_code == 303
    return client.get(provider.authorize(begun.headers["location"]))


def signed_in(services: Services) -> int:
    with reading(services.database) as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(sessions)).scalar_one())


def expected_person(services: Services, name: str = "wang.xm", *roles: Role) -> None:
    rights = Rights(frozenset(roles or {Role.FINANCE}), None, None)
    add_person(services, name, rights, actor="test", sign_in=SignIn.OIDC)


def test_who_was_added_for_it_is_let_in_and_led_to_where_they_wanted(
    services: Services, client: TestClient, provider: Provider
) -> None:
    expected_person(services)
    answer = sign_in(client, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ledger")
    assert client.get("/ledger").status_code == 200
    assert client.get("/api/v1/me").json()["name"] == "wang.xm"


def test_somebody_comes_back_by_what_the_provider_never_gives_to_another(
    services: Services, client: TestClient, provider: Provider
) -> None:
    expected_person(services)
    assert sign_in(client, provider).status_code == 303
    provider.user = {**provider.user, "preferred_username": "wang.new"}
    assert sign_in(client, provider).status_code == 303
    assert client.get("/api/v1/me").json()["name"] == "wang.xm"


def test_another_with_the_same_name_at_the_provider_is_not_the_same(
    services: Services, client: TestClient, provider: Provider
) -> None:
    expected_person(services)
    assert sign_in(client, provider).status_code == 303
    provider.user = {**provider.user, "sub": "u-2"}
    assert sign_in(client, provider).status_code == 401


@pytest.mark.parametrize("sign_in_by", [SignIn.PASSWORD, SignIn.NEVER])
def test_a_name_at_the_provider_does_not_open_an_account_that_was_not_made_for_it(
    services: Services, client: TestClient, provider: Provider, sign_in_by: SignIn
) -> None:
    add_person(services, "wang.xm", Rights(frozenset(Role), None, None), actor="test", sign_in=sign_in_by)
    answer = sign_in(client, provider)
    assert answer.status_code == 401
    assert "尚未在收票开通" in answer.text
    assert signed_in(services) == 0


def test_who_is_unknown_or_shut_out_stays_out(services: Services, client: TestClient, provider: Provider) -> None:
    assert sign_in(client, provider).status_code == 401
    expected_person(services)
    assert sign_in(client, provider).status_code == 303
    somebody(services, "另一位", Role.ADMINISTRATOR)
    disable(services, "wang.xm", actor="test")
    assert sign_in(client, provider).status_code == 401
    with reading(services.database) as connection:
        failed = connection.execute(sa.select(events.c.actor).where(events.c.what == "sign_in_failed")).scalars().all()
    assert failed == ["–", "wang.xm"]


def test_claims_are_what_somebody_may_do_and_see(services: Services, client: TestClient, provider: Provider) -> None:
    services.settings.oidc = settings_of(
        provider,
        provision=True,
        roles_claim="realm_access.roles",
        roles={"invoice-finance": ["finance", "reviewer"], "everybody": ["submitter"]},
        companies_claim="companies",
        departments_claim="departments",
        department_claim="department",
    )
    provider.user |= {
        "realm_access": {"roles": ["invoice-finance", "unknown-group"]}, "companies": ["91310115123456784K"],
        "departments": "*", "department": "财务部",
    }  # fmt: skip
    assert sign_in(client, provider).status_code == 303
    rights = person_named(services, "wang.xm").rights
    assert rights == Rights(
        frozenset({Role.FINANCE, Role.REVIEWER}), frozenset({"91310115123456784K"}), None, "财务部"
    )  # fmt: skip
    provider.user["realm_access"] = {"roles": ["everybody"]}
    assert sign_in(client, provider).status_code == 303
    assert person_named(services, "wang.xm").rights.roles == {Role.SUBMITTER}


def test_a_claim_that_is_missing_gives_nothing(services: Services, client: TestClient, provider: Provider) -> None:
    expected_person(services, "wang.xm", Role.FINANCE)
    services.settings.oidc = settings_of(provider, roles_claim="groups", roles={"a": ["finance"]}, companies_claim="c")
    assert sign_in(client, provider).status_code == 303
    rights = person_named(services, "wang.xm").rights
    assert (rights.roles, rights.companies) == (frozenset(), frozenset())


def test_groups_that_only_the_user_info_tells_are_heard(
    services: Services, client: TestClient, provider: Provider
) -> None:
    expected_person(services, "wang.xm", Role.VIEWER)
    services.settings.oidc = settings_of(provider, roles_claim="groups", roles={"fin": ["finance"]})
    provider.more = {"groups": ["fin"]}
    assert sign_in(client, provider).status_code == 303
    assert person_named(services, "wang.xm").rights.roles == {Role.FINANCE}
    provider.more = {"groups": ["fin"], "sub": "somebody-else"}
    assert sign_in(client, provider).status_code == 401


def stolen(claims: Json) -> str:
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, RSAKey.generate_key(2048, {"kid": "k1"}))


def with_our_secret(claims: Json) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET * 3), algorithms=["HS256"])


def unsigned(claims: Json) -> str:
    def part(told: Json) -> str:
        return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}."


@on_one_database
@pytest.mark.parametrize("sign", [stolen, with_our_secret, unsigned, lambda _: "", lambda _: "a.b.c"])
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    services: Services, client: TestClient, provider: Provider, sign: Callable[[Json], str]
) -> None:
    expected_person(services)
    provider.sign = sign
    answer = sign_in(client, provider)
    assert answer.status_code == 401
    assert "未通过校验" in answer.text
    assert signed_in(services) == 0


@on_one_database
@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://elsewhere.example.com"},
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another-client"]},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"exp": 1_000_000_000},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)
def test_a_token_for_another_time_place_or_person_lets_nobody_in(
    services: Services, client: TestClient, provider: Provider, change: Json
) -> None:
    expected_person(services)
    provider.spoil = lambda claims: {name: value for name, value in (claims | change).items() if value is not None}
    assert sign_in(client, provider).status_code == 401
    assert signed_in(services) == 0


def test_who_did_not_begin_cannot_end(services: Services, client: TestClient, provider: Provider) -> None:
    """Another's code and state, put into the browser of a victim."""
    expected_person(services)
    theirs = provider.authorize(client.get("/login/oidc").headers["location"])
    with TestClient(create_app(services), base_url=ADDRESS, follow_redirects=False) as victim:
        assert victim.get(theirs).status_code == 401
        victim.get("/login/oidc")
        assert victim.get(theirs).status_code == 401
    assert signed_in(services) == 0


def test_an_answer_works_once(services: Services, client: TestClient, provider: Provider) -> None:
    expected_person(services)
    answer = provider.authorize(client.get("/login/oidc").headers["location"])
    assert client.get(answer).status_code == 303
    client.cookies.delete("shoupiao")
    assert client.get(answer).status_code == 401


def test_a_provider_that_says_no_or_is_away_is_told_in_words(
    services: Services, client: TestClient, provider: Provider
) -> None:
    begun = client.get("/login/oidc").headers["location"]
    state = begun.split("state=")[1].split("&")[0]
    refused = client.get(f"/login/oidc/callback?error=access_denied&state={state}")
    assert refused.status_code == 401
    assert "没有给出有效的答复" in refused.text
    provider.metadata = {"issuer": "https://elsewhere.example.com"}
    assert client.get("/login/oidc").status_code == 502
    services.settings.oidc = settings_of(dataclasses.replace(provider, issuer="http://127.0.0.1:9"))
    assert client.get("/login/oidc").status_code == 502


@on_one_database
@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "evil"])
def test_nobody_is_led_to_another_site(services: Services, client: TestClient, provider: Provider, target: str) -> None:
    expected_person(services)
    assert sign_in(client, provider, target).headers["location"] == "/"


@pytest.mark.parametrize(
    "change",
    [{"issuer": "http://id.example.com"}, {"issuer": "http://127.0.0.1.evil.example"}, {"client_secret": "changeme"},
     {"client_secret": ""}, {"client_id": ""}, {"roles": {"a": ["emperor"]}}],
    ids=str,
)  # fmt: skip
def test_settings_that_would_be_unsafe_are_refused_at_the_start(change: Json) -> None:
    told = {"issuer": "https://id.example.com", "client_id": "a", "client_secret": "b1", "address": "https://x.example"}
    with pytest.raises(ValidationError):
        Settings(oidc=Oidc.model_validate({**told, **change}))


def test_the_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"ISSUER": "https://id.example.com", "CLIENT_ID": "a", "CLIENT_SECRET": "b1", "ADDRESS": "https://x.example"}
    for name, value in (told | {"ROLES": '{"fin": ["finance"]}', "ROLES_CLAIM": "groups"}).items():
        monkeypatch.setenv(f"SHOUPIAO_OIDC__{name}", value)
    oidc = Settings().oidc
    assert oidc is not None
    assert oidc.roles == {"fin": [Role.FINANCE]}
    assert "b1" not in repr(Settings())


def test_a_mistake_in_the_settings_does_not_show_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUPIAO_OIDC__CLIENT_SECRET", "do-not-tell")
    monkeypatch.setenv("SHOUPIAO_OIDC__ISSUER", "http://id.example.com")
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "oidc.issuer" in str(refused.value)
    assert "do-not-tell" not in str(refused.value)


def test_nobody_is_made_new_unless_that_is_wanted(services: Services, client: TestClient, provider: Provider) -> None:
    assert sign_in(client, provider).status_code == 401
    services.settings.oidc = settings_of(provider, provision=True)
    assert sign_in(client, provider).status_code == 303
    with reading(services.database) as connection:
        row = connection.execute(sa.select(users)).one()
    assert (row.name, row.display_name, row.password, row.roles) == ("wang.xm", "王小明", None, "[]")
