"""``watch DIR``: the folder door alone, beside a service that is already running."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer


def watch(
    folder: Annotated[Path, typer.Argument(help="The folder to take files from.")],
    name: Annotated[str, typer.Option("--as", help="Under whose name and department.")] = "watched-folder",
) -> None:
    """Take in what falls into a folder. It uses the same settings as the running service (REDIS_URL, DATABASE_URL)."""
    folder.mkdir(parents=True, exist_ok=True)
    typer.echo(f"{folder}: registered/ review/ rejected/ duplicate/")
    try:
        code = subprocess.call([sys.executable, "-m", "workers", "watcher", str(folder), "--as", name])  # noqa: S603
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)
