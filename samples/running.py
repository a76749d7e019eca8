"""The service as a child process on a free port with a folder of its own, for the demo and the measurements."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from models.rights import KEY_SCOPES, Role, permissions_of

ROOT = Path(__file__).resolve().parents[1]
#: Loading the OCR engine takes about 5 s on a quiet machine; a busy one may need a minute.
START_SECONDS = 120.0
STOP_SECONDS = 30.0
CLERK = "demo"


@dataclass(frozen=True, slots=True)
class Running:
    """A service that runs: its address and surroundings, somebody who may sign in to its pages, and a key of theirs."""

    address: str
    environment: Mapping[str, str]
    name: str
    password: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """What a program sends with every request."""
        return {"authorization": f"Bearer {self.key}"}

    def joined_by(self, name: str, *roles: Role) -> Running:
        """The same service for somebody else, who is added as an administrator would on the command line."""
        given = [part for role in roles for part in ("--role", role.value)]
        scopes = [part for one in sorted(permissions_of(roles) & KEY_SCOPES) for part in ("--scope", one.value)]
        everything = ("--company", "all", "--department", "all")
        person = _told(self.environment, "users", "add", name, *given, *everything, "--home", "财务部")
        key = _told(self.environment, "keys", "add", name, "--name", "demo", *scopes)
        return replace(self, name=name, password=person["password"], key=key["key"])


class DidNotStart(Exception):
    """The service ended or stayed silent; the message holds the end of its log."""


@contextmanager
def running_service(
    folder: Path, watched: Path | None = None, database: str | None = None, roles: Sequence[Role] = (Role.FINANCE,)
) -> Iterator[Running]:
    """Start ``python -m intake up`` with everything under ``folder``, add a clerk with ``roles``, stop it on leaving.

    Files that fall into ``watched`` are taken in as well; ``database`` is used in place of one of its own.

    Raises:
        DidNotStart: when it does not answer in time.
    """
    environment = environment_for(folder) | ({"DATABASE_URL": database} if database else {})
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
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(address, service, log)
            yield Running(address, environment, "", "", "").joined_by(CLERK, *roles)
        finally:
            _stop(service)


def _told(environment: Mapping[str, str], *command: str) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-m", "intake", *command, "--json"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(run.stdout)
    return told


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
