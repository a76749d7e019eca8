"""Sending again: what waits behind a pause, one delivery, all that was given up, everything since a moment.

What is sent again keeps its id, so a receiver that has it counts it once.
"""

from __future__ import annotations

import time

import sqlalchemy as sa

from intake.desk.services import Services
from intake.desk.sync.endpoints import event_before, note, row_of
from intake.desk.views import NotFound
from intake.store.database import reading
from intake.store.history import append
from intake.store.tables import deliveries, endpoints

Condition = sa.ColumnElement[bool]
_MANY = 5_000


def resume(services: Services, endpoint_id: str, *, actor: str) -> None:
    """Send to an endpoint again, and at once, whatever kept it from being sent.

    Raises:
        NotFound: there is no such endpoint.
    """
    fresh = {"disabled_at": None, "disabled_reason": None, "failures": 0, "failing_since": None, "rest_until": 0.0}
    with services.database.begin() as connection:
        row = row_of(connection, endpoint_id)
        connection.execute(endpoints.update().where(endpoints.c.id == endpoint_id).values(**fresh))
        note(connection, "endpoint_resumed", endpoint_id, row["name"], actor)
    _start_again(services, endpoint_id, deliveries.c.state == "pending")


def replay_one(services: Services, endpoint_id: str, event_id: int, *, actor: str) -> None:
    """Send one delivery again, whatever became of it.

    Raises:
        NotFound: there is no such delivery.
    """
    _note(services, endpoint_id, actor, {"event": event_id})
    if not _start_again(services, endpoint_id, deliveries.c.event_id == event_id):
        raise NotFound(str(event_id))


def replay_dead(services: Services, endpoint_id: str, *, actor: str) -> int:
    """Send again all that was given up; give how many.

    Raises:
        NotFound: there is no such endpoint.
    """
    _note(services, endpoint_id, actor, {"dead": True})
    return _start_again(services, endpoint_id, deliveries.c.state == "dead")


def replay_since(services: Services, endpoint_id: str, moment: float, *, actor: str) -> int:
    """Send again all that happened since a moment, also what the endpoint was not told of then.

    Gives how many had their delivery already; fan-out finds the others.

    Raises:
        NotFound: there is no such endpoint.
    """
    _note(services, endpoint_id, actor, {"since": moment})
    start = event_before(services, moment)
    count = _start_again(services, endpoint_id, deliveries.c.event_id > start)
    back = (endpoints.c.id == endpoint_id) & (endpoints.c.cursor > start)
    with services.database.begin() as connection:
        connection.execute(endpoints.update().where(back).values(cursor=start))
    return count


def skip(services: Services, endpoint_id: str, event_id: int, *, actor: str) -> None:
    """Give up a delivery that waits or is dead, for good, so that later ones about the same entry are sent.

    Raises:
        NotFound: there is none that could be given up.
    """
    owed = deliveries.c.state.in_(("pending", "dead"))
    mine = sa.and_(deliveries.c.endpoint_id == endpoint_id, deliveries.c.event_id == event_id, owed)
    with services.database.begin() as connection:
        if not connection.execute(deliveries.update().where(mine).values(state="skipped", lease_until=None)).rowcount:
            raise NotFound(str(event_id))
        append(connection, "delivery_skipped", actor=actor, details={"id": endpoint_id, "event": event_id})


def _note(services: Services, endpoint_id: str, actor: str, asked: dict[str, object]) -> None:
    with services.database.begin() as connection:
        row = row_of(connection, endpoint_id)
        append(connection, "replayed", actor=actor, details={"id": endpoint_id, "name": row["name"], **asked})


def _start_again(services: Services, endpoint_id: str, which: Condition) -> int:
    """Put deliveries back to the beginning of their way, some in each transaction; give how many."""
    fresh = {"state": "pending", "next_at": time.time(), "failures": 0, "failing_since": None, "dead_at": None}
    count, last = 0, 0
    while ids := _some(services, endpoint_id, which, last):
        upto = sa.and_(deliveries.c.endpoint_id == endpoint_id, deliveries.c.event_id.between(last + 1, ids[-1]), which)
        with services.database.begin() as connection:
            count += connection.execute(deliveries.update().where(upto).values(**fresh)).rowcount
        last = ids[-1]
    return count


def _some(services: Services, endpoint_id: str, which: Condition, after: int) -> list[int]:
    mine = sa.and_(deliveries.c.endpoint_id == endpoint_id, deliveries.c.event_id > after, which)
    query = sa.select(deliveries.c.event_id).where(mine).order_by(deliveries.c.event_id).limit(_MANY)
    with reading(services.database) as connection:
        return list(connection.execute(query).scalars())
