"""``blobs``: the keys that seal originals and pictures, and the change from one to the next."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from intake.errors import StorageUnavailable

if TYPE_CHECKING:
    from intake.store.blobs import Blobs

COULD_NOT_WORK = 3
blobs = typer.Typer(no_args_is_help=True, help="Originals and pictures, sealed with keys of your own.")
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@blobs.command(name="new-key")
def new_key(key_file: Annotated[Path, typer.Argument(help="The key file; it is made when there is none.")]) -> None:
    """Put a new key before those of a key file. What is stored from then on is sealed with it.

    Keep a copy of the file where neither the database nor the files are: without it nothing that is sealed opens.
    """
    from intake.store.key_ring import add_key

    try:
        name = add_key(key_file, dt.datetime.now(dt.UTC).date())
    except (StorageUnavailable, OSError) as trouble:
        _end(trouble)
    typer.echo(f"{name} in {key_file}: keep a copy elsewhere, and SHOUPIAO_BLOB_KEYS_FILE pointing at it")


@blobs.command()
def keys(as_json: AsJson = False) -> None:
    """How many files each key opens, and how many are stored plain."""
    store = _store()
    counts = Counter(name for _, name in store.sealed_by())
    plain = sum(1 for _ in store.names()) - counts.total()
    _say({"keys": dict(counts), "plain": plain}, as_json)


@blobs.command()
def rotate(as_json: AsJson = False) -> None:
    """Wrap every data key with the newest key of the key file; no original is read or written.

    It may be stopped at any moment and run again. When it is through, older keys may leave the file.
    Exit code 0: done; 3: a key is missing, or the store does not answer.
    """
    store, count = _store(), 0
    try:
        current = store.current_key()
        for place, name in store.sealed_by():
            if name != current:
                store.rewrap(place)
                count += 1
    except (StorageUnavailable, OSError) as trouble:
        _end(trouble)
    _say({"key": current, "rewrapped": count}, as_json)


def _store() -> Blobs:
    from intake.settings import Settings
    from intake.wiring import open_services

    try:
        return open_services(Settings()).blobs
    except (StorageUnavailable, ValueError) as trouble:
        _end(trouble)


def _say(told: dict[str, object], as_json: bool) -> None:
    typer.echo(json.dumps(told) if as_json else "  ".join(f"{name}: {value}" for name, value in told.items()))


def _end(trouble: Exception) -> NoReturn:
    typer.echo(str(trouble), err=True)
    raise typer.Exit(COULD_NOT_WORK) from trouble
