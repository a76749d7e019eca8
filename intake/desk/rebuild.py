"""Makes the row of an entry again what its events build, and keeps in an event what stood there."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.store.entries import change, rebuilt
from intake.store.tables import entries, events


def rebuild(services: Services, entry_id: str, *, actor: str) -> dict[str, Any]:
    """Build an entry again from its events; gives what its row said where it said something else, {} when it was right.

    The events are trusted: prove roots and chain first.

    Raises:
        NotFound: no event tells of such an entry.
    """
    mine = events.c.entry_id == entry_id
    with services.database.begin() as connection:
        query = sa.select(events.c.what, events.c.at, events.c.details).where(mine).order_by(events.c.id)
        told = [(row.what, row.at, row.details) for row in connection.execute(query)]
        if not told:
            raise NotFound(entry_id)
        should = rebuilt(told)
        row = connection.execute(sa.select(entries).where(entries.c.id == entry_id)).mappings().one_or_none()
        was = {name: row[name] if row else None for name in should if row is None or row[name] != should[name]}
        if not was:
            return {}
        if row is None:
            connection.execute(entries.insert().values(id=entry_id, **should))
        else:
            connection.execute(entries.update().where(entries.c.id == entry_id).values(**should))
        change(connection, entry_id, "rebuilt", actor=actor, details={"was": was})
    return was
