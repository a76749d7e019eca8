"""Everybody who may act, and their rights. Nobody is deleted: who leaves is disabled, what they did stays theirs."""

from __future__ import annotations

import json
import time
import unicodedata
import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.desk.passwords import generated, hashed
from intake.desk.services import Services
from intake.errors import IntakeError
from intake.store.database import reading
from intake.store.history import append
from intake.store.tables import sessions, users
from models.person import Person, Rights, SignIn, folded, is_name
from models.rights import Role

#: The first person's name; and whoever sets the desk up is all of it, until there are others.
FIRST, FIRST_RIGHTS = "admin", Rights(frozenset(Role), None, None)
_SUBMITTER = Rights(frozenset({Role.SUBMITTER}))


class UnknownPerson(LookupError):
    """There is nobody of this name."""


class NameTaken(IntakeError):
    """Somebody has this name already, or had it once."""


class BadName(IntakeError):
    """Not a name: 2 to 60 letters, digits and ``. _ - @ ·``, and none that the service itself goes by."""


class LastAdministrator(IntakeError):
    """Nobody else could give out rights any more."""


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody new, and the password that they sign in with for the first time; it is told once and kept nowhere."""

    person: Person
    password: str | None


def person_from(row: Any) -> Person:
    """A person as their row says."""
    return Person(
        row.id, row.name, row.display_name, _rights(row), SignIn(row.sign_in), row.must_change,
        disabled=row.disabled_at is not None,
    )  # fmt: skip


def person_named(services: Services, name: str) -> Person:
    """Somebody by name; case and width do not matter.

    Raises:
        UnknownPerson: there is nobody of this name.
    """
    with reading(services.database) as connection:
        return person_from(row_named(connection, name))


def people(services: Services) -> list[tuple[Person, float | None]]:
    """Everybody by name, with when they last signed in."""
    with reading(services.database) as connection:
        rows = connection.execute(sa.select(users).order_by(users.c.folded)).all()
    return [(person_from(row), row.signed_in_at) for row in rows]


def add_person(
    services: Services,
    name: str,
    rights: Rights,
    *,
    actor: str,
    display_name: str = "",
    sign_in: SignIn = SignIn.PASSWORD,
) -> Added:
    """Add somebody. Who signs in with a password gets a generated one, to be changed at the first sign-in.

    Raises:
        BadName. NameTaken.
    """
    password = generated() if sign_in is SignIn.PASSWORD else None
    kept = hashed(password) if password else None
    with services.database.begin() as connection:
        person = insert_person(
            connection, name, rights, sign_in=sign_in, actor=actor, display_name=display_name, kept=kept
        )
    return Added(person, password)


def first_administrator(services: Services) -> Added | None:
    """Make the first person when there is nobody at all; None when there is somebody.

    Two processes that start together make one: the writing transaction of the second finds the first's.
    """
    with reading(services.database) as connection:
        if connection.execute(sa.select(users.c.id).limit(1)).first():
            return None
    password = generated()
    kept = hashed(password)
    with services.database.begin() as connection:
        if connection.execute(sa.select(users.c.id).limit(1)).first():
            return None
        person = insert_person(connection, FIRST, FIRST_RIGHTS, sign_in=SignIn.PASSWORD, actor="desk", kept=kept)
    return Added(person, password)


def service_person(services: Services, name: str) -> Person:
    """The one under whose name a program of this machine sends; made at its first use, to submit and nothing else.

    Raises:
        BadName: it cannot be anybody's name.
    """
    with services.database.begin() as connection:
        try:
            return person_from(row_named(connection, name))
        except UnknownPerson:
            return insert_person(connection, name, _SUBMITTER, sign_in=SignIn.NEVER, actor="desk")


def change_rights(
    services: Services, name: str, rights: Rights, *, actor: str, display_name: str | None = None
) -> None:
    """Give somebody other rights; they hold from their next request on.

    Raises:
        UnknownPerson. LastAdministrator: they would be missing.
    """
    with services.database.begin() as connection:
        row = row_named(connection, name)
        if Role.ADMINISTRATOR not in rights.roles:
            _require_another(connection, row)
        values = {**rights_columns(rights), "changed_at": time.time()}
        if display_name is not None:
            values["display_name"] = display_name.strip()[:100] or row.name
        connection.execute(users.update().where(users.c.id == row.id).values(**values))
        details = {"user": row.name, "before": rights_json(_rights(row)), "after": rights_json(rights)}
        append(connection, "rights_changed", actor=actor, details=details)


def disable(services: Services, name: str, *, actor: str) -> None:
    """Shut somebody out at once: their sessions end and their keys open nothing.

    Raises:
        UnknownPerson. LastAdministrator: they would be missing.
    """
    with services.database.begin() as connection:
        row = row_named(connection, name)
        _require_another(connection, row)
        values = {"disabled_at": row.disabled_at or time.time(), "changed_at": time.time()}
        connection.execute(users.update().where(users.c.id == row.id).values(**values))
        connection.execute(sessions.delete().where(sessions.c.user_id == row.id))
        append(connection, "user_disabled", actor=actor, details={"user": row.name})


def enable(services: Services, name: str, *, actor: str) -> None:
    """Let somebody in again, with the rights that they had.

    Raises:
        UnknownPerson: there is nobody of this name.
    """
    with services.database.begin() as connection:
        row = row_named(connection, name)
        values = {"disabled_at": None, "changed_at": time.time()}
        connection.execute(users.update().where(users.c.id == row.id).values(**values))
        append(connection, "user_enabled", actor=actor, details={"user": row.name})


def row_named(connection: sa.Connection, name: str) -> sa.Row[Any]:
    """Somebody's row by name.

    Raises:
        UnknownPerson: there is nobody of this name.
    """
    row = connection.execute(sa.select(users).where(users.c.folded == folded(name))).one_or_none()
    if row is None:
        raise UnknownPerson(name)
    return row


def insert_person(
    connection: sa.Connection,
    name: str,
    rights: Rights,
    *,
    sign_in: SignIn,
    actor: str,
    display_name: str = "",
    kept: str | None = None,
) -> Person:
    """Write somebody new, with the event, in the caller's writing transaction.

    ``kept`` is the form in which a password is kept that somebody else has given them; they must change it.

    Raises:
        BadName. NameTaken.
    """
    name = unicodedata.normalize("NFKC", name).strip()
    if not is_name(name):
        raise BadName(name)
    if connection.execute(sa.select(users.c.id).where(users.c.folded == folded(name))).first():
        raise NameTaken(name)
    now = time.time()
    shown = display_name.strip()[:100] or name
    person = Person(uuid.uuid4().hex, name, shown, rights, sign_in, must_change=kept is not None)
    connection.execute(
        users.insert().values(
            id=person.id, name=name, folded=folded(name), display_name=shown, sign_in=sign_in.value, password=kept,
            must_change=person.must_change, created_at=now, changed_at=now, **rights_columns(rights),
        )
    )  # fmt: skip
    append(connection, "user_added", actor=actor, details={"user": name, **rights_json(rights)})
    return person


def rights_json(rights: Rights) -> dict[str, Any]:
    """Rights as events and programs see them; null is all."""
    return {
        "roles": sorted(rights.roles),
        "companies": None if rights.companies is None else sorted(rights.companies),
        "departments": None if rights.departments is None else sorted(rights.departments),
        "department": rights.department,
    }


def rights_columns(rights: Rights) -> dict[str, Any]:
    """Rights as the columns of a row."""
    told = rights_json(rights)
    lists = {name: json.dumps(told[name], ensure_ascii=False) for name in ("roles", "companies", "departments")}
    return {**lists, "department": (rights.department or "")[:100] or None}


def _rights(row: Any) -> Rights:
    companies, departments = json.loads(row.companies), json.loads(row.departments)
    return Rights(
        frozenset(Role(role) for role in json.loads(row.roles)),
        None if companies is None else frozenset(companies),
        None if departments is None else frozenset(departments),
        row.department,
    )


def _require_another(connection: sa.Connection, leaving: sa.Row[Any]) -> None:
    """Refuse to lose the last one who can sign in and give out rights."""
    if leaving.disabled_at is not None or Role.ADMINISTRATOR not in json.loads(leaving.roles):
        return
    others = sa.select(users.c.roles).where(
        users.c.id != leaving.id, users.c.disabled_at.is_(None), users.c.sign_in != SignIn.NEVER.value
    )
    if not any(Role.ADMINISTRATOR in json.loads(roles) for roles in connection.execute(others).scalars()):
        raise LastAdministrator(leaving.name)
