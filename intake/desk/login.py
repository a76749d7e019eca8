"""Signing in with a name and a password, and what changes a password."""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass

import sqlalchemy as sa
from limits import RateLimitItemPerMinute

from intake.desk.passwords import WeakPassword, fits, generated, hashed, require_strong
from intake.desk.people import person_from, row_named
from intake.desk.services import Services
from intake.desk.sessions import end_sessions, open_session
from intake.errors import IntakeError
from intake.store.database import reading
from intake.store.history import append
from intake.store.tables import users
from models.person import Person, SignIn, folded

#: Tries at one name, and tries from one network (one address, or one /64 of IPv6), each in a quarter of an hour.
PER_NAME, PER_NETWORK = RateLimitItemPerMinute(10, 15), RateLimitItemPerMinute(60, 15)


class WrongPassword(IntakeError):
    """No such name, or not its password, or shut out: which of these is not said."""


class NeverSignsIn(IntakeError):
    """It is a program or a folder, which has no password to give."""


class TooManyTries(IntakeError):
    """Too often; ``seconds`` until the next try."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who has just signed in, and the token of their session."""

    person: Person
    token: str


def sign_in(services: Services, name: str, password: str, *, address: str, agent: str) -> SignedIn:
    """Let somebody in. Every try counts, also a good one; after a good one the count of the name begins anew.

    Raises:
        TooManyTries: at this name, or from this network. WrongPassword: see there.
    """
    _count(services, name, address)
    with reading(services.database) as connection:
        row = connection.execute(sa.select(users).where(users.c.folded == folded(name))).one_or_none()
    kept = row.password if row and row.sign_in == SignIn.PASSWORD else None
    good, newer = fits(password, kept)
    if row is None or not good or row.disabled_at is not None:
        with services.database.begin() as connection:
            # What was typed for a name may be the password; only a name that exists is kept.
            append(connection, "sign_in_failed", actor=row.name if row else "–")
        raise WrongPassword
    person = person_from(row)
    with services.database.begin() as connection:
        if newer:
            connection.execute(users.update().where(users.c.id == row.id).values(password=newer))
        token = open_session(connection, services, person, address=address, agent=agent)
        append(connection, "signed_in", actor=person.name, details={"by": "password"})
    services.throttle.forget(PER_NAME, folded(name))
    return SignedIn(person, token)


def change_password(services: Services, person: Person, old: str, new: str, *, address: str, agent: str) -> SignedIn:
    """Give oneself another password. Every session of the person ends and a new one is opened.

    Raises:
        TooManyTries. WrongPassword: ``old`` is not the one. WeakPassword: the new one will not do.
    """
    _count(services, person.name, address)
    with reading(services.database) as connection:
        kept = row_named(connection, person.name).password
    good, _ = fits(old, kept)
    if not good:
        raise WrongPassword
    if old == new:
        raise WeakPassword("same")
    require_strong(new, person.name)
    form = hashed(new)
    with services.database.begin() as connection:
        values = {"password": form, "must_change": False, "changed_at": time.time()}
        connection.execute(users.update().where(users.c.id == person.id).values(**values))
        end_sessions(connection, person.id)
        token = open_session(connection, services, person, address=address, agent=agent)
        append(connection, "password_changed", actor=person.name)
        changed = person_from(row_named(connection, person.name))
    services.throttle.forget(PER_NAME, folded(person.name))
    return SignedIn(changed, token)


def reset_password(services: Services, name: str, *, actor: str) -> str:
    """Give somebody a new generated password and end their sessions; it is told once and must be changed.

    Who came from the company's provider signs in with this password from now on: the way back when it is lost.

    Raises:
        UnknownPerson. NeverSignsIn: see there.
    """
    password = generated()
    form = hashed(password)
    with services.database.begin() as connection:
        row = row_named(connection, name)
        if row.sign_in == SignIn.NEVER:
            raise NeverSignsIn(name)
        values = {"password": form, "must_change": True, "sign_in": SignIn.PASSWORD.value, "changed_at": time.time()}
        connection.execute(users.update().where(users.c.id == row.id).values(**values))
        end_sessions(connection, row.id)
        append(connection, "password_reset", actor=actor, details={"user": row.name})
    services.throttle.forget(PER_NAME, folded(name))
    return password


def _count(services: Services, name: str, address: str) -> None:
    waits = (services.throttle.wait(PER_NETWORK, _network(address)), services.throttle.wait(PER_NAME, folded(name)))
    if max(waits):
        raise TooManyTries(max(waits))


def _network(address: str) -> str:
    """What one attacker has all of: an address, or the /64 that a home or a server gets of IPv6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address) or known.ipv4_mapped:
        return str(known)
    return str(ipaddress.ip_network((known, 64), strict=False))
