"""Who asks: a person with their rights, in person or through a key of theirs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from models.rights import Permission, Role, permissions_of
from models.sight import Sight

#: A name is what history shows: letters, digits and a few signs, no spaces, so that no line can be read two ways.
_NAME = re.compile(r"[\w.@·-]{2,60}")
#: Names that events carry for the service itself, or that would read as if they did.
_TAKEN = frozenset({"desk", "worker", "sweeper", "system", "root", "系统", "前台", "页面", "财务", "命令行"})


class SignIn(StrEnum):
    """How somebody signs in: with a password, through the company's own provider, or never (a program, a folder)."""

    PASSWORD = "password"  # noqa: S105  # the name of a way, not a secret
    OIDC = "oidc"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do and see. None is all companies or departments, an empty set none.

    ``companies`` are tax ids; ``department`` is where what they send belongs, which need not be among those they see.
    """

    roles: frozenset[Role] = frozenset()
    companies: frozenset[str] | None = frozenset()
    departments: frozenset[str] | None = frozenset()
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or something, that acts under a name of its own. The name never changes and is never given again."""

    id: str
    name: str
    display_name: str
    rights: Rights
    sign_in: SignIn = SignIn.PASSWORD
    must_change: bool = False
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks this time: a person and what they may do now, by the session or the key that they came with."""

    person: Person
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    session: str | None = None
    key: str | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the caller may do this."""
        return permission in self.permissions

    @property
    def sight(self) -> Sight:
        """What the caller may see: what they sent, and their companies and departments if a role of theirs says so."""
        rights = self.person.rights
        if not self.may(Permission.SEE_SCOPE):
            return Sight(self.person.name)
        return Sight(self.person.name, rights.companies, rights.departments)


def caller_in_person(person: Person, session: str) -> Caller:
    """Somebody who has signed in: all that their roles give."""
    return Caller(person, permissions_of(person.rights.roles), session=session)


def caller_by_key(person: Person, key: str, scopes: frozenset[Permission]) -> Caller:
    """A key of somebody's: what it was made for, as far as its owner may still do it."""
    return Caller(person, permissions_of(person.rights.roles) & scopes, key=key)


def folded(name: str) -> str:
    """A name as it is compared: two that look alike in this form are one."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def is_name(name: str) -> bool:
    """Whether this may be somebody's name."""
    return bool(_NAME.fullmatch(name)) and folded(name) not in _TAKEN
