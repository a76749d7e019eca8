"""What becomes of an entry after its registration: verified, booked, archived. Source: rule book §9.

Each step is an event. A step that says what is so already changes nothing, so that a request may be sent again.
"""

from __future__ import annotations

from collections.abc import Collection
from time import time

import sqlalchemy as sa

from intake.desk.seen import entries_seen
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.errors import IntakeError
from intake.store.entries import change
from intake.store.tables import entries
from models.clock import day_of
from models.entry import BOOKING_MARKS, DEAD, REVOKE, VERIFICATION_WORDS, Booking, Verification
from models.sight import Sight


class Refused(IntakeError):
    """The step makes no sense where the entry stands; ``code`` says why, ``told`` with what."""

    def __init__(self, code: str, **told: object) -> None:
        super().__init__(code)
        self.code, self.told = code, told


class Changed(IntakeError):
    """The entry is not as it was when the one who asks looked at it; ``revision`` is what it is now."""

    def __init__(self, revision: int) -> None:
        super().__init__(str(revision))
        self.revision = revision


def note_verification(
    services: Services,
    sight: Sight,
    entry_id: str,
    result: Verification,
    *,
    actor: str,
    expected: Collection[int] | None = None,
) -> None:
    """Note what the tax authority said of an entry. The same answer on the same day changes nothing.

    Raises:
        NotFound: there is no such entry to be seen. Changed: it is at none of the ``expected`` revisions.
        Refused: ``withdrawn``; ``no_result``: nobody is told that an invoice was not verified.
    """
    if result is Verification.UNCHECKED:
        raise Refused("no_result")
    with services.database.begin() as connection:
        row = standing(connection, sight, entry_id, expected)
        if row.verification == result.value and day_of(row.verified_at) == day_of(time()):
            return
        change(connection, entry_id, "verified", actor=actor, details={"result": result.value})


def book(
    services: Services, sight: Sight, entry_id: str, mark: str, *, actor: str, expected: Collection[int] | None = None
) -> None:
    """Book an entry under a mark of the tax authority (入账标识), or revoke its booking (06).

    Raises:
        NotFound, Changed: as above. KeyError: there is no such mark.
        Refused: ``withdrawn``; ``dead``: it is voided or red-flushed; ``booked_before``: under another mark, which must
            be revoked first; ``not_booked``: there is nothing to revoke.
    """
    if mark not in BOOKING_MARKS:
        raise KeyError(mark)
    with services.database.begin() as connection:
        row = standing(connection, sight, entry_id, expected)
        if mark == REVOKE:
            _revoke(connection, row, actor)
            return
        if row.booking == Booking.BOOKED.value:
            if row.booked_as != mark:
                zh, en = BOOKING_MARKS.get(row.booked_as, ("", ""))
                raise Refused("booked_before", mark=row.booked_as, told_zh=zh, told=en)
            return
        if Verification(row.verification) in DEAD:
            zh, en = VERIFICATION_WORDS[Verification(row.verification)]
            raise Refused("dead", verification=row.verification, told_zh=zh, told=en.lower())
        details = {"booking": Booking.BOOKED.value, "mark": mark}
        change(connection, entry_id, "booked", actor=actor, details=details)


def archive(
    services: Services, sight: Sight, entry_id: str, *, actor: str, expected: Collection[int] | None = None
) -> None:
    """Note that an entry went into the archive of vouchers: once.

    Raises:
        NotFound, Changed: as above. Refused: ``withdrawn``; ``archived_before``.
    """
    with services.database.begin() as connection:
        row = standing(connection, sight, entry_id, expected)
        if row.archived_at is not None:
            raise Refused("archived_before", at=row.archived_at, told=day_of(row.archived_at).isoformat())
        change(connection, entry_id, "archived", actor=actor)


def standing(
    connection: sa.Connection, sight: Sight, entry_id: str, expected: Collection[int] | None = None
) -> sa.Row[tuple[object, ...]]:
    """The row of an entry that stands in the ledger, held until the transaction ends.

    Raises:
        NotFound: there is none to be seen. Changed: it is at none of the ``expected`` revisions.
        Refused: ``withdrawn``.
    """
    query = sa.select(entries).where(entries.c.id == entry_id, entries_seen(sight)).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(entry_id)
    if expected is not None and row.revision not in expected:
        raise Changed(row.revision)
    if row.withdrawn_at is not None:
        raise Refused("withdrawn")
    return row


def _revoke(connection: sa.Connection, row: sa.Row[tuple[object, ...]], actor: str) -> None:
    booking = Booking(row.booking)
    if booking is Booking.OPEN:
        raise Refused("not_booked")
    if booking is Booking.BOOKED:
        details = {"booking": Booking.REVOKED.value, "was": row.booked_as}
        change(connection, row.id, "booked", actor=actor, details=details)
