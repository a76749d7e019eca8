"""Who has signed in: a random token that the browser alone knows, until it was idle or lived for too long."""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from intake.desk.people import person_from
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.history import append
from intake.store.tables import sessions, users
from models.person import Caller, Person, caller_in_person

#: A session is noted as used once in so many seconds, so that reading a page does not write every time.
_NOTED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its owner sees it in a list."""

    id: str
    created_at: float
    seen_at: float
    address: str
    agent: str


def open_session(connection: sa.Connection, services: Services, person: Person, *, address: str, agent: str) -> str:
    """Open a session in the caller's writing transaction and give its token. Those that are over are forgotten."""
    token, now = secrets.token_urlsafe(32), time.time()
    connection.execute(sessions.delete().where(~_alive(services, now)))
    values = {
        "id": uuid.uuid4().hex,
        "hash": _hash(token),
        "user_id": person.id,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + services.settings.session_seconds,
        "address": address[:64],
        "agent": agent[:200],
    }
    connection.execute(sessions.insert().values(**values))
    connection.execute(users.update().where(users.c.id == person.id).values(signed_in_at=now))
    return token


def caller_of_session(services: Services, token: str) -> Caller | None:
    """Who a token belongs to; None when its session is over, was ended, or its owner is shut out."""
    now = time.time()
    query = (
        sa.select(users, sessions.c.id.label("session"), sessions.c.seen_at)
        .join(sessions, sessions.c.user_id == users.c.id)
        .where(sessions.c.hash == _hash(token), users.c.disabled_at.is_(None), _alive(services, now))
    )
    with reading(services.database) as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return None
    if now - row.seen_at > _NOTED_SECONDS:
        with services.database.begin() as connection:
            connection.execute(sessions.update().where(sessions.c.id == row.session).values(seen_at=now))
    return caller_in_person(person_from(row), row.session)


def session_list(services: Services, person: Person) -> list[Session]:
    """The sessions of somebody that are still good, the latest used first."""
    columns = (sessions.c.id, sessions.c.created_at, sessions.c.seen_at, sessions.c.address, sessions.c.agent)
    query = sa.select(*columns).where(sessions.c.user_id == person.id, _alive(services, time.time()))
    with reading(services.database) as connection:
        return [Session(*row) for row in connection.execute(query.order_by(sessions.c.seen_at.desc()))]


def end_session(services: Services, person: Person, session_id: str) -> None:
    """End a session of one's own: signing out, or a browser that one has left behind. Another's is not touched."""
    mine = (sessions.c.id == session_id) & (sessions.c.user_id == person.id)
    with services.database.begin() as connection:
        if connection.execute(sessions.delete().where(mine)).rowcount:
            append(connection, "signed_out", actor=person.name, details={"session": session_id[:8]})


def end_sessions(connection: sa.Connection, user_id: str) -> None:
    """End every session of somebody, in the caller's writing transaction."""
    connection.execute(sessions.delete().where(sessions.c.user_id == user_id))


def form_token(token: str) -> str:
    """What the forms of a session carry, so that no other site can send one: made of the token, and not it."""
    return hashlib.sha256(f"form {token}".encode()).hexdigest()


def _alive(services: Services, now: float) -> sa.ColumnElement[bool]:
    return sa.and_(sessions.c.expires_at > now, sessions.c.seen_at > now - services.settings.session_idle_seconds)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
