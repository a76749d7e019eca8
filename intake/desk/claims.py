"""Which claim an entry was paid with: set once, so that no invoice is reimbursed twice."""

from __future__ import annotations

import sqlalchemy as sa

from intake.desk.seen import entries_seen
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.errors import IntakeError
from intake.store.entries import change
from intake.store.tables import entries
from models.sight import Sight


class UsedBefore(IntakeError):
    """The entry was paid with another claim."""

    def __init__(self, claim: str, at: float) -> None:
        super().__init__(f"used by {claim}")
        self.claim, self.at = claim, at


def use_entry(services: Services, sight: Sight, entry_id: str, *, claim: str, actor: str) -> None:
    """Note the claim that pays an entry; saying the same again changes nothing.

    Raises:
        NotFound: no such entry to be seen, or it was withdrawn. UsedBefore: another claim has it.
    """
    with services.database.begin() as connection:
        query = sa.select(entries).where(entries.c.id == entry_id, entries_seen(sight)).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None or row.withdrawn_at is not None:
            raise NotFound(entry_id)
        if row.used_by == claim:
            return
        if row.used_by is not None:
            raise UsedBefore(row.used_by, row.used_at)
        change(connection, entry_id, "used", actor=actor, details={"claim": claim})
