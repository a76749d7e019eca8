"""Backup of everything that is needed to go on elsewhere, made while the service runs, and its restore.

A target holds many backups: ``sets/<moment>/`` has the tables of one moment and a manifest with the hash of every
part; ``blobs/`` has originals and pictures, each once for all sets, so that a later backup only adds what is new. With
a key everything is sealed before it leaves.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from intake.desk.runs import note
from intake.desk.services import Services
from intake.errors import IntakeError
from intake.store.blobs import Blobs
from intake.store.database import migrate
from intake.store.dump import (
    dump_table,
    is_empty,
    load_table,
    make_tables,
    schema_revision,
    snapshot,
    table_names,
)
from intake.store.sealed import opened, seal
from intake.store.tables import events

_PIECE = 1 << 20
#: The name of the daily backup among the runs.
BACKUP = "backup"


class BackupBroken(IntakeError):
    """A part of a backup is missing or is not what its manifest says."""


class NotEmpty(IntakeError):
    """There is something where the backup was to go; a restore never writes over data."""


@dataclass(frozen=True, slots=True)
class Part:
    """A table in a backup: its rows, and the hash of the stored file."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup: when, of which tables, with which head of the chain, and how many blobs belong to it."""

    moment: str
    revision: str
    sealed: bool
    chain_length: int
    chain_head: str
    tables: tuple[Part, ...]
    blobs: int
    new_blobs: int


def make_backup(services: Services, target: Path, *, key: bytes | None = None) -> Manifest:
    """Back up tables, originals and pictures to a folder, which may hold earlier backups.

    The tables come first: whatever a row of that moment points at was stored before the row was.

    Raises:
        OSError: the target cannot be written.
    """
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    unfinished, finished = target / "sets" / f".{moment}", target / "sets" / moment
    unfinished.mkdir(parents=True)
    with snapshot(services.database) as connection:
        head = connection.execute(sa.select(events.c.hash).order_by(events.c.id.desc()).limit(1)).scalar() or ""
        length = connection.execute(sa.select(sa.func.count()).select_from(events)).scalar_one()
        revision = schema_revision(connection)
        parts = tuple(_keep_table(connection, name, unfinished, key) for name in table_names())
    total, new = _keep_blobs(services.blobs, target / "blobs", key)
    manifest = Manifest(moment, revision, key is not None, length, head, parts, total, new)
    (unfinished / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    unfinished.rename(finished)
    return manifest


def note_backup(services: Services, started_at: float, manifest: Manifest) -> None:
    """Remember that somebody made a backup by hand, or by a clock of their own."""
    note(services, BACKUP, started_at, True, told_of(manifest))


def told_of(manifest: Manifest) -> dict[str, object]:
    """What is remembered of a backup."""
    return {"moment": manifest.moment, "blobs": manifest.blobs, "new_blobs": manifest.new_blobs}


def backups(target: Path) -> list[Manifest]:
    """The finished backups of a target, the latest last."""
    return [_manifest(file) for file in sorted(target.glob("sets/[0-9]*/manifest.json"))]


def restore(services: Services, target: Path, *, moment: str | None = None, key: bytes | None = None) -> Manifest:
    """Put a backup (None: the latest) into an empty database and an empty blob store.

    Raises:
        NotEmpty, BackupBroken, NotOurSeal: see there. LookupError: there is no such backup.
    """
    known = {one.moment: one for one in backups(target)}
    if not known or (moment and moment not in known):
        raise LookupError(moment or str(target))
    manifest = known[moment or max(known)]
    if not is_empty(services.database) or next(services.blobs.names(), None) is not None:
        raise NotEmpty("database or files")
    make_tables(services.database, manifest.revision)
    for part in manifest.tables:
        _restore_table(services.database, target / "sets" / manifest.moment, part, key)
    migrate(services.database)
    _restore_blobs(services.blobs, target / "blobs", key)
    return manifest


def _keep_table(connection: sa.Connection, name: str, folder: Path, key: bytes | None) -> Part:
    digest, path = hashlib.sha256(), folder / f"{name}.jsonl.gz"
    counted = _Counted(dump_table(connection, name))
    with path.open("wb") as file:
        for piece in _sealed(_zipped(counted), key):
            digest.update(piece)
            file.write(piece)
    return Part(name, counted.count, digest.hexdigest())


def _restore_table(engine: sa.Engine, folder: Path, part: Part, key: bytes | None) -> None:
    path = folder / f"{part.name}.jsonl.gz"
    try:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != part.sha256:
                raise BackupBroken(f"{path.name} is not the file that was written")
        with path.open("rb") as file, tempfile.TemporaryFile() as plain:
            for piece in _plain(file, key):
                plain.write(piece)
            plain.seek(0)
            with gzip.GzipFile(fileobj=plain) as lines:
                rows = load_table(engine, part.name, lines)
    except (FileNotFoundError, EOFError, gzip.BadGzipFile) as trouble:
        raise BackupBroken(f"{path.name}: {trouble}") from trouble
    if rows != part.rows:
        raise BackupBroken(f"{path.name} has {rows} rows, {part.rows} were written")


def _keep_blobs(blobs: Blobs, folder: Path, key: bytes | None) -> tuple[int, int]:
    total = new = 0
    for name in blobs.names():
        total += 1
        path = folder / name
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}")
        try:
            with unfinished.open("wb") as file:
                file.writelines(_sealed(blobs.stream(name), key))
        except FileNotFoundError:  # deleted by policy since it was listed
            unfinished.unlink(missing_ok=True)
            total -= 1
            continue
        unfinished.rename(path)
        new += 1
    return total, new


def _restore_blobs(blobs: Blobs, folder: Path, key: bytes | None) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.name.startswith("."):
                continue
            plain = Path(scratch) / "blob"
            with path.open("rb") as file, plain.open("wb") as out:
                out.writelines(_plain(file, key))
            blobs.put(path.relative_to(folder).as_posix(), plain)


def _sealed(content: Iterable[bytes], key: bytes | None) -> Iterable[bytes]:
    return seal(key, content) if key else content


def _plain(file: BinaryIO, key: bytes | None) -> Iterator[bytes]:
    return opened(key, file) if key else iter(lambda: file.read(_PIECE), b"")


def _zipped(lines: Iterable[bytes]) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as file:
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:
            packed.writelines(lines)
        file.seek(0)
        yield from iter(lambda: file.read(_PIECE), b"")


def _manifest(file: Path) -> Manifest:
    told = json.loads(file.read_text(encoding="utf-8"))
    return Manifest(**{**told, "tables": tuple(Part(**part) for part in told["tables"])})


class _Counted:
    """An iterator that remembers how many it gave."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self.count += 1
            yield line
