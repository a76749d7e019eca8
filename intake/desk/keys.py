"""Keys of programs: ``prefix.secret``, the secret 256 random bits of which only the hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from intake.desk.people import person_from, row_named
from intake.desk.services import Services
from intake.errors import IntakeError
from intake.store.database import reading
from intake.store.history import append
from intake.store.tables import api_keys, users
from models.person import Caller, Person, caller_by_key
from models.rights import KEY_SCOPES, Permission, permissions_of

_NOTED_SECONDS = 60.0
_NO_HASH = "0" * 64


class ScopeTooWide(IntakeError):
    """The key would give what its owner may not do, or what no key may; ``missing`` names it."""

    def __init__(self, missing: Iterable[Permission]) -> None:
        self.missing = tuple(sorted(missing))
        super().__init__(", ".join(self.missing))


class UnknownKey(LookupError):
    """There is no such key, or it is not theirs."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as people see it in a list. Times are seconds since 1970; ``good`` while it opens anything."""

    prefix: str
    name: str
    owner: str
    scopes: tuple[Permission, ...]
    created_at: float
    created_by: str
    expires_at: float | None
    used_at: float | None
    used_from: str | None
    good: bool


def make_key(
    services: Services,
    owner: str,
    scopes: Iterable[Permission],
    *,
    name: str,
    actor: str,
    days: int | None = None,
) -> str:
    """Make a key for somebody and give it: it is told once and kept nowhere. ``days``: for how long; None: for good.

    Raises:
        UnknownPerson: there is no such owner. ScopeTooWide: it would give more than the owner may do, or than keys may.
    """
    prefix, secret, now = f"sp{secrets.token_hex(4)}", secrets.token_urlsafe(32), time.time()
    wanted = frozenset(scopes)
    with services.database.begin() as connection:
        person = person_from(row_named(connection, owner))
        missing = wanted - (permissions_of(person.rights.roles) & KEY_SCOPES)
        if missing or not wanted:
            raise ScopeTooWide(missing)
        values = {
            "prefix": prefix,
            "hash": _hash(secret),
            "user_id": person.id,
            "name": name.strip()[:100] or prefix,
            "scopes": json.dumps(sorted(wanted)),
            "created_at": now,
            "created_by": actor,
            "expires_at": now + days * 86_400 if days else None,
        }
        connection.execute(api_keys.insert().values(**values))
        details = {"key": prefix, "name": values["name"], "owner": person.name, "scopes": sorted(wanted), "days": days}
        append(connection, "key_made", actor=actor, details=details)
    return f"{prefix}.{secret}"


def caller_of_key(services: Services, key: str, *, address: str) -> Caller | None:
    """Who a key speaks for; None when it is not one, is over or revoked, or its owner is shut out."""
    prefix, _, secret = key.partition(".")
    now = time.time()
    query = (
        sa.select(users, api_keys.c.hash, api_keys.c.scopes, api_keys.c.used_at)
        .join(api_keys, api_keys.c.user_id == users.c.id)
        .where(api_keys.c.prefix == prefix[:16], users.c.disabled_at.is_(None), _good(now))
    )
    with reading(services.database) as connection:
        row = connection.execute(query).one_or_none()
    if not hmac.compare_digest(_hash(secret), row.hash if row else _NO_HASH) or row is None:
        return None
    if row.used_at is None or now - row.used_at > _NOTED_SECONDS:
        values = {"used_at": now, "used_from": address[:64]}
        with services.database.begin() as connection:
            connection.execute(api_keys.update().where(api_keys.c.prefix == prefix).values(**values))
    scopes = frozenset(Permission(scope) for scope in json.loads(row.scopes))
    return caller_by_key(person_from(row), prefix, scopes & KEY_SCOPES)


def key_list(services: Services, person: Person | None = None) -> list[Key]:
    """The keys of somebody, or of everybody, the newest first; also those that are over."""
    query = sa.select(api_keys, users.c.name.label("owner"), users.c.disabled_at, _good(time.time()).label("good"))
    query = query.join(users, api_keys.c.user_id == users.c.id).order_by(api_keys.c.created_at.desc())
    if person:
        query = query.where(users.c.id == person.id)
    with reading(services.database) as connection:
        rows = connection.execute(query).all()
    return [
        Key(
            row.prefix, row.name, row.owner, tuple(Permission(scope) for scope in json.loads(row.scopes)),
            row.created_at, row.created_by, row.expires_at, row.used_at, row.used_from,
            good=bool(row.good) and row.disabled_at is None,
        )
        for row in rows
    ]  # fmt: skip


def revoke_key(services: Services, prefix: str, *, actor: str, owner: Person | None = None) -> None:
    """End a key for good. ``owner``: only if it is theirs.

    Raises:
        UnknownKey: there is none, or it is somebody else's.
    """
    condition = api_keys.c.prefix == prefix
    if owner:
        condition &= api_keys.c.user_id == owner.id
    with services.database.begin() as connection:
        row = connection.execute(sa.select(api_keys.c.revoked_at).where(condition)).one_or_none()
        if row is None:
            raise UnknownKey(prefix)
        if row.revoked_at is None:
            connection.execute(api_keys.update().where(condition).values(revoked_at=time.time()))
            append(connection, "key_revoked", actor=actor, details={"key": prefix})


def _good(now: float) -> sa.ColumnElement[bool]:
    expires = api_keys.c.expires_at
    return sa.and_(api_keys.c.revoked_at.is_(None), sa.or_(expires.is_(None), expires > now))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
