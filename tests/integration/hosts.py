"""Machines for tests: groups of processes with a folder of their own, that can be cut off or held up as a whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from intake.redis_server import free_port

ROOT = Path(__file__).resolve().parents[2]


class Host:
    """A machine of its own: all that its processes share with those of others is what ``environment`` names."""

    def __init__(self, folder: Path, environment: dict[str, str], *processes: str) -> None:
        """Start the processes: ``web``, or the words after ``python -m workers``."""
        self.log = folder / "log"
        folder.mkdir()
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        web = ["uvicorn", "--factory", "api.app:create_app", "--port", str(port), "--log-level", "error"]
        self._environment = {**environment, "SHOUPIAO_VAR": str(folder / "var")}
        self._started = {name: self._start(web if name == "web" else ["workers", *name.split()]) for name in processes}

    def id_of(self, name: str) -> int:
        """The process id of one of its processes."""
        return self._started[name].pid

    def stop(self) -> None:
        """Hold it up as a machine that is paused."""
        self._tell(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run on from where it was held up."""
        self._tell(signal.SIGCONT)

    def cut_off(self) -> None:
        """End it and all that it forked as a power cut would."""
        self._tell(signal.SIGKILL)
        for process in self._started.values():
            process.wait(30)

    def _tell(self, number: signal.Signals) -> None:
        for process_id in self._ids():
            try:
                os.kill(process_id, number)
            except ProcessLookupError:
                continue

    def _ids(self) -> list[int]:
        """Its processes with all that they forked: each opened a session, which what it forks stays in."""
        sessions = {process.pid for process in self._started.values()}
        return [one for one, session in _sessions() if session in sessions]

    def _start(self, arguments: list[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *arguments], cwd=ROOT, env=self._environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip


def _sessions() -> Iterator[tuple[int, int]]:
    """Every process of this machine with its session."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                yield int(folder.name), os.getsid(int(folder.name))
            except ProcessLookupError:
                continue


def forked_by(process_id: int) -> list[int]:
    """The processes that a process has forked and that still live."""
    try:
        listed = Path(f"/proc/{process_id}/task/{process_id}/children").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(one) for one in listed.split()]
