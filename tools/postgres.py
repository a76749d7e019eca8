"""A PostgreSQL cluster of our own that can be stopped, started again and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

import sqlalchemy as sa

from intake.redis_server import free_port


class Cluster:
    """A cluster in a folder of its own, run by another user where we are root, as PostgreSQL refuses root.

    ``settings`` are those of the server, each ``name=value``.
    """

    def __init__(self, *settings: str) -> None:
        self._settings = ("listen_addresses=127.0.0.1", "max_connections=200", *settings)
        self._folder = Path(tempfile.mkdtemp(prefix="shoupiao-pg-"))
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self._programs = _programs()
        self._port = free_port()
        shutil.chown(self._folder, self._user)
        self._run("initdb", "-D", f"{self._folder}/data", "-U", "shoupiao", "--locale=C.UTF-8", "-A", "trust")
        self.start()

    def start(self) -> None:
        """Start it, or start it again."""
        options = f"-p {self._port} -k {self._folder} {' '.join(f'-c {one}' for one in self._settings)}"
        self._run("pg_ctl", "-D", f"{self._folder}/data", "-w", "-l", f"{self._folder}/log", "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, as a power cut would."""
        self._run("pg_ctl", "-D", f"{self._folder}/data", "-m", "immediate", "stop")

    def throw_away(self) -> None:
        """Stop it and remove all that it kept."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self) -> str:
        """Make an empty database and give its address."""
        name = f"t{uuid.uuid4().hex}"
        engine = sa.create_engine(self._address("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._address(name)

    def _address(self, name: str) -> str:
        return f"postgresql+psycopg://shoupiao@127.0.0.1:{self._port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd=self._folder, timeout=60)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise FileNotFoundError("PostgreSQL is missing: apt-get install postgresql")
    return found[-1].parent if found else Path(str(on_path)).resolve().parent
