"""What must be true after every drill."""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx
import sqlalchemy as sa

from intake.store.database import reading
from intake.store.history import verify
from intake.store.tables import documents, entries
from models.document import UNFINISHED, State
from tools.chaos.load import Load
from tools.chaos.stage import Stage

#: Whatever has not moved for so long is stuck; a busy machine only takes longer.
_STILL_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found: each but ``sent``, ``entries`` and ``seconds`` must be 0, and the chain whole."""

    sent: int
    entries: int
    lost: int
    twice: int
    stuck: int
    untrue: int
    chain_broken: bool
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled, stuck or told wrongly."""
        return not (self.lost or self.twice or self.stuck or self.untrue or self.chain_broken)


def prove(stage: Stage, load: Load) -> Proof:
    """Wait until the service has come to rest, and look at everything that was accepted."""
    start = time.monotonic()
    _come_to_rest(stage)
    seconds = time.monotonic() - start
    with reading(stage.services.database) as connection:
        rows = {row.id: row.state for row in connection.execute(sa.select(documents.c.id, documents.c.state))}
        numbers = list(connection.execute(sa.select(entries.c.invoice_number)).scalars())
        chain = verify(connection)
    final = {State.REGISTERED.value, State.DUPLICATE.value}
    lost = sum(number not in numbers for number in load.accepted)
    lost += sum(rows.get(document) not in final for document in load.accepted.values())
    return Proof(
        sent=len(load.accepted),
        entries=len(numbers),
        lost=lost,
        twice=len(numbers) - len(set(numbers)),
        stuck=sum(state in UNFINISHED for state in rows.values()),
        untrue=_untrue(stage, load, rows),
        chain_broken=chain.broken > 0,
        seconds=seconds,
    )


def _come_to_rest(stage: Stage) -> None:
    """Wait until nothing waits any more, or what waits does not get less."""
    waiting = stage.unfinished()
    while waiting and stage.wait_for(lambda before=waiting: stage.unfinished() < before, _STILL_SECONDS):  # type: ignore[misc]
        waiting = stage.unfinished()


def _untrue(stage: Stage, load: Load, rows: dict[str, str]) -> int:
    """How many documents the service tells another state of than their row."""
    wrong = 0
    with httpx.Client(base_url=stage.address, headers=stage.headers, timeout=20) as client:
        for document in load.accepted.values():
            answer = client.get(f"/api/v1/documents/{document}")
            wrong += not answer.is_success or answer.json()["state"] != rows.get(document)
    return wrong
