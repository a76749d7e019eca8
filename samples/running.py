"""The service as a child process on a free port with a folder of its own, for the demo and the measurements."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
#: Loading the OCR engine takes about 5 s on a quiet machine; a busy one may need a minute.
START_SECONDS = 120.0
STOP_SECONDS = 30.0


class DidNotStart(Exception):
    """The service ended or stayed silent; the message holds the end of its log."""


@contextmanager
def running_service(folder: Path, watched: Path | None = None) -> Iterator[str]:
    """Start ``python -m intake up`` with everything under ``folder``, give its address, stop it on leaving.

    Files that fall into ``watched`` are taken in as well.

    Raises:
        DidNotStart: when it does not answer in time.
    """
    port = free_port()
    log = folder / "service.log"
    command = [sys.executable, "-m", "intake", "up", "--port", str(port)]
    if watched:
        command += ["--watch", str(watched)]
    with log.open("wb") as output:
        # A session of its own, so that Ctrl-C reaches the demo first and the service is stopped in order.
        service = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment_for(folder),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(address, service, log)
            yield address
        finally:
            _stop(service)


def environment_for(folder: Path) -> dict[str, str]:
    """This process's environment, turned away from any database and files that are in real use."""
    mine = {"DATABASE_URL", "BLOBS_URL"} | ({"REDIS_URL"} if shutil.which("redis-server") else set())
    kept = {name: value for name, value in os.environ.items() if name not in mine}
    return {**kept, "SHOUPIAO_VAR": str(folder / "var")}


def free_port() -> int:
    """Give a port that nobody listens to now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(address: str, service: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and service.poll() is None:
        try:
            if httpx.get(f"{address}/readyz", timeout=2).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise DidNotStart("\n".join(log.read_text("utf-8", errors="replace").splitlines()[-20:]))


def _stop(service: subprocess.Popen[bytes]) -> None:
    if service.poll() is None:
        service.send_signal(signal.SIGTERM)
    try:
        service.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(service.pid, signal.SIGKILL)
        service.wait()
