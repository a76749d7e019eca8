"""One process: ``python -m workers`` ``worker``, ``sweeper``, ``nightly``, ``outbox``, ``mail`` or ``watcher DIR``."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from intake.queue import QUEUES

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command()
def worker(queue: Annotated[str, typer.Option(help="express or batch")] = QUEUES[0]) -> None:
    """Read documents of one queue."""
    from workers.worker import run

    run(queue)


@app.command()
def sweeper() -> None:
    """Put back on their way what a crash left behind."""
    from workers.sweeper import run

    run(_stopped())


@app.command()
def outbox() -> None:
    """Send what happened to the endpoints of partners."""
    from workers.outbox import run

    run(_stopped())


@app.command()
def watcher(
    folder: Path, name: Annotated[str, typer.Option("--as", help="Under whose name and department.")] = "watched-folder"
) -> None:
    """Take in what falls into a folder."""
    from workers.watcher import run

    run(folder, name, _stopped())


@app.command()
def mail() -> None:
    """Take in what comes into the mailbox."""
    from workers.mail import run

    run(_stopped())


@app.command()
def nightly() -> None:
    """Prove the ledger once a day and keep its root."""
    from workers.nightly import run

    run(_stopped())


def _stopped() -> threading.Event:
    """An event that is set when the process is told to end."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


if __name__ == "__main__":
    app()
