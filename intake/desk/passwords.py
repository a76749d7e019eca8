"""Passwords: argon2id, worked out two at a time, so that a flood of sign-ins cannot take the memory of the machine."""

from __future__ import annotations

import functools
import secrets
import threading
from collections.abc import Mapping

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from intake.errors import IntakeError
from models.person import folded

SHORTEST, LONGEST = 10, 200
#: What is wrong with a password, in both languages.
WEAKNESSES: Mapping[str, tuple[str, str]] = {
    "short": (f"至少 {SHORTEST} 个字符。", f"At least {SHORTEST} characters."),
    "long": (f"最多 {LONGEST} 个字符。", f"At most {LONGEST} characters."),
    "digits": (
        "不能只有数字：生日和电话号码很容易被猜到。",
        "Not digits alone: birthdays are guessed.",
    ),
    "simple": ("重复的字符太多。", "Too few different characters."),
    "name": ("不能包含用户名。", "It must not hold the name."),
    "same": ("不能与原密码相同。", "It must differ from the old one."),
}
_HASHER = PasswordHash((Argon2Hasher(),))
#: One hash takes 64 MB and a tenth of a second.
_AT_ONCE = threading.BoundedSemaphore(2)
#: Letters and digits that nobody mistakes for another; 20 of them are 99 bits.
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"


class WeakPassword(IntakeError):
    """The password is too easy to guess; ``why`` is a key of ``WEAKNESSES``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def generated() -> str:
    """A password that nobody can guess, in groups that can be typed."""
    return "-".join("".join(secrets.choice(_CLEAR) for _ in range(5)) for _ in range(4))


def hashed(password: str) -> str:
    """The form in which a password is kept."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def fits(password: str, kept: str | None) -> tuple[bool, str | None]:
    """Whether a password is the one that is kept; and its new form, where it was kept in one that is out of date.

    Without one to compare with it takes as long, so that the time does not tell whether there is such a person.
    """
    with _AT_ONCE:
        good, newer = _HASHER.verify_and_update(password[:LONGEST], kept or _nobodys())
    return good and kept is not None, newer if kept else None


def require_strong(password: str, name: str) -> None:
    """Refuse what is guessed first.

    Raises:
        WeakPassword: and why.
    """
    said = folded(password)
    weak = {
        "short": len(password) < SHORTEST,
        "long": len(password) > LONGEST,
        "digits": said.isdecimal(),
        "simple": len(set(said)) < 5,
        "name": folded(name) in said,
    }
    why = next((why for why, holds in weak.items() if holds), None)
    if why:
        raise WeakPassword(why)


@functools.cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe())
