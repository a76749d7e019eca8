"""Somebody who signs in, for tests: their password, the form, the token of their forms, the events of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from intake.desk import passwords
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import events, users
from models.person import SignIn
from models.rights import Role
from tests.integration.people import somebody

GOOD = "horse battery staple"
HTML = {"accept": "text/html"}


def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash with less work: many tries are made."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64),)))
    passwords._nobodys.cache_clear()


def add_wang(services: Services) -> str:
    """Somebody with a password of their own; gives it."""
    person = somebody(services, "王小明", Role.FINANCE)
    values = {"password": passwords.hashed(GOOD), "sign_in": SignIn.PASSWORD.value}
    with services.database.begin() as connection:
        connection.execute(users.update().where(users.c.id == person.id).values(**values))
    return GOOD


def enter(client: TestClient, name: str, password: str, **more: str) -> Any:
    return client.post("/login", data={"name": name, "password": password, **more}, headers=HTML)


def token_of(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', client.get("/account").text)
    assert found
    return found[1]


def told(services: Services, what: str) -> list[Any]:
    with reading(services.database) as connection:
        return list(connection.execute(sa.select(events).where(events.c.what == what).order_by(events.c.id)).all())
