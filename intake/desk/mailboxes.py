"""The mailboxes as the mail door tells of them: looked into when, what kept it from reading, what came today."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import mailboxes, mails
from models.clock import day_of, start_of

#: A door looks every half minute, however many messages it finds; one that was not heard of for so long does not run.
SILENT_SECONDS = 600.0
#: A mailbox that nobody has looked into for so long was given up.
_GIVEN_UP_SECONDS = 7 * 86_400.0


class MailTrouble(StrEnum):
    """What keeps a door from reading a mailbox."""

    UNREACHABLE = "unreachable"  #: the server does not answer, or hangs up
    REFUSED = "refused"  #: it does not let the door in: the password, the folder
    SHUT = "shut"  #: the account that mail is taken in under is shut out here
    FAILED = "failed"  #: what was read could not be kept


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox: when it was looked into, when read last (0.0: never), and what came of today's mail."""

    mailbox: str
    looked_at: float
    read_at: float
    silent: bool
    trouble: str | None
    messages_today: int
    without_file_today: int
    last_message_at: float | None


def note_look(services: Services, mailbox: str, trouble: MailTrouble | None) -> None:
    """Keep what a door found at its last look, in place of the one before."""
    now = time.time()
    values: dict[str, float | str | None] = {"looked_at": now, "trouble": trouble}
    if trouble is None:
        values["read_at"] = now
    with services.database.begin() as connection:
        if not connection.execute(mailboxes.update().where(mailboxes.c.mailbox == mailbox).values(**values)).rowcount:
            connection.execute(mailboxes.insert().values(**{"mailbox": mailbox, "read_at": 0.0, **values}))


def looked_into(services: Services) -> list[Mailbox]:
    """Every mailbox that is looked into or was within the last days."""
    now = time.time()
    query = sa.select(mailboxes).where(mailboxes.c.looked_at > now - _GIVEN_UP_SECONDS).order_by(mailboxes.c.mailbox)
    with reading(services.database) as connection:
        return [_told(connection, row, now) for row in connection.execute(query).all()]


def _told(connection: sa.Connection, row: sa.Row[Any], now: float) -> Mailbox:
    messages, answered, last = _came(connection, row.mailbox, start_of(day_of(now)))
    # A look that finds thousands of messages takes long; each of them shows that the door reads.
    looked, read = (max(at, last or 0.0) for at in (row.looked_at, row.read_at))
    silent = now - looked > SILENT_SECONDS
    return Mailbox(row.mailbox, looked, read, silent, row.trouble, messages, answered, last)


def _came(connection: sa.Connection, mailbox: str, since: float) -> tuple[int, int, float | None]:
    """How many messages came since, how many of them without a file that could be taken, and when the last of all."""
    without = sa.and_(mails.c.submission_id.is_(None), mails.c.report_id.is_not(None))
    of_it = mails.c.mailbox == mailbox
    today = sa.select(sa.func.count(), sa.func.count().filter(without)).where(of_it, mails.c.at >= since)
    last = sa.select(sa.func.max(mails.c.at)).where(of_it)
    messages, answered = connection.execute(today).one()
    return messages, answered, connection.execute(last).scalar_one()
