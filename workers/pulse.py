"""A sign of life for whoever keeps a process running: a file that is touched while it works.

A process that hangs does not touch it. The web needs none: it answers ``/healthz``.
"""

from __future__ import annotations

import threading
from pathlib import Path

#: Longer than any turn of a loop, than a worker waits for its next document, and than RQ lets it work on one.
SILENT_SECONDS = 240.0


class Stop(threading.Event):
    """Set when the process is told to end; whoever asks whether it is, or waits for it, gives a sign of life."""

    def __init__(self, pulse: Path | None) -> None:
        super().__init__()
        self._pulse = pulse

    def is_set(self) -> bool:
        """Whether the process was told to end."""
        beat(self._pulse)
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the process is told to end, or for ``timeout`` seconds; gives whether it was told."""
        beat(self._pulse)
        return super().wait(timeout)


def beat(pulse: Path | None) -> None:
    """Touch the file, where the settings name one."""
    if pulse:
        pulse.touch()


def is_alive(pulse: Path, now: float) -> bool:
    """Whether the file was touched a moment ago (``now``: seconds since 1970)."""
    return pulse.exists() and now - pulse.stat().st_mtime < SILENT_SECONDS
