"""The keys that wrap the data keys of sealed files: each has a name, the first of the file wraps, all of them open.

The file has one key a line, ``NAME 64-HEXADECIMAL-DIGITS``, the newest first. It is read again for every file that is
sealed and for every name that is not known: a service that runs while a key is added goes on, and with the new one.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake.errors import StorageUnavailable

_LINE = re.compile(r"([A-Za-z0-9._-]{1,40}) ([0-9a-fA-F]{64})")
_NONCE = 12


class KeyMissing(StorageUnavailable):
    """A file is sealed with a key that is not in the key file, or there is no key file."""


class BadKeyFile(StorageUnavailable):
    """The key file cannot be read, or holds no keys."""


class KeyRing:
    """The keys of one file."""

    def __init__(self, path: Path) -> None:
        """Read the keys.

        Raises:
            BadKeyFile: see there.
        """
        self._path = path
        self._keys = _read(path)

    @property
    def current(self) -> str:
        """The name of the key that wraps."""
        return next(iter(self._keys))

    def wrap(self, data_key: bytes, place: str) -> bytes:
        """A data key, wrapped for the file at a place of the store: it opens nothing at another place."""
        self._keys = _read(self._path)
        name, nonce = self.current, os.urandom(_NONCE)
        wrapped = AESGCM(self._keys[name]).encrypt(nonce, data_key, _bound(name, place))
        return name.encode() + b"\n" + nonce + wrapped

    def unwrap(self, wrapped: bytes, place: str) -> bytes:
        """The data key.

        Raises:
            KeyMissing: its key is not in the file, or another key has its name there, or it was changed.
        """
        name, _, rest = wrapped.partition(b"\n")
        key = self._named(name.decode("ascii", "replace"))
        try:
            return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], _bound(name.decode(), place))
        except (InvalidTag, ValueError) as trouble:
            told = f"the key {name.decode()} in {self._path.name} does not open {place}: another key of this name?"
            raise KeyMissing(told) from trouble

    def _named(self, name: str) -> bytes:
        if name not in self._keys:
            self._keys = _read(self._path)
        if name not in self._keys:
            raise KeyMissing(f"sealed with the key {name}, which is not in {self._path.name}")
        return self._keys[name]


def wrapped_by(wrapped: bytes) -> str:
    """The name of the key that wrapped a data key."""
    return wrapped.partition(b"\n")[0].decode("ascii", "replace")


def add_key(path: Path, today: dt.date) -> str:
    """Put a new key before those of the file, which is made when there is none; gives its name.

    The file is replaced as a whole: whoever reads it meanwhile finds the keys of before or of after.

    Raises:
        BadKeyFile: there is a file, but it holds no keys. OSError: it cannot be written.
    """
    before = _read(path) if path.exists() else {}
    name = f"{today:%Y%m%d}-{secrets.token_hex(3)}"
    keys = {name: AESGCM.generate_key(256), **before}
    unfinished = path.with_name(f".{path.name}.{name}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.writelines(f"{one} {key.hex()}\n" for one, key in keys.items())
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return name


def _read(path: Path) -> dict[str, bytes]:
    try:
        lines = [line.strip() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    except (OSError, ValueError) as trouble:
        raise BadKeyFile(f"the key file {path} cannot be read: {type(trouble).__name__}") from trouble
    found = [_LINE.fullmatch(line) for line in lines]
    keys = {one[1]: bytes.fromhex(one[2]) for one in found if one}
    if not keys or len(keys) != len(lines):
        raise BadKeyFile(f"{path} must have a name and 64 hexadecimal digits in each line, every name once")
    return keys


def _bound(name: str, place: str) -> bytes:
    return f"shoupiao-blob-1\n{name}\n{place}".encode()
