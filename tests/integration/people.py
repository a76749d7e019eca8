"""People for tests, with the keys and the cookies that they come with."""

from __future__ import annotations

from typing import Any

from intake.desk.keys import make_key
from intake.desk.people import add_person
from intake.desk.services import Services
from intake.desk.sessions import form_token, open_session
from models.person import Person, Rights, SignIn
from models.rights import KEY_SCOPES, Permission, Role, permissions_of

ALL = None


def somebody(
    services: Services,
    name: str,
    *roles: Role,
    companies: frozenset[str] | None = ALL,
    departments: frozenset[str] | None = ALL,
    department: str | None = None,
) -> Person:
    """A person with these roles who sees everything unless something else is said."""
    rights = Rights(frozenset(roles), companies, departments, department)
    return add_person(services, name, rights, actor="test", sign_in=SignIn.OIDC).person


def key_headers(services: Services, person: Person, *scopes: Permission) -> dict[str, str]:
    """The header of a key of theirs, for all that they may do unless scopes are named."""
    wanted = scopes or tuple(permissions_of(person.rights.roles) & KEY_SCOPES)
    return {"authorization": f"Bearer {make_key(services, person.name, wanted, name='test', actor='test')}"}


def session_of(services: Services, person: Person) -> tuple[dict[str, str], dict[str, str]]:
    """The cookies of somebody who has just signed in, and the header that their scripts send."""
    with services.database.begin() as connection:
        token = open_session(connection, services, person, address="testclient", agent="test")
    return {"shoupiao": token}, {"x-csrf-token": form_token(token)}


def boss(services: Services, name: str = "小王") -> Person:
    """Somebody who may do everything and sees everything."""
    return somebody(services, name, *Role)


def use_key(client: Any, services: Services, person: Person) -> None:
    """Let a client come with a key of somebody's from now on."""
    client.headers.update(key_headers(services, person))
