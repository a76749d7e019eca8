"""Adding people and changing their rights: on the pages, and on the command line of the machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from api.app import create_app
from intake.cli import app
from intake.desk.keys import caller_of_key
from intake.desk.login import WrongPassword, sign_in
from intake.desk.people import BadName, LastAdministrator, NameTaken, add_person, change_rights, disable, people
from intake.desk.services import Services
from intake.settings import Settings
from intake.store.database import reading
from intake.store.tables import events
from intake.wiring import build_services
from models.person import Person, Rights, SignIn
from models.rights import Role
from tests.integration.people import session_of, somebody
from tests.integration.programs import surroundings


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), follow_redirects=False) as opened:
        yield opened


def as_administrator(services: Services, client: TestClient) -> dict[str, str]:
    cookies, headers = session_of(services, somebody(services, "管理", Role.ADMINISTRATOR))
    client.cookies = cookies  # type: ignore[assignment]
    return headers


def named(services: Services, name: str) -> Person:
    return next(person for person, _ in people(services) if person.name == name)


def last_event(services: Services) -> tuple[str, str, dict[str, Any]]:
    with reading(services.database) as connection:
        row = connection.execute(sa.select(events).order_by(events.c.id.desc()).limit(1)).one()
    return row.actor, row.what, json.loads(row.details)


def test_an_administrator_adds_somebody_who_then_signs_in(services: Services, client: TestClient) -> None:
    headers = as_administrator(services, client)
    form = {
        "name": "王小明", "display_name": "小明", "roles": ["submitter", "reviewer"],
        "companies": "91310115123456784k，91440300ma5da8x10", "departments": "研发部、销售部", "department": "研发部",
    }  # fmt: skip
    answer = client.post("/users", data=form, headers=headers)
    password = re.search(r'id="secret" readonly value="([^"]+)"', answer.text)
    assert password
    assert named(services, "王小明").rights == Rights(
        frozenset({Role.SUBMITTER, Role.REVIEWER}),
        frozenset({"91310115123456784K", "91440300MA5DA8X10"}),
        frozenset({"研发部", "销售部"}),
        "研发部",
    )
    assert sign_in(services, "王小明", password[1], address="", agent="").person.must_change
    shown = client.get("/users/王小明").text
    assert "91310115123456784K" in shown
    assert password[1] not in shown


def test_a_form_with_nothing_ticked_gives_nothing(services: Services, client: TestClient) -> None:
    headers = as_administrator(services, client)
    client.post("/users", data={"name": "新人", "sign_in": "oidc"}, headers=headers)
    assert named(services, "新人").rights == Rights()


def test_rights_change_with_before_and_after_and_who_did_it(services: Services, client: TestClient) -> None:
    headers = as_administrator(services, client)
    somebody(services, "王小明", Role.VIEWER, departments=frozenset({"研发部"}))
    client.post("/users/王小明", data={"roles": "finance", "all_departments": "true"}, headers=headers)
    actor, what, told = last_event(services)
    assert (actor, what, told["user"]) == ("管理", "rights_changed", "王小明")
    assert (told["before"]["roles"], told["after"]["roles"]) == (["viewer"], ["finance"])
    assert (told["before"]["departments"], told["after"]["departments"]) == (["研发部"], None)
    assert told["origin"]["address"] == "testclient"


def test_names_are_given_once(services: Services, client: TestClient) -> None:
    headers = as_administrator(services, client)
    somebody(services, "Wang", Role.VIEWER)
    disable(services, "Wang", actor="test")
    for taken in ("wang", "ＷＡＮＧ"):
        with pytest.raises(NameTaken):
            add_person(services, taken, Rights(), actor="test")
    with pytest.raises(BadName):
        add_person(services, "desk", Rights(), actor="test")
    assert client.post("/users", data={"name": "WANG"}, headers=headers).headers["location"] == "/users?why=name_taken"
    assert client.post("/users", data={"name": "a b"}, headers=headers).headers["location"] == "/users?why=name_bad"


def test_the_last_administrator_who_can_sign_in_is_not_lost(services: Services, client: TestClient) -> None:
    headers = as_administrator(services, client)
    add_person(services, "robot", Rights(frozenset({Role.ADMINISTRATOR})), actor="test", sign_in=SignIn.NEVER)
    with pytest.raises(LastAdministrator):
        disable(services, "管理", actor="test")
    with pytest.raises(LastAdministrator):
        change_rights(services, "管理", Rights(), actor="test")
    answer = client.post("/users/管理/disable", headers=headers)
    assert answer.headers["location"].endswith("?why=last_administrator")
    somebody(services, "副管理", Role.ADMINISTRATOR)
    assert client.post("/users/管理/disable", headers=headers).status_code == 303
    assert client.get("/users").status_code == 401


def test_an_administrator_makes_a_key_for_a_program_and_ends_it(services: Services, client: TestClient) -> None:
    headers = as_administrator(services, client)
    client.post("/users", data={"name": "erp", "sign_in": "never", "roles": "finance"}, headers=headers)
    made = client.post("/users/erp/keys", data={"label": "ERP", "scopes": ["book", "see_own"]}, headers=headers)
    shown = re.search(r"sp[0-9a-f]{8}\.[\w-]{43}", made.text)
    assert shown
    assert caller_of_key(services, shown[0], address="") is not None
    prefix = shown[0].split(".")[0]
    assert prefix in client.get("/keys").text
    assert client.post(f"/keys/{prefix}/revoke", headers=headers).status_code == 303
    assert caller_of_key(services, shown[0], address="") is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_people_speaks_both_languages(services: Services, client: TestClient, language: str) -> None:
    as_administrator(services, client)
    said = {"zh": "添加用户", "en": "Add somebody"}
    assert said[language] in client.get(f"/users?lang={language}").text
    for path in ("/users/管理", "/keys", "/account", "/password", "/login?why=too_many"):
        assert client.get(f"{path}").status_code in (200, 303)


# ---- the command line


@pytest.fixture
def command(services: Services, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run ``python -m intake`` on the database of the test, and read its lines."""
    for name, value in surroundings(services).items():
        monkeypatch.setenv(name, value)
    opened: list[Services] = []
    real = build_services

    def kept(settings: Settings) -> Services:
        opened.append(real(settings))
        return opened[-1]

    monkeypatch.setattr("intake.wiring.build_services", kept)

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    yield run
    for one in opened:
        one.database.dispose()
        one.queue.connection.close()


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_first_call_makes_the_administrator_and_the_second_lists(services: Services, command: Any) -> None:
    (first,) = lines(command("users", "--json"))
    assert (first["name"], first["must_change"], sorted(first["roles"])) == ("admin", True, sorted(Role))
    assert sign_in(services, "admin", first["password"], address="", agent="")
    (again,) = lines(command("users", "--json"))
    assert "password" not in again
    assert "admin" in command("users").stdout


def test_somebody_is_added_changed_shut_out_and_let_in(services: Services, command: Any) -> None:
    (added,) = lines(
        command(
            "users", "add", "王小明", "--role", "submitter", "--role", "viewer", "--company", "all", "--department",
            "研发部", "--home", "研发部", "--display", "小明", "--json",
        )
    )  # fmt: skip
    assert (added["companies"], added["departments"], added["department"]) == (None, ["研发部"], "研发部")
    (changed,) = lines(command("users", "roles", "王小明", "--role", "finance", "--json"))
    assert (changed["roles"], changed["companies"], changed["department"]) == (["finance"], None, "研发部")
    (none,) = lines(command("users", "roles", "王小明", "--company", "", "--home", "", "--json"))
    assert (none["companies"], none["department"]) == ([], None)
    assert last_event(services)[0].endswith("(command line)")
    assert lines(command("users", "disable", "王小明", "--json"))[0]["disabled"]
    assert not lines(command("users", "enable", "王小明", "--json"))[0]["disabled"]


def test_a_lost_administrator_is_found_again_on_the_command_line(services: Services, command: Any) -> None:
    (first,) = lines(command("users", "--json"))
    somebody(services, "另一位", Role.ADMINISTRATOR)
    disable(services, "admin", actor="另一位")
    change_rights(services, "admin", Rights(), actor="另一位")
    (reset,) = lines(command("users", "reset", "admin", "--json"))
    with pytest.raises(WrongPassword):
        sign_in(services, "admin", reset["password"], address="", agent="")
    command("users", "enable", "admin")
    lines(command("users", "roles", "admin", "--role", "administrator", "--json"))
    with pytest.raises(WrongPassword):
        sign_in(services, "admin", first["password"], address="", agent="")
    assert sign_in(services, "admin", reset["password"], address="", agent="").person.rights.roles == {
        Role.ADMINISTRATOR
    }


def test_keys_are_made_listed_and_revoked(services: Services, command: Any) -> None:
    somebody(services, "erp", Role.SUBMITTER)
    (made,) = lines(command("keys", "add", "erp", "--scope", "submit", "--scope", "see_own", "--json"))
    assert caller_of_key(services, made["key"], address="") is not None
    (listed,) = lines(command("keys", "list", "--json"))
    assert (listed["owner"], listed["scopes"], listed["good"]) == ("erp", ["see_own", "submit"], True)
    assert made["key"].split(".")[1] not in command("keys", "list").stdout
    lines(command("keys", "revoke", listed["prefix"], "--json"))
    assert caller_of_key(services, made["key"], address="") is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("users", "reset", "nobody"), "nobody named nobody"),
        (("users", "add", "desk"), "is no name"),
        (("users", "disable", "admin"), "last administrator"),
        (("users", "reset", "robot"), "is a program"),
        (("users", "add", "ROBOT"), "exists or was used before"),
        (("keys", "add", "robot", "--scope", "operate"), "operate"),
        (("keys", "add", "nobody", "--scope", "submit"), "nobody named nobody"),
        (("keys", "revoke", "sp1"), "no key sp1"),
    ],
)
def test_a_mistake_is_told_in_one_line_that_says_how_to_go_on(
    services: Services, command: Any, words: tuple[str, ...], said: str
) -> None:
    command("users")
    command("users", "add", "robot", "--service", "--role", "submitter")
    result = command(*words)
    assert result.exit_code == 1
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
