"""Fan-out: of each public event one delivery for every endpoint that is told of it, and the cursor moves with them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.desk.services import Services
from intake.desk.sync.endpoints import wanted_by
from intake.desk.sync.feed import Page, changes_after, last_event
from intake.store.database import reading
from intake.store.tables import deliveries, endpoints
from models.changes import Change

#: How many deliveries one transaction makes; and how far a cursor may lag behind events that nobody is told of.
_MANY, _STALE = 500, 5_000


def fan_out(services: Services) -> int:
    """Make the deliveries of what happened since the last time; give how many. Safe in several processes at once."""
    count = 0
    for endpoint_id in _behind(services):
        while (made := _fan_out_some(services, endpoint_id)) is not None:
            count += made
    return count


def _behind(services: Services) -> list[str]:
    """The endpoints with something to be fanned out; looked up without the lock, as there mostly is nothing."""
    with reading(services.database) as connection:
        last = last_event(connection)
        open_ = endpoints.c.disabled_at.is_(None) & (endpoints.c.cursor < last)
        rows = connection.execute(sa.select(endpoints).where(open_)).mappings().all()
        return [row["id"] for row in rows if _worth_it(row["cursor"], _page(connection, row))]


def _worth_it(cursor: int, page: Page) -> bool:
    return bool(page.changes) or page.more or page.next - cursor > _STALE


def _fan_out_some(services: Services, endpoint_id: str) -> int | None:
    """Make the next deliveries of an endpoint in one transaction; None when it is up to date."""
    with services.database.begin() as connection:
        open_ = (endpoints.c.id == endpoint_id) & endpoints.c.disabled_at.is_(None)
        row = connection.execute(sa.select(endpoints).where(open_)).mappings().one_or_none()
        page = _page(connection, row) if row is not None else None
        if row is None or page is None or not _worth_it(row["cursor"], page):
            return None
        fresh = _unknown(connection, endpoint_id, page.changes)
        if fresh:
            connection.execute(deliveries.insert(), [_delivery(endpoint_id, change) for change in fresh])
        connection.execute(endpoints.update().where(endpoints.c.id == endpoint_id).values(cursor=page.next))
    return len(fresh)


def _page(connection: sa.Connection, row: sa.RowMapping) -> Page:
    return changes_after(connection, row["cursor"], _MANY, wanted_by(row))


def _unknown(connection: sa.Connection, endpoint_id: str, found: Sequence[Change]) -> list[Change]:
    """Leave out what has its delivery: after a replay the cursor passes it again."""
    ids = [change.event_id for change in found]
    mine = (deliveries.c.endpoint_id == endpoint_id) & deliveries.c.event_id.in_(ids)
    known = set(connection.execute(sa.select(deliveries.c.event_id).where(mine)).scalars())
    return [change for change in found if change.event_id not in known]


def _delivery(endpoint_id: str, change: Change) -> dict[str, Any]:
    return {
        "endpoint_id": endpoint_id,
        "event_id": change.event_id,
        "subject": change.subject,
        "state": "pending",
        "attempts": 0,
        "failures": 0,
        "next_at": time.time(),
    }
