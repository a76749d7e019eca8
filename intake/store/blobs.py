"""Originals and page pictures, stored once under the hash of the original (files, or any object store).

With a key ring what is new is sealed (docs/decisions/0018): each file with a data key of its own, which lies wrapped
beside it under ``keys/``. What was stored before stays as it is; both are read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import obstore
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from intake.errors import StorageUnavailable
from intake.store.key_ring import KeyMissing, KeyRing, wrapped_by
from intake.store.sealed import MARK, NotOurSeal, opened, seal

if TYPE_CHECKING:
    from obstore.store import ClientConfig

#: So much of an original is held in memory when it streams by.
_PIECE = 2**18
_KEYS = "keys/"
#: For the question whether it answers at all.
_SOON = timedelta(seconds=3)


class BlobAltered(StorageUnavailable):
    """A sealed file does not open with its own key: its bytes are not those that were stored."""


class Blobs:
    """A store of bytes by key; what is stored is never overwritten, and deleted by ``desk.retention`` alone."""

    def __init__(self, url: str | None, folder: Path, ring: KeyRing | None = None) -> None:
        """Open the store at ``url``, or in a local folder; with a ``ring`` what is new is sealed."""
        self._ring = ring
        self._folder = None if url else folder
        if url:
            self._store: ObjectStore = from_url(url)
            self._probe: ObjectStore = from_url(url, client_options=_soon(), retry_config={"max_retries": 0})
        else:
            folder.mkdir(parents=True, exist_ok=True)
            self._store = self._probe = LocalStore(str(folder.resolve()))

    def check(self) -> None:
        """See whether the store answers, within seconds; nothing is written.

        Raises:
            StorageUnavailable: it does not, or the folder cannot be written.
        """
        if self._folder and not os.access(self._folder, os.W_OK):
            raise StorageUnavailable("the folder cannot be written")
        try:
            # Listed, not asked for by name: a bucket that is not there says the same as a file that is not.
            obstore.list_with_delimiter(self._probe, "doctor")
        except (FileNotFoundError, BaseError) as trouble:
            raise StorageUnavailable(f"the store does not answer: {type(trouble).__name__}") from trouble

    def put(self, key: str, content: bytes | Path) -> None:
        """Store bytes or a file; storing the same key again changes nothing."""
        if self._ring is None:
            self._create(key, content)
        elif not self.has(key):
            plain = content.read_bytes() if isinstance(content, Path) else content
            self._create(key, b"".join(seal(self._data_key(self._ring, key), [plain])))

    def get(self, key: str) -> bytes:
        """Give the bytes of a key.

        Raises:
            FileNotFoundError: there is none.
        """
        return b"".join(self.stream(key))

    def stream(self, key: str) -> Iterator[bytes]:
        """Give the bytes of a key piece by piece.

        Raises:
            FileNotFoundError: there is none. BlobAltered: it is sealed and was changed. KeyMissing: it is sealed and
            its key is not at hand. StorageUnavailable: the store does not answer, or cannot read it.
        """
        pieces = _Pieces(self._stored(key))
        wrapped = self._wrapped(key) if pieces.start(len(MARK)) == MARK else None
        if wrapped is None:
            yield from pieces
            return
        if self._ring is None:
            raise KeyMissing(f"sealed with the key {wrapped_by(wrapped)}, and there is no key file")
        data_key = self._ring.unwrap(wrapped, key)
        try:
            yield from opened(data_key, cast(BinaryIO, pieces))
        except NotOurSeal as trouble:
            raise BlobAltered(f"{key} is not as it was stored: {trouble}") from trouble

    def has(self, key: str) -> bool:
        """Whether something is stored under a key."""
        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: str) -> None:
        """Delete what is stored under a key, if anything is.

        Raises:
            StorageUnavailable: the store does not answer.
        """
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return
        except BaseError as trouble:
            raise StorageUnavailable(f"{key} cannot be deleted: {type(trouble).__name__}") from trouble

    def names(self, prefix: str = "") -> Iterator[str]:
        """Every key below a prefix."""
        yield from (name for name in self._listed(prefix) if not name.startswith(_KEYS))

    def sealed_by(self) -> Iterator[tuple[str, str]]:
        """Every sealed file with the name of the key that wraps its data key."""
        for name in self._listed(_KEYS):
            place = name.removeprefix(_KEYS)
            wrapped = self._wrapped(place)
            if wrapped is not None:
                yield place, wrapped_by(wrapped)

    def current_key(self) -> str:
        """The name of the key that seals what is new.

        Raises:
            KeyMissing: there is no key file.
        """
        if self._ring is None:
            raise KeyMissing("there is no key file: set SHOUPIAO_BLOB_KEYS_FILE")
        return self._ring.current

    def rewrap(self, key: str) -> None:
        """Wrap the data key of a file with the newest key; the file itself is not touched.

        The wrapped key is replaced as a whole: at every moment it is the one of before or the one of after.

        Raises:
            KeyMissing: see there, and where there is no key file or no such file.
        """
        wrapped = self._wrapped(key)
        if self._ring is None or wrapped is None:
            raise KeyMissing(f"nothing to wrap {key} with")
        obstore.put(self._store, _KEYS + key, self._ring.wrap(self._ring.unwrap(wrapped, key), key))

    def _data_key(self, ring: KeyRing, key: str) -> bytes:
        """The data key of a file, made now unless somebody began to store the same file before."""
        self._create(_KEYS + key, ring.wrap(AESGCM.generate_key(256), key))
        return ring.unwrap(self._wrapped(key) or b"", key)

    def _create(self, key: str, content: bytes | Path) -> None:
        try:
            obstore.put(self._store, key, content, mode="create")
        except AlreadyExistsError:
            return

    def _wrapped(self, key: str) -> bytes | None:
        try:
            return b"".join(self._stored(_KEYS + key))
        except FileNotFoundError:
            return None

    def _stored(self, key: str) -> Iterator[bytes]:
        try:
            yield from map(bytes, obstore.get(self._store, key).stream(min_chunk_size=_PIECE))
        except BaseError as trouble:
            raise StorageUnavailable(f"{key} cannot be read: {type(trouble).__name__}") from trouble

    def _listed(self, prefix: str) -> Iterator[str]:
        for some in obstore.list(self._store, prefix or None):
            yield from (one["path"] for one in some)


class _Pieces:
    """A stream of pieces of any length, whose start can be looked at, and that is read like a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, bytearray()

    def __iter__(self) -> Iterator[bytes]:
        yield bytes(self._held)
        yield from self._pieces

    def start(self, size: int) -> bytes:
        while len(self._held) < size and (piece := next(self._pieces, None)) is not None:
            self._held += piece
        return bytes(self._held[:size])

    def read(self, size: int) -> bytes:
        taken = self.start(size)
        del self._held[: len(taken)]
        return taken


def _soon() -> ClientConfig:
    """Not to wait long. Options of a client stand in for what the environment says, so that is said again."""
    plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("true", "1", "yes", "on")
    return {"timeout": _SOON, "connect_timeout": _SOON, "allow_http": plain}


def original_key(sha256: str) -> str:
    """Where the original with this hash lies."""
    return f"originals/{sha256[:2]}/{sha256}"


def picture_key(sha256: str, page: int) -> str:
    """Where the picture of a page of this original lies."""
    return f"pages/{sha256[:2]}/{sha256}/{page}.webp"


def pictures_of(sha256: str) -> str:
    """Below what the pictures of all pages of this original lie."""
    return f"pages/{sha256[:2]}/{sha256}/"
