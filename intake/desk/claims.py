"""Which claim an entry was paid with: set once, so that no invoice is reimbursed twice."""

from __future__ import annotations

from collections.abc import Collection

from intake.desk.lifecycle import standing
from intake.desk.services import Services
from intake.errors import IntakeError
from intake.store.entries import change
from models.sight import Sight


class UsedBefore(IntakeError):
    """The entry was paid with another claim."""

    def __init__(self, claim: str, at: float) -> None:
        super().__init__(f"used by {claim}")
        self.claim, self.at = claim, at


def use_entry(
    services: Services, sight: Sight, entry_id: str, *, claim: str, actor: str, expected: Collection[int] | None = None
) -> None:
    """Note the claim that pays an entry; saying the same again changes nothing.

    Raises:
        NotFound: there is no such entry to be seen. Changed: it is at none of the ``expected`` revisions.
        Refused: it was withdrawn. UsedBefore: another claim has it.
    """
    with services.database.begin() as connection:
        row = standing(connection, sight, entry_id, expected)
        if row.used_by == claim:
            return
        if row.used_by is not None:
            raise UsedBefore(row.used_by, row.used_at)
        change(connection, entry_id, "used", actor=actor, details={"claim": claim})
