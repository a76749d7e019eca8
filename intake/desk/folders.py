"""The watched folders as their watchers tell of them: looked at when, what lies there, what is stuck."""

from __future__ import annotations

import dataclasses
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import documents, folders, submissions
from models.clock import day_of, start_of

#: A watcher looks twice a second and tells every few; one that was not heard of for so long does not run.
SILENT_SECONDS = 30.0
#: A folder that nobody has watched for so long was given up.
_GIVEN_UP_SECONDS = 7 * 86_400.0
#: Of the stuck files so many are told by name.
_NAMED = 20
#: By this file a folder is known, whatever path a machine has it under.
_IDENTITY = ".shoupiao-folder"


@dataclass(frozen=True, slots=True)
class Stuck:
    """A file that does not get on, since when (seconds since 1970), and why.

    ``why``: ``growing`` (its size or time keeps changing), ``unreadable`` (it cannot be read), ``held`` (it cannot be
    moved), ``waiting`` (it was taken in, and its document has no outcome).
    """

    file: str
    why: str
    since: float


@dataclass(frozen=True, slots=True)
class Look:
    """What a watcher found: files that lie there, taken ones without an outcome, and what kept it from looking."""

    lying: int
    taken: int
    stuck: tuple[Stuck, ...] = ()
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """A watched folder: its last look, and the documents that came of it today, by state."""

    path: str
    name: str
    scanned_at: float
    silent: bool
    lying: int
    taken: int
    stuck_count: int
    stuck: tuple[Stuck, ...]
    trouble: str | None
    today: Mapping[str, int]


def identity_of(folder: Path) -> str:
    """What a watched folder is known by on every machine that has it; it is written into it at the first look.

    Ask each time: where two look for the first time at once, what the later one wrote holds for both.

    Raises:
        OSError: it cannot be read or written; also where the folder is there, but not what a watcher makes in it: a
            share that is not mounted leaves an empty folder behind.
    """
    kept = folder / _IDENTITY
    if not kept.exists():
        fresh = folder / "processing" / f"{_IDENTITY}.{uuid.uuid4().hex}"
        fresh.write_text(uuid.uuid4().hex, encoding="ascii")
        fresh.rename(kept)
    return kept.read_text(encoding="ascii")


def note_look(services: Services, folder: Path, sender: str, look: Look) -> None:
    """Keep what a watcher found at its last look, in place of the one before; ``sender``: whose files they are."""
    mine = folders.c.path == str(folder.resolve())
    values = {
        "name": folder.name,
        "sender": sender,
        "scanned_at": time.time(),
        "lying": look.lying,
        "taken": look.taken,
        "stuck_count": len(look.stuck),
        "stuck": json.dumps([dataclasses.asdict(one) for one in look.stuck[:_NAMED]], ensure_ascii=False),
        "trouble": look.trouble,
    }
    with services.database.begin() as connection:
        if not connection.execute(folders.update().where(mine).values(**values)).rowcount:
            connection.execute(folders.insert().values(path=str(folder.resolve()), **values))


def watched(services: Services) -> list[Folder]:
    """Every folder that is watched or was within the last days, by name."""
    now = time.time()
    query = sa.select(folders).where(folders.c.scanned_at > now - _GIVEN_UP_SECONDS)
    with reading(services.database) as connection:
        rows = connection.execute(query.order_by(folders.c.name, folders.c.path)).all()
        return [
            Folder(
                row.path, row.name, row.scanned_at, now - row.scanned_at > SILENT_SECONDS, row.lying, row.taken,
                row.stuck_count, tuple(Stuck(**one) for one in json.loads(row.stuck)), row.trouble,
                _today(connection, row.sender, now),
            )
            for row in rows
        ]  # fmt: skip


def _today(connection: sa.Connection, sender: str, now: float) -> dict[str, int]:
    """How the documents stand that a folder has brought since midnight in Shanghai."""
    mine = sa.and_(
        submissions.c.sender == sender,
        submissions.c.door == "folder",
        submissions.c.created_at >= start_of(day_of(now)),
    )
    joined = submissions.join(documents, documents.c.submission_id == submissions.c.id)
    query = sa.select(documents.c.state, sa.func.count()).select_from(joined).where(mine).group_by(documents.c.state)
    return {state: count for state, count in connection.execute(query)}
