"""``backup`` and ``restore``: everything to another place, and back from it."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

if TYPE_CHECKING:
    from intake.desk.backup import Manifest

COULD_NOT_WORK = 3
Target = Annotated[Path, typer.Argument(help="The folder of the backups, best on another machine.")]
KeyFile = Annotated[Path | None, typer.Option(help="Seal with (or open by) the key in this file.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


def backup(
    target: Target,
    key_file: KeyFile = None,
    new_key: Annotated[bool, typer.Option("--new-key", help="Make the key file first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Back up tables, originals and pictures while the service runs; a later backup adds only what is new.

    Exit code 0: done; 3: it could not be written.
    """
    from intake.desk.backup import make_backup, note_backup
    from intake.settings import Settings
    from intake.store.sealed import new_key as write_key
    from intake.wiring import build_services

    try:
        if new_key and key_file:
            write_key(key_file)
        services, started = build_services(Settings()), time.time()
        manifest = make_backup(services, target, key=_key(key_file))
        note_backup(services, started, manifest)
    except (OSError, ValueError) as trouble:
        _end(str(trouble))
    _say(manifest, as_json, "backed up")
    if not key_file and not as_json:
        typer.echo("not sealed: whoever can read the folder can read the invoices (--key-file FILE --new-key)")


def restore(
    target: Target,
    moment: Annotated[str | None, typer.Option(help="Which backup; the latest unless given.")] = None,
    key_file: KeyFile = None,
    check: Annotated[bool, typer.Option("--check", help="Rehearse: restore to a place that is thrown away.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty place (DATABASE_URL, BLOBS_URL, SHOUPIAO_VAR) and prove the ledger in it.

    Exit code 0: restored and proven; 1: restored, but the ledger does not hold; 3: it could not be restored.
    """
    from intake.desk.backup import restore as put_back
    from intake.desk.verify import checked_to, verify
    from intake.errors import IntakeError
    from intake.settings import Settings
    from intake.wiring import open_services

    settings = Settings()
    with tempfile.TemporaryDirectory(prefix="shoupiao-restore-") as scratch:
        if check:
            settings = Settings(var=Path(scratch), database_url=None, blobs_url=None)
        services = open_services(settings)
        try:
            manifest = put_back(services, target, moment=moment, key=_key(key_file))
        except (IntakeError, LookupError, OSError, ValueError) as trouble:
            _end(f"{type(trouble).__name__}: {trouble}")
        broken = [one for one in verify(services, (), bytes_per_second=0) if one.broken]
        services.database.dispose()
    _say(manifest, as_json, "rehearsed" if check else "restored")
    for one in broken:
        said = checked_to(one)
        Console(stderr=True).print(f"[red]{said['part']}: {said['broken']} broken, first: {said['first']}[/red]")
    raise typer.Exit(1 if broken else 0)


def _key(file: Path | None) -> bytes | None:
    from intake.store.sealed import read_key

    return read_key(file) if file else None


def _say(manifest: Manifest, as_json: bool, done: str) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(manifest)))
        return
    rows = sum(part.rows for part in manifest.tables)
    typer.echo(f"{done}: {manifest.moment}, {rows} rows, {manifest.blobs} files ({manifest.new_blobs} new)")
    typer.echo(f"the chain ends after {manifest.chain_length} events with {manifest.chain_head or 'nothing yet'}")


def _end(trouble: str) -> NoReturn:
    Console(stderr=True).print(f"[red]{trouble}[/red]", highlight=False)
    raise typer.Exit(COULD_NOT_WORK)
