"""Real servers for the tests: Redis on a free port, and a PostgreSQL cluster of their own."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
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


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """A bucket of a server of its own that speaks S3; programs that a test starts find it by the environment."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    _wait_for(server, f"{address}/moto-api/")
    httpx.put(f"{address}/bucket").raise_for_status()
    os.environ |= {
        "AWS_ENDPOINT": address, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
    }  # fmt: skip
    yield "s3://bucket"
    server.terminate()
    server.wait(10)


def _wait_for(server: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(300):
        assert server.poll() is None, "the S3 server ended"
        with contextlib.suppress(httpx.TransportError):
            httpx.get(address)
            return
        time.sleep(0.1)
    raise AssertionError("the S3 server does not answer")


@pytest.fixture(params=["sqlite", "postgresql"])
def services(request: pytest.FixtureRequest, redis_url: str, tmp_path: Path) -> Iterator[Services]:
    """Opened services on an empty database of each kind: with files beside SQLite, with S3 beside PostgreSQL."""
    redis.Redis.from_url(redis_url).flushall()
    database_url = blobs_url = None
    if request.param == "postgresql":
        database_url = _new_database(request.getfixturevalue("postgres_url"))
        blobs_url = f"{request.getfixturevalue('s3_url')}/{uuid.uuid4().hex}"
    opened = build_services(
        Settings(
            var=tmp_path / "var", redis_url=redis_url, database_url=database_url, blobs_url=blobs_url,
            requeue_seconds=0.2, lease_seconds=5,
        )
    )  # fmt: skip
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
