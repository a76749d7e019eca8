"""``watch DIR``: the folder door alone, beside a service that is already running."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from models.person import is_name


def require_name(name: str) -> None:
    """Refuse to watch under what can be nobody's name.

    Raises:
        typer.BadParameter: it is no name.
    """
    if not is_name(name):
        raise typer.BadParameter(f"{name!r} is no name: 2 to 60 letters, digits or . _ - @ ·")


def watch(
    folder: Annotated[Path, typer.Argument(help="The folder to take files from.")],
    name: Annotated[str, typer.Option("--as", help="Under whose name and department.")] = "watched-folder",
) -> None:
    """Take in what falls into a folder. It uses the same settings as the running service (REDIS_URL, DATABASE_URL)."""
    require_name(name)
    folder.mkdir(parents=True, exist_ok=True)
    typer.echo(f"{folder}: registered/ review/ rejected/ duplicate/")
    try:
        code = subprocess.call([sys.executable, "-m", "workers", "watcher", str(folder), "--as", name])  # noqa: S603
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)
