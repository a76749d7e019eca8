"""What stands around an invoice: files that were never read, the queue, what the asker may not see."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from intake.desk.seen import documents_seen
from intake.desk.trace.case import Queue
from intake.desk.trace.subjects import Leads, Subject, load
from intake.store.tables import documents, entries, invoices, submissions, tax_lists, tax_rows
from models.document import UNFINISHED, State
from models.question import Question
from models.sight import Sight
from models.tax_list import Direction

#: Files of the last month may be the one that is asked for, where no day was named; seconds.
_RECENT = 30 * 86400.0
#: The wait is told by the pace of the last ten minutes; seconds.
_PACE = 600.0
_READ = (State.REGISTERED.value, State.IN_REVIEW.value, State.REJECTED.value, State.DUPLICATE.value)


def never_read(connection: sa.Connection, sight: Sight, now: float) -> list[Subject]:
    """Files that the asker sent of late and in which no invoice was read, the newest first: one may be it."""
    if not sight.name:
        return []
    read = sa.select(invoices.c.id).where(invoices.c.document_id == documents.c.id).exists()
    unreadable = sa.and_(documents.c.state.in_((State.REJECTED.value, State.IN_REVIEW.value)), ~read)
    query = (
        sa.select(documents.c.id)
        .join(submissions, documents.c.submission_id == submissions.c.id)
        .where(submissions.c.sender == sight.name, submissions.c.created_at > now - _RECENT)
        .where(sa.or_(documents.c.state.in_((*UNFINISHED, State.FAILED.value)), unreadable))
        .order_by(documents.c.received_at.desc())
        .limit(20)
    )
    found = load(connection, sight, Leads(documents=set(connection.execute(query).scalars())))
    return sorted(found, key=lambda one: one.received_at or 0.0, reverse=True)


def unread(connection: sa.Connection, sight: Sight) -> int:
    """How many files that the asker may see are still on their way."""
    query = sa.select(sa.func.count()).select_from(documents)
    return int(connection.execute(query.where(documents.c.state.in_(UNFINISHED), documents_seen(sight))).scalar_one())


def queue(connection: sa.Connection, received_at: float, now: float) -> Queue:
    """Where a file that arrived then stands among all that wait, and how long it will take."""
    count = sa.select(sa.func.count()).select_from(documents)
    before = count.where(documents.c.state.in_(UNFINISHED), documents.c.received_at < received_at)
    done = count.where(documents.c.state.in_(_READ), documents.c.updated_at > now - _PACE)
    ahead, pace = (int(connection.execute(query).scalar_one()) for query in (before, done))
    return Queue(ahead + 1, (ahead + 1) * _PACE / pace if pace else None)


def hidden(connection: sa.Connection, asked: Question) -> Literal["here", "listed"] | None:
    """Whether there is what was asked for by its full number or its bytes, whoever may see it; nothing more of it."""
    keys = asked.full_numbers
    alive = sa.select(entries.c.id).where(entries.c.key.in_(keys), entries.c.withdrawn_at.is_(None))
    read = sa.select(invoices.c.id).where(invoices.c.key.in_(keys))
    same = sa.select(documents.c.id).where(documents.c.sha256 == asked.sha256)
    of_ours = sa.and_(tax_lists.c.id == tax_rows.c.list_id, tax_lists.c.direction == Direction.RECEIVED.value)
    listed = sa.select(tax_rows.c.id).where(tax_rows.c.key.in_(keys), sa.select(tax_lists.c.id).where(of_ours).exists())
    if any(connection.execute(query.limit(1)).first() for query in (alive, read, same)):
        return "here"
    return "listed" if connection.execute(listed.limit(1)).first() else None
