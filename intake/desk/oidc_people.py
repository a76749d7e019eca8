"""Who the company's provider sends us: somebody we know, somebody who was expected, or, where that is wanted, new."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from intake.desk.login import SignedIn
from intake.desk.oidc import SignInRefused, claimed
from intake.desk.people import BadName, NameTaken, insert_person, person_from, rights_columns, rights_json
from intake.desk.services import Services
from intake.desk.sessions import open_session
from intake.settings import Oidc
from intake.store.history import append
from intake.store.tables import users
from models.person import Person, Rights, SignIn, folded
from models.rights import Role

_ALL = "*"


def sign_in_claimed(services: Services, oidc: Oidc, claims: Mapping[str, Any], *, address: str, agent: str) -> SignedIn:
    """Let in who the provider has named.

    Known is who came from there before (by ``sub``, which a provider never gives to another). Expected is who was added
    here to come from there, under the name that the provider gives them, once.

    Raises:
        SignInRefused: nobody here goes by it, or they are shut out.
    """
    with services.database.begin() as connection:
        found = _known(connection, claims) or _expected(connection, oidc, claims) or _new(connection, oidc, claims)
        refusal = "unknown" if found is None else "disabled" if found.disabled else None
        if found is None or refusal:
            append(connection, "sign_in_failed", actor=found.name if found else "–", details={"by": "oidc"})
        else:
            person = _with_rights(connection, found, claimed_rights(oidc, claims, found.rights))
            token = open_session(connection, services, person, address=address, agent=agent)
            append(connection, "signed_in", actor=person.name, details={"by": "oidc"})
    if refusal:
        raise SignInRefused(refusal)
    return SignedIn(person, token)


def claimed_rights(oidc: Oidc, claims: Mapping[str, Any], before: Rights) -> Rights:
    """The rights that claims give; what no claim is named for stays as it was."""
    changes: dict[str, Any] = {}
    if oidc.roles_claim:
        given = _values(claims, oidc.roles_claim)
        changes["roles"] = frozenset(Role(role) for value in given for role in oidc.roles.get(value, ()))
    for name, path in (("companies", oidc.companies_claim), ("departments", oidc.departments_claim)):
        if path:
            given = _values(claims, path)
            changes[name] = None if _ALL in given else frozenset(given)
    if oidc.department_claim:
        changes["department"] = next((value[:100] for value in _values(claims, oidc.department_claim)), None)
    return dataclasses.replace(before, **changes)


def _known(connection: sa.Connection, claims: Mapping[str, Any]) -> Person | None:
    condition = (users.c.issuer == claims["iss"]) & (users.c.subject == claims["sub"])
    row = connection.execute(sa.select(users).where(condition)).one_or_none()
    return person_from(row) if row else None


def _expected(connection: sa.Connection, oidc: Oidc, claims: Mapping[str, Any]) -> Person | None:
    condition = (
        (users.c.folded == folded(_name(oidc, claims)))
        & (users.c.sign_in == SignIn.OIDC.value)
        & users.c.subject.is_(None)
    )
    row = connection.execute(sa.select(users).where(condition)).one_or_none()
    return _linked(connection, person_from(row), claims) if row else None


def _new(connection: sa.Connection, oidc: Oidc, claims: Mapping[str, Any]) -> Person | None:
    if not oidc.provision:
        return None
    shown = str(claims.get("name") or "")
    rights = claimed_rights(oidc, claims, Rights())
    try:
        person = insert_person(
            connection, _name(oidc, claims), rights, sign_in=SignIn.OIDC, actor="desk", display_name=shown
        )
    except (BadName, NameTaken):
        return None
    return _linked(connection, person, claims)


def _linked(connection: sa.Connection, person: Person, claims: Mapping[str, Any]) -> Person:
    values = {"issuer": claims["iss"], "subject": claims["sub"], "changed_at": time.time()}
    connection.execute(users.update().where(users.c.id == person.id).values(**values))
    details = {"user": person.name, "issuer": claims["iss"], "subject": claims["sub"]}
    append(connection, "user_linked", actor="desk", details=details)
    return person


def _with_rights(connection: sa.Connection, person: Person, rights: Rights) -> Person:
    if rights == person.rights:
        return person
    values = {**rights_columns(rights), "changed_at": time.time()}
    connection.execute(users.update().where(users.c.id == person.id).values(**values))
    told = {"user": person.name, "before": rights_json(person.rights), "after": rights_json(rights), "by": "oidc"}
    append(connection, "rights_changed", actor="desk", details=told)
    return dataclasses.replace(person, rights=rights)


def _name(oidc: Oidc, claims: Mapping[str, Any]) -> str:
    return str(claimed(claims, oidc.name_claim) or "")


def _values(claims: Mapping[str, Any], path: str) -> list[str]:
    """The texts of a claim, be it one or a list; an empty text is none."""
    found = claimed(claims, path)
    told = found if isinstance(found, list) else [found]
    return [one.strip() for one in told if isinstance(one, str) and one.strip()]
