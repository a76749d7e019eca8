"""A client that sends when it is time, however long the service takes to answer (open loop)."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tools.chaos.stage import Stage

#: More requests than these do not wait at once; a service that lets so many wait has long been overrun.
_AT_ONCE = 32


class Sender:
    """Sends files; ``waited`` has the seconds from when a file was due to when it was answered with 202."""

    def __init__(self, stage: Stage) -> None:
        self._client = httpx.Client(base_url=stage.address, headers=stage.headers, timeout=60)
        self._lock = threading.Lock()
        self.waited: list[float] = []
        self.refused = 0

    def in_time(self, files: Sequence[Path], rate: float, seed: int = 1) -> None:
        """Send files at moments of chance, ``rate`` a second in the mean; returns when all are answered."""
        dice = random.Random(seed)  # noqa: S311 - moments of arrival, no secret
        due = time.monotonic()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for file in files:
                due += dice.expovariate(rate)
                time.sleep(max(0.0, due - time.monotonic()))
                pool.submit(self.send, file, due)

    def at_once(self, files: Iterable[Path], together: int = 4) -> None:
        """Send files as fast as they are taken."""
        with ThreadPoolExecutor(together) as pool:
            for _ in pool.map(self.send, files):
                pass

    def send(self, file: Path, due: float | None = None) -> None:
        """Send one file; what is not answered with 202 is counted as refused."""
        start = time.monotonic() if due is None else due
        try:
            answer = self._client.put(f"/api/v1/submissions/load-{file.stem}/{file.name}", content=file.read_bytes())
            taken = answer.status_code == 202
        except httpx.TransportError:
            taken = False
        with self._lock:
            self.refused += not taken
            self.waited += [time.monotonic() - start] if taken else []
