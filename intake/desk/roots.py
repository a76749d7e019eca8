"""The daily roots of the ledger: made, kept in a file outside, and held against the history as it is now.

A chain proves itself only from its start to whatever end it has; a restored old backup is a sound chain as well. A root
that was published outside is what it cannot forget.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

from intake.store.history import START
from intake.store.tables import events
from models.clock import start_of
from models.integrity import Break, Checked, Part
from models.root import Root, read_root


def root_of(connection: sa.Connection, day: dt.date) -> Root:
    """The root at the end of a day in Shanghai, or so far while it lasts."""
    end = start_of(day + dt.timedelta(days=1))
    query = sa.select(events.c.id, events.c.hash).where(events.c.at < end).order_by(events.c.id.desc()).limit(1)
    found = connection.execute(query).one_or_none()
    last, digest = (found.id, found.hash) if found else (0, START)
    count = sa.select(sa.func.count()).select_from(events).where(events.c.id <= last)
    return Root(day, connection.execute(count).scalar_one(), last, digest)


def verify_roots(connection: sa.Connection, lines: Iterable[str]) -> Checked:
    """Hold published roots, a line each, against the history; the first break is that of the earliest root.

    Empty lines and lines that begin with # are skipped.
    """
    told = [(place, line) for place, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")]
    read = [(place, read_root(line)) for place, line in told]
    roots = sorted((root for _, root in read if root), key=lambda root: (root.last, root.day))
    breaks = [*_broken(connection, roots)]
    breaks += [Break(Part.ROOTS, "root_unreadable", {"line": str(place)}) for place, root in read if root is None]
    return Checked(Part.ROOTS, len(told), len(breaks), breaks[0] if breaks else None)


def _broken(connection: sa.Connection, roots: Iterable[Root]) -> Iterable[Break]:
    """The roots that do not fit. Events are counted from one root to the next, so that each is counted once."""
    last = count = 0
    for root in roots:
        between = sa.select(sa.func.count()).select_from(events).where(events.c.id > last, events.c.id <= root.last)
        count, last = count + connection.execute(between).scalar_one(), root.last
        digest = connection.execute(sa.select(events.c.hash).where(events.c.id == root.last)).scalar()
        where = {"root": str(root), "events": str(root.events), "last": str(root.last)}
        if count < root.events:
            yield Break(Part.ROOTS, "history_shorter", {**where, "found": str(count)})
        elif count > root.events or (digest or START) != root.hash:
            yield Break(Part.ROOTS, "history_other", {**where, "found": digest or START})


def keep_root(file: Path, root: Root) -> None:
    """Append a root to the file of roots, once; it is on the disk when this returns.

    Raises:
        OSError: the file cannot be written, or its folder is not there.
    """
    if str(root) in kept_roots(file):
        return
    with file.open("a", encoding="utf-8") as kept:
        kept.write(f"{root}\n")
        kept.flush()
        os.fsync(kept.fileno())


def kept_roots(file: Path) -> list[str]:
    """The lines of the file of roots; none while there is no file.

    Raises:
        OSError: it is there and cannot be read.
    """
    try:
        return lines_of(file)
    except FileNotFoundError:
        return []


def lines_of(file: Path) -> list[str]:
    """The lines of a file of roots; what is no text is kept as signs that no root has.

    Raises:
        OSError: it cannot be read.
    """
    return file.read_text(encoding="utf-8", errors="replace").splitlines()
