"""Sending: claim one delivery, post it, settle it. No transaction is open while it is on its way.

A delivery waits for every earlier one about the same entry or document. A process that dies between two steps leaves a
claim that ends by itself; the message is then sent again under the same id, and the receiver counts it once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import structlog

from intake.desk.services import Services
from intake.desk.sync.endpoints import signing_secrets, switch_off
from intake.desk.sync.feed import change_at
from intake.desk.sync.post import Answer, Message, post
from intake.desk.sync.retry import pause_of_endpoint, pause_of_message
from intake.store.database import reading
from intake.store.tables import deliveries, endpoints

log = structlog.get_logger()
#: What a partner still has not got: on its way, or given up.
OWED = ("pending", "dead")
Post = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sender's hold on a delivery for one attempt, with all that is needed to send it."""

    endpoint_id: str
    event_id: int
    attempt: int
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    message: Message


def endpoints_due(services: Services) -> list[str]:
    """The endpoints that have something to be sent now."""
    now = time.time()
    query = sa.select(endpoints.c.id).where(_awake(now), sa.exists().where(_ready(now)).correlate(endpoints))
    with reading(services.database) as connection:
        return list(connection.execute(query).scalars())


def send_next(services: Services, endpoint_id: str, *, send: Post = post) -> bool:
    """Send the next delivery of an endpoint; False when none is due or the endpoint is to be left alone."""
    claim = _claim(services, endpoint_id)
    if claim is None:
        return False
    answer = send(claim.url, claim.secrets, claim.message, inside=services.settings.sync_inside)
    _settle(services, claim, answer)
    return True


def _claim(services: Services, endpoint_id: str) -> Claim | None:
    now = time.time()
    with services.database.begin() as connection:
        row = connection.execute(_next(endpoint_id, now)).mappings().one_or_none()
        change = change_at(connection, row["event_id"]) if row is not None else None
        if row is None or change is None:
            return None
        attempt = row["attempts"] + 1
        held = {"attempts": attempt, "lease_until": now + services.settings.sync_lease_seconds}
        connection.execute(deliveries.update().where(_one(endpoint_id, change.event_id)).values(**held))
    message = Message(change.mark, change.body)
    return Claim(endpoint_id, change.event_id, attempt, row["url"], signing_secrets(row), message)


def _next(endpoint_id: str, now: float) -> sa.Select[Any]:
    """What to send next: what failed least comes first, so that what is refused holds up nothing but its own."""
    wanted = (endpoints.c.url, endpoints.c.secret, endpoints.c.previous_secret, endpoints.c.previous_until)
    query = sa.select(deliveries.c.event_id, deliveries.c.attempts, *wanted).join(endpoints)
    query = query.where(endpoints.c.id == endpoint_id, _awake(now), _ready(now))
    return query.order_by(deliveries.c.failures, deliveries.c.event_id).limit(1)


def _awake(now: float) -> sa.ColumnElement[bool]:
    return endpoints.c.disabled_at.is_(None) & (endpoints.c.rest_until <= now)


def _ready(now: float) -> sa.ColumnElement[bool]:
    """Whether a delivery may be tried: its time has come, nobody has it, and nothing earlier of its subject is owed."""
    earlier = deliveries.alias()
    first = ~sa.exists().where(
        earlier.c.endpoint_id == deliveries.c.endpoint_id,
        earlier.c.subject == deliveries.c.subject,
        earlier.c.event_id < deliveries.c.event_id,
        earlier.c.state.in_(OWED),
    )
    free = deliveries.c.lease_until.is_(None) | (deliveries.c.lease_until < now)
    mine = deliveries.c.endpoint_id == endpoints.c.id
    return sa.and_(mine, deliveries.c.state == "pending", deliveries.c.next_at <= now, free, first)


def _settle(services: Services, claim: Claim, answer: Answer) -> None:
    """Write what came of an attempt, unless the delivery has passed to another attempt or is no more."""
    with services.database.begin() as connection:
        ours = _one(claim.endpoint_id, claim.event_id) & (deliveries.c.attempts == claim.attempt)
        query = sa.select(deliveries.c.failures, deliveries.c.failing_since).where(
            ours, deliveries.c.state == "pending"
        )
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return
        if answer.trouble is None:
            _delivered(connection, claim)
        else:
            _failed(connection, claim, answer, row, services.settings.sync_give_up_seconds)
    if answer.trouble:
        log.info("not_delivered", endpoint=claim.endpoint_id, event_id=claim.event_id, trouble=answer.trouble)


def _delivered(connection: sa.Connection, claim: Claim) -> None:
    now = time.time()
    done = {"state": "delivered", "delivered_at": now, "lease_until": None, "failures": 0, "failing_since": None}
    connection.execute(deliveries.update().where(_one(claim.endpoint_id, claim.event_id)).values(**done))
    well = {"failures": 0, "failing_since": None, "rest_until": 0.0, "last_success_at": now}
    connection.execute(endpoints.update().where(endpoints.c.id == claim.endpoint_id).values(**well))


def _failed(connection: sa.Connection, claim: Claim, answer: Answer, row: sa.RowMapping, limit: float) -> None:
    """Leave the endpoint alone for a while, and this message for longer; after ``limit`` seconds of it, give up.

    A partner that took something else since the message first failed is well, so it is the message that is given up;
    else it is the partner, and what waits for it stays.
    """
    now = time.time()
    last_success = _rest(connection, claim, answer, now, limit)
    since = row["failing_since"] or now
    refused = last_success is not None and last_success >= since
    values = {"failures": row["failures"] + 1, "failing_since": since, "last_trouble": answer.trouble}
    if refused and now - since >= limit:
        values |= {"state": "dead", "dead_at": now}
    else:
        values |= {"next_at": now + pause_of_message(row["failures"] + 1, refused=refused)}
    mine = _one(claim.endpoint_id, claim.event_id)
    connection.execute(deliveries.update().where(mine).values(**values, lease_until=None))


def _rest(connection: sa.Connection, claim: Claim, answer: Answer, now: float, limit: float) -> float | None:
    """Note the failure of an endpoint, and switch off one that is gone; give when it last took something."""
    mine = endpoints.c.id == claim.endpoint_id
    row = connection.execute(sa.select(endpoints).where(mine)).mappings().one()
    failures, since = row["failures"] + 1, row["failing_since"] or now
    rest = answer.rest if answer.rest is not None else pause_of_endpoint(failures)
    noted = {"failures": failures, "failing_since": since, "rest_until": now + rest, "last_failure_at": now}
    connection.execute(endpoints.update().where(mine).values(**noted, last_trouble=answer.trouble))
    if answer.gone or now - since >= limit:
        switch_off(connection, claim.endpoint_id, "gone" if answer.gone else "failing", actor="outbox")
        log.error("endpoint_off", endpoint=claim.endpoint_id, trouble=answer.trouble, since=since)
    last: float | None = row["last_success_at"]
    return last


def _one(endpoint_id: str, event_id: int) -> sa.ColumnElement[bool]:
    return (deliveries.c.endpoint_id == endpoint_id) & (deliveries.c.event_id == event_id)
