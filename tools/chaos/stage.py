"""The whole service as separate processes that can be killed one by one, on a database and a Redis of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import redis
import sqlalchemy as sa

from intake.desk.keys import make_key
from intake.desk.people import add_person
from intake.desk.services import Services
from intake.redis_server import find_server, free_port
from intake.settings import Settings
from intake.store.database import reading
from intake.store.tables import documents
from intake.wiring import build_services
from models.document import UNFINISHED
from models.person import Rights, SignIn
from models.rights import Permission, Role
from tools.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]
#: Shorter than in use, so that a drill shows in a minute what takes ten.
HASTE = {
    "SHOUPIAO_LEASE_SECONDS": "5",
    "SHOUPIAO_REQUEUE_SECONDS": "1",
    "SHOUPIAO_SWEEP_SECONDS": "0.5",
    "SHOUPIAO_STABLE_SECONDS": "1",
    # Many faults may hit one document in a drill; in use three attempts are plenty.
    "SHOUPIAO_ATTEMPTS": "25",
}


class Stage:
    """The service of one drill, on a database of its own if none is given."""

    def __init__(self, database: str = "", cluster: Cluster | None = None, settings: Mapping[str, str] = HASTE) -> None:
        self._settings = settings
        self.folder = Path(tempfile.mkdtemp(prefix="shoupiao-chaos-"))
        self.var = self.folder / "var"
        self.watched = self.folder / "watched"
        self.watched.mkdir()
        self.cluster = cluster
        self._redis_port, self._web_port = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self._web_port}"
        self.database = database or f"sqlite:///{self.var / 'shoupiao.db'}"
        self.redis_url = f"redis://127.0.0.1:{self._redis_port}/0"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.commands: dict[str, list[str]] = {
            "web": [
                "uvicorn",
                "--factory",
                "api.app:create_app",
                "--port",
                str(self._web_port),
                "--log-level",
                "error",
            ],
            "worker": ["workers", "worker", "--queue", "express"],
            "batch": ["workers", "worker", "--queue", "batch"],
            "sweeper": ["workers", "sweeper"],
            "watcher": ["workers", "watcher", str(self.watched)],
        }
        self.start_redis()
        self.services = self._open()
        #: What every request carries: a key of a program that may send and see.
        self.headers = {"authorization": f"Bearer {self._key()}"}

    def _open(self) -> Services:
        return build_services(Settings(var=self.var, database_url=self.database, redis_url=self.redis_url))

    def _key(self) -> str:
        everything = Rights(frozenset({Role.FINANCE}), companies=None, departments=None)
        add_person(self.services, "chaos", everything, actor="chaos", sign_in=SignIn.NEVER)
        scopes = (Permission.SUBMIT, Permission.SEE_OWN, Permission.SEE_SCOPE)
        return make_key(self.services, "chaos", scopes, name="chaos", actor="chaos")

    def start(self, *names: str, **environment: str) -> None:
        """Start the named processes (none named: all) and wait until the web answers."""
        for name in names or tuple(self.commands):
            self._processes[name] = self._spawn([sys.executable, "-m", *self.commands[name]], environment)
        if not names or "web" in names:
            self.wait_for(lambda: httpx.get(f"{self.address}/healthz", timeout=2).is_success, 60)

    def kill(self, *names: str) -> None:
        """End processes and all that they forked as a power cut would."""
        for name in names or tuple(self._processes):
            process = self._processes.pop(name, None)
            if process is not None:
                _end(process, signal.SIGKILL)

    def end(self, *names: str) -> None:
        """Ask processes to end, and wait until they have."""
        for name in names:
            process = self._processes.pop(name)
            process.terminate()
            process.wait(60)

    def readers(self, name: str) -> list[int]:
        """The process ids that a worker has forked."""
        process = self._processes[name]
        listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return [int(one) for one in listed]

    def start_redis(self) -> None:
        """Start Redis with what it kept."""
        data = self.folder / "redis"
        data.mkdir(exist_ok=True)
        arguments = ["--port", str(self._redis_port), "--bind", "127.0.0.1", "--appendonly", "yes", "--dir", str(data)]
        self._processes["redis"] = self._spawn([find_server(), *arguments, "--save", ""], {})
        self.wait_for(lambda: bool(redis.Redis.from_url(self.redis_url).ping()), 20)

    def forget_redis(self) -> None:
        """Lose all that Redis kept."""
        redis.Redis.from_url(self.redis_url).flushall()

    def throw_away(self) -> None:
        """End everything."""
        self.services.database.dispose()
        self.kill()

    def processes(self) -> dict[str, int]:
        """The process ids of what runs, by name."""
        return {name: process.pid for name, process in self._processes.items() if process.poll() is None}

    def unfinished(self) -> int:
        """How many documents have no final state yet."""
        query = sa.select(sa.func.count()).select_from(documents).where(documents.c.state.in_(UNFINISHED))
        with reading(self.services.database) as connection:
            return int(connection.execute(query).scalar_one())

    def wait_for(self, condition: Callable[[], bool], seconds: float, every: float = 0.2) -> bool:
        """Wait until something holds; False when it does not within the time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if condition():
                    return True
            except (httpx.TransportError, redis.RedisError, OSError):
                pass
            time.sleep(every)
        return False

    def _spawn(self, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        mine = {"SHOUPIAO_VAR": str(self.var), "DATABASE_URL": self.database, "REDIS_URL": self.redis_url}
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **self._settings, **mine, **environment}, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip


def _end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    process.wait(30)
