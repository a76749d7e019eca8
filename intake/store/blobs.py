"""Originals and page pictures, stored once under the hash of the original (files, or any object store)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from intake.errors import StorageUnavailable

#: So much of an original is held in memory when it streams by.
_PIECE = 2**18


class Blobs:
    """A store of bytes by key; what is stored is never overwritten."""

    def __init__(self, url: str | None, folder: Path) -> None:
        """Open the store at ``url``, or in a local folder."""
        if url:
            self._store: ObjectStore = from_url(url)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(str(folder.resolve()))

    def put(self, key: str, content: bytes | Path) -> None:
        """Store bytes or a file; storing the same key again changes nothing."""
        try:
            obstore.put(self._store, key, content, mode="create")
        except AlreadyExistsError:
            return

    def get(self, key: str) -> bytes:
        """Give the bytes of a key.

        Raises:
            FileNotFoundError: there is none.
        """
        return bytes(obstore.get(self._store, key).bytes())

    def stream(self, key: str) -> Iterator[bytes]:
        """Give the bytes of a key piece by piece.

        Raises:
            FileNotFoundError: there is none. StorageUnavailable: the store does not answer, or cannot read it.
        """
        try:
            yield from obstore.get(self._store, key).stream(min_chunk_size=_PIECE)
        except BaseError as trouble:
            raise StorageUnavailable(f"{key} cannot be read: {type(trouble).__name__}") from trouble

    def names(self, prefix: str = "") -> Iterator[str]:
        """Every key below a prefix."""
        for some in obstore.list(self._store, prefix or None):
            yield from (one["path"] for one in some)


def original_key(sha256: str) -> str:
    """Where the original with this hash lies."""
    return f"originals/{sha256[:2]}/{sha256}"


def picture_key(sha256: str, page: int) -> str:
    """Where the picture of a page of this original lies."""
    return f"pages/{sha256[:2]}/{sha256}/{page}.webp"
