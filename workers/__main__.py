"""Start one of the processes beside the web, or ask whether it lives."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Annotated

import typer

from intake.logs import set_up_logs
from intake.queue import QUEUES
from intake.settings import Settings
from workers.pulse import Stop, is_alive

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command()
def worker(queue: Annotated[str, typer.Option(help="express or batch")] = QUEUES[0]) -> None:
    """Read documents of one queue."""
    from workers.worker import run

    set_up_logs(f"worker-{queue}")
    run(queue)


@app.command()
def sweeper() -> None:
    """Put back on their way what a crash left behind."""
    from workers.sweeper import run

    set_up_logs("sweeper")
    run(_stopped())


@app.command()
def outbox() -> None:
    """Send what happened to the endpoints of partners."""
    from workers.outbox import run

    set_up_logs("outbox")
    run(_stopped())


@app.command()
def watcher(
    folder: Path, name: Annotated[str, typer.Option("--as", help="Under whose name and department.")] = "watched-folder"
) -> None:
    """Take in what falls into a folder."""
    from workers.watcher import run

    set_up_logs("watcher")
    run(folder, name, _stopped())


@app.command()
def mail() -> None:
    """Take in what comes into the mailbox."""
    from workers.mail import run

    set_up_logs("mail")
    run(_stopped())


@app.command()
def nightly() -> None:
    """Prove the ledger once a day and keep its root."""
    from workers.nightly import run

    set_up_logs("nightly")
    run(_stopped())


@app.command()
def backup(target: Path) -> None:
    """Back up once a day to a folder, best on another machine."""
    from workers.backup import run

    set_up_logs("backup")
    run(target, _stopped())


@app.command()
def alive() -> None:
    """Tell whether the process of this container still works: exit code 0, or 1. It looks at SHOUPIAO_PULSE."""
    pulse = Settings().pulse
    if pulse is None:
        typer.echo("SHOUPIAO_PULSE names no file", err=True)
        raise typer.Exit(1)
    raise typer.Exit(0 if is_alive(pulse, time.time()) else 1)


def _stopped() -> Stop:
    """An event that is set when the process is told to end."""
    stop = Stop(Settings().pulse)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


if __name__ == "__main__":
    app()
