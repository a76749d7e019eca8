"""Real servers for the tests: Redis on a free port, and a PostgreSQL cluster of their own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa

from intake.desk.services import Services
from intake.redis_server import free_port, start_redis
from intake.settings import Settings
from intake.wiring import build_services


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url, process = start_redis(tmp_path_factory.mktemp("redis"))
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A throw-away cluster, run by another user where we are root, as PostgreSQL refuses root."""
    programs = _postgres_programs()
    folder = Path(tempfile.mkdtemp(prefix="shoupiao-pg-"))
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    shutil.chown(folder, user)

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=user, cwd=folder, timeout=60)

    port = free_port()
    run(str(programs / "initdb"), "-D", f"{folder}/data", "-U", "shoupiao", "--locale=C.UTF-8", "-A", "trust")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run(str(programs / "pg_ctl"), "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
    yield f"postgresql+psycopg://shoupiao@127.0.0.1:{port}/postgres"
    run(str(programs / "pg_ctl"), "-D", f"{folder}/data", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    assert found or on_path, "PostgreSQL is missing: apt-get install postgresql"
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


@pytest.fixture(params=["sqlite", "postgresql"])
def services(request: pytest.FixtureRequest, redis_url: str, tmp_path: Path) -> Iterator[Services]:
    """Opened services on an empty database of each kind."""
    redis.Redis.from_url(redis_url).flushall()
    database_url = None
    if request.param == "postgresql":
        database_url = _new_database(request.getfixturevalue("postgres_url"))
    opened = build_services(
        Settings(
            var=tmp_path / "var", redis_url=redis_url, database_url=database_url, requeue_seconds=0.2, lease_seconds=5
        )
    )
    yield opened
    opened.database.dispose()
    opened.queue.connection.close()


def _new_database(url: str) -> str:
    name = f"t{uuid.uuid4().hex}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.rsplit("/", 1)[0] + f"/{name}"
