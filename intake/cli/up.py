"""``up``: everything on this machine, with one command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.watch import require_name
from intake.errors import CouldNotWork

if TYPE_CHECKING:
    from intake.desk.services import Services

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_UNENCRYPTED = (
    "Passwords and invoices pass the network unencrypted: put a proxy with TLS in front, listen on 127.0.0.1, "
    "and set SHOUPIAO_TRUSTED_PROXIES (docs/operating.md)."
)


def up(
    port: Annotated[int, typer.Option(help="Port of the pages and the API.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    watch: Annotated[Path | None, typer.Option(help="A folder to take files from.")] = None,
    watch_as: Annotated[str, typer.Option(help="Under whose name and department.")] = "watched-folder",
) -> None:
    """Start everything on this machine: pages, workers, sweeper, outbox, and Redis if none is given. Ctrl-C ends it."""
    from intake.redis_server import start_redis
    from intake.settings import Settings
    from intake.wiring import build_services

    settings = Settings()
    children: dict[str, list[str]] = {
        "web": [
            "-m",
            "uvicorn",
            "--factory",
            "api.app:create_app",
            "--host",
            host,
            "--port",
            str(port),
            "--no-proxy-headers",
            "--log-level",
            "warning",
        ],
        "express": ["-m", "workers", "worker", "--queue", "express"],
        "batch": ["-m", "workers", "worker", "--queue", "batch"],
        "sweeper": ["-m", "workers", "sweeper"],
        "nightly": ["-m", "workers", "nightly"],
        "outbox": ["-m", "workers", "outbox"],
    }
    if settings.mail:
        children["mail"] = ["-m", "workers", "mail"]
    if watch:
        require_name(watch_as)
        watch.mkdir(parents=True, exist_ok=True)
        children["watcher"] = ["-m", "workers", "watcher", str(watch), "--as", watch_as]
    redis = None
    try:
        if not settings.redis_url:
            url, redis = start_redis(settings.var.resolve() / "redis")
            os.environ["REDIS_URL"] = url
        services = build_services(Settings())
        _tell_first(services)
        services.database.dispose()
    except CouldNotWork as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(3) from trouble
    if host not in _LOOPBACK and not settings.trusted_proxies:
        typer.echo(_UNENCRYPTED, err=True)
    typer.echo(f"收票 http://{host}:{port}/")
    try:
        _keep_running(children)
    finally:
        if redis:
            redis.terminate()
            redis.wait(10)


def _tell_first(services: Services) -> None:
    """Make the first administrator where there is nobody, and tell the password, once."""
    from intake.desk.people import first_administrator

    added = first_administrator(services)
    if added:
        typer.echo(f"第一位管理员 first administrator: {added.person.name}   密码 password: {added.password}")
        typer.echo("此密码只显示一次，首次登录时须修改。Shown once; to be changed at the first sign-in.")


def _keep_running(commands: dict[str, list[str]]) -> None:
    """Start the children, start again the ones that die, end them all when told to."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    running = {name: _start(command) for name, command in commands.items()}
    started = dict.fromkeys(running, time.monotonic())
    while not stop.wait(0.5):
        for name, process in running.items():
            if process.poll() is None:
                continue
            if time.monotonic() - started[name] < 3:
                time.sleep(2)  # a child that dies at once would otherwise be started without end
            typer.echo(f"{name} ended ({process.returncode}), starting it again", err=True)
            running[name], started[name] = _start(commands[name]), time.monotonic()
    for process in running.values():
        process.terminate()
    for process in running.values():
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches it only through us and work ends in order."""
    return subprocess.Popen([sys.executable, *command], start_new_session=True)  # noqa: S603
