"""Streams sealed with a key: AES-256-GCM in pieces, each of which shows its place and whether it is the last.

A piece that was changed, moved, left out or cut off does not open. The form is that of the STREAM construction: the
nonce of a piece is a random prefix, its number, and a mark on the last one.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake.errors import IntakeError

MARK = b"SHOUPIAO-SEALED-1\n"
_PIECE, _PREFIX, _TAG = 1 << 20, 7, 16


class NotOurSeal(IntakeError):
    """The stream was sealed with another key, or was changed."""


def new_key(path: Path) -> None:
    """Write a new key to a file that only its owner may read.

    Raises:
        FileExistsError: there is a file of this name; a key is never written over.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(AESGCM.generate_key(256).hex() + "\n")


def read_key(path: Path) -> bytes:
    """The key in a file.

    Raises:
        ValueError: the file holds no key of 64 hexadecimal digits. OSError: it cannot be read.
    """
    key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    if len(key) != 32:
        raise ValueError(f"{path.name} holds no key of 64 hexadecimal digits")
    return key


def seal(key: bytes, content: Iterable[bytes]) -> Iterator[bytes]:
    """Seal a stream."""
    cipher, prefix = AESGCM(key), os.urandom(_PREFIX)
    yield MARK + prefix
    number, held = 0, None
    for piece in _pieces(content):
        if held is not None:
            yield cipher.encrypt(_nonce(prefix, number, last=False), held, None)
            number += 1
        held = piece
    yield cipher.encrypt(_nonce(prefix, number, last=True), held or b"", None)


def opened(key: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """Open a sealed stream.

    Raises:
        NotOurSeal: see there.
    """
    head = stream.read(len(MARK) + _PREFIX)
    if not head.startswith(MARK):
        raise NotOurSeal("not sealed")
    cipher, prefix, number = AESGCM(key), head[len(MARK) :], 0
    held = stream.read(_PIECE + _TAG)
    while True:
        following = stream.read(_PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(prefix, number, last=not following), held, None)
        except InvalidTag as trouble:
            raise NotOurSeal(f"piece {number} does not open") from trouble
        if not following:
            return
        held, number = following, number + 1


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, last)


def _pieces(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size; only the last may be shorter."""
    held = bytearray()
    for chunk in content:
        held += chunk
        while len(held) > _PIECE:
            yield bytes(held[:_PIECE])
            del held[:_PIECE]
    yield bytes(held)
