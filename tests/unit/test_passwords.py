"""How passwords are kept."""

from __future__ import annotations

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from intake.desk.passwords import fits, generated, hashed


def test_a_password_is_kept_as_argon2id_with_work_that_slows_a_guesser_down() -> None:
    kept = hashed("horse battery staple")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert fits("horse battery staple", kept) == (True, None)
    assert fits("horse battery stable", kept) == (False, None)


def test_one_that_was_kept_with_less_work_is_kept_anew() -> None:
    old = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64),)).hash("horse battery staple")
    good, newer = fits("horse battery staple", old)
    assert good
    assert newer is not None
    assert newer.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert fits("wrong", old) == (False, None)


def test_no_password_fits_where_none_is_kept() -> None:
    assert fits("", None) == (False, None)


def test_generated_passwords_differ() -> None:
    assert len({generated() for _ in range(100)}) == 100
