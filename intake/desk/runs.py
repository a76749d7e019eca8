"""Work that is done once a day by whichever process comes first: who has it, that it lives, and how it ended."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import runs
from models.clock import local

#: A run that gave no sign of life for so long is dead; one that could not do the work is tried again after so long.
_SILENT_SECONDS, _AGAIN_SECONDS = 600.0, 900.0


@dataclass(frozen=True, slots=True)
class Run:
    """A run that did its work: when it ended, whether all was well, and what it found."""

    ended_at: float
    ok: bool
    details: Mapping[str, Any]


def last_due(now: float, hour: int) -> float:
    """The latest moment up to ``now`` at which it was that hour in Shanghai."""
    here = local(now)
    due = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (due if due <= here else due - dt.timedelta(days=1)).timestamp()


def take(services: Services, name: str, *, hour: int, now: float) -> int | None:
    """Take the run that was due last; None when it is done, in other hands, or was tried a moment ago.

    What was missed while nothing ran is made up for once.
    """
    mine = sa.and_(runs.c.name == name, runs.c.started_at >= last_due(now, hour))
    done = runs.c.ok.is_not(None)
    alive = sa.and_(runs.c.ended_at.is_(None), runs.c.beat_at > now - _SILENT_SECONDS)
    too_soon = sa.and_(runs.c.ok.is_(None), runs.c.ended_at > now - _AGAIN_SECONDS)
    with services.database.begin() as connection:
        query = sa.select(runs.c.id).where(mine, sa.or_(done, alive, too_soon)).limit(1)
        if connection.execute(query).scalar() is not None:
            return None
        values = {"name": name, "started_at": now, "beat_at": now, "details": "{}"}
        (identity,) = connection.execute(runs.insert().values(**values)).inserted_primary_key or (0,)
    return int(identity)


def beat(services: Services, run_id: int) -> None:
    """Give a sign of life."""
    with services.database.begin() as connection:
        connection.execute(runs.update().where(runs.c.id == run_id).values(beat_at=time.time()))


def end(services: Services, run_id: int, ok: bool | None, details: Mapping[str, Any]) -> None:
    """Note how a run ended; ``ok`` is None when it could not do its work."""
    values = {"ended_at": time.time(), "ok": ok, "details": json.dumps(details, ensure_ascii=False)}
    with services.database.begin() as connection:
        connection.execute(runs.update().where(runs.c.id == run_id).values(**values))


def note(services: Services, name: str, started_at: float, ok: bool, details: Mapping[str, Any]) -> None:
    """Note a run after the fact: one that somebody asked for, whatever ran before."""
    now = time.time()
    values = {"name": name, "started_at": started_at, "beat_at": now, "ended_at": now, "ok": ok}
    with services.database.begin() as connection:
        connection.execute(runs.insert().values(**values, details=json.dumps(details, ensure_ascii=False)))


def last_run(services: Services, *names: str) -> Run | None:
    """The latest run of any of these names that did its work; None when there was none yet."""
    mine = sa.and_(runs.c.name.in_(names), runs.c.ok.is_not(None))
    query = sa.select(runs).where(mine).order_by(runs.c.ended_at.desc()).limit(1)
    with reading(services.database) as connection:
        row = connection.execute(query).one_or_none()
    return Run(row.ended_at, row.ok, json.loads(row.details)) if row else None
