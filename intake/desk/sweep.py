"""Puts right what a crash, a flushed Redis or a lost job left behind: the database says what is still to be done."""

from __future__ import annotations

import time

import sqlalchemy as sa

from intake.desk.receive import enqueue
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.history import move
from intake.store.tables import documents
from models.document import UNREAD, State

_MANY = 500


def sweep(services: Services) -> int:
    """Look once over all documents that wait or are being read; give how many were put back on their way.

    Raises:
        redis.RedisError: Redis cannot be asked which jobs it holds.
    """
    return _end_leases(services) + _queue_forgotten(services)


def _end_leases(services: Services) -> int:
    """Documents whose worker went silent go back to the queue, or have failed after the last attempt."""
    over = sa.and_(documents.c.state == State.PROCESSING.value, documents.c.lease_until < time.time())
    count = 0
    for row in _rows(services, over):
        last = row.attempt >= services.settings.attempts
        reason = "the worker stopped answering" if last else None
        with services.database.begin() as connection:
            # Another sweeper may have been here since, and what it put back waits under the same attempt.
            if not connection.execute(sa.select(documents.c.id).where(documents.c.id == row.id, over)).first():
                continue
            after = State.FAILED if last else State.QUEUED
            count += move(
                connection, row.id, after, actor="sweeper", attempt=row.attempt, lease_until=None, reason=reason
            )
    return count


def _queue_forgotten(services: Services) -> int:
    waiting = documents.c.state.in_(UNREAD)
    old = documents.c.updated_at < time.time() - services.settings.requeue_seconds
    count = 0
    for row in _rows(services, sa.and_(waiting, old)):
        attempt = row.attempt + 1
        stale = row.updated_at < time.time() - 10 * services.settings.lease_seconds
        if services.queue.holds(row.id, attempt) and not stale:
            continue
        services.queue.drop(row.id, attempt)
        enqueue(services, row.id, attempt=attempt, express=row.express)
        count += 1
    return count


def _rows(services: Services, condition: sa.ColumnElement[bool]) -> list[sa.Row[tuple[object, ...]]]:
    query = sa.select(documents).where(condition).order_by(documents.c.updated_at).limit(_MANY)
    with reading(services.database) as connection:
        return list(connection.execute(query).all())
