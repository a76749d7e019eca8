"""What came of what was sent: times from the documents' own rows, memory from the processes."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from intake.store.database import reading
from intake.store.tables import documents
from models.document import UNFINISHED
from tools.chaos.stage import Stage


@dataclass(frozen=True, slots=True)
class Done:
    """A document at its end: when it arrived and ended, in seconds since 1970, and for how many seconds it was read."""

    arrived: float
    ended: float
    read: float

    @property
    def took(self) -> float:
        return self.ended - self.arrived


def done(stage: Stage, names: str = "") -> list[Done]:
    """The finished documents whose file names begin with ``names``, in the order in which they ended."""
    query = (
        sa.select(
            documents.c.received_at,
            documents.c.updated_at,
            sa.func.json_extract(documents.c.outcome, "$.timings_ms.total") / 1000,
        )
        .where(documents.c.filename.startswith(names), documents.c.state.not_in(UNFINISHED))
        .order_by(documents.c.updated_at)
    )
    with reading(stage.services.database) as connection:
        return [Done(*row) for row in connection.execute(query)]


def wait_until_done(stage: Stage, seconds: float) -> bool:
    """Wait until nothing is unfinished; False: the time was over before."""
    return stage.wait_for(lambda: stage.unfinished() == 0, seconds, every=1.0)


def middle(finished: Sequence[Done]) -> Sequence[Done]:
    """The middle eight tenths, so that neither loading an engine nor the last file counts."""
    edge = len(finished) // 10
    return finished[edge : len(finished) - edge]


def rate(finished: Sequence[Done]) -> float:
    """Documents a second."""
    return (len(finished) - 1) / (finished[-1].ended - finished[0].ended)


def percentile(values: Sequence[float], share: int) -> float:
    """The value below which ``share`` percent lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1] if len(values) > 1 else values[0]


class Memory:
    """Looks every few seconds how much memory that is no file's each process of a stage has (MB).

    What a worker forks for a document comes and goes and is not looked at; what it would leave behind is.
    """

    def __init__(self, stage: Stage, every: float = 5.0) -> None:
        self._stage, self._every = stage, every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.seen: dict[str, list[float]] = {}

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(self._every):
            for name, process in self._stage.processes().items():
                self.seen.setdefault(name, []).append(own_mb(process))

    def growth(self) -> dict[str, tuple[float, float]]:
        """The median of the second tenth of the time and of its last, by process; the first tenth is warming up."""
        told = {}
        for name, looks in self.seen.items():
            tenth = max(1, len(looks) // 10)
            early, late = looks[tenth : 2 * tenth] or looks[:1], looks[-tenth:]
            told[name] = (statistics.median(early), statistics.median(late))
        return told


def own_mb(process: int) -> float:
    """The memory of a process that is no file's (MB); 0 of one that is no more."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    # Not what is private: that comes and goes with a child, which shares what its parent has.
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Anonymous:")), 0.0)
