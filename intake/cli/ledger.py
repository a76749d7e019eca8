"""``ledger``: prove it, print its root, build a row of it again."""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from models.integrity import PART_WORDS, Checked, Part

if TYPE_CHECKING:
    from intake.desk.services import Services

BROKEN, COULD_NOT_WORK = 1, 3
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
ledger = typer.Typer(help="The ledger: prove it, print its root, build a row of it again.", no_args_is_help=True)


@ledger.command("verify")
def verify_command(
    roots: Annotated[Path | None, typer.Option(help="A file of published roots; - for standard input.")] = None,
    only: Annotated[list[Part] | None, typer.Option(help="Prove this part alone; may be given again.")] = None,
    rate: Annotated[float | None, typer.Option(min=0, help="MB of originals a second; 0: no limit.")] = None,
    as_json: AsJson = False,
) -> None:
    """Prove originals, chain, documents, entries and roots; names the first break of each. Changes nothing.

    Exit code 0: all of it fits; 1: something is broken; 3: it could not be looked at. A proof of all parts is
    remembered for `status` and the metrics.
    """
    with _trouble_ends_with_3():
        found = _verify(roots, only or list(Part), rate, as_json)
    raise typer.Exit(0 if all(one.ok for one in found) else BROKEN)


@ledger.command("root")
def root_command(
    day: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day in Shanghai; today so far if none.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the root of a day: one line to keep outside (mail, print, another system), proven by `verify --roots`."""
    from intake.desk.roots import root_of
    from intake.store.database import reading
    from models.clock import day_of

    today = day_of(time.time())
    asked = day.date() if day else today
    if asked > today:
        raise typer.BadParameter(f"{asked} has not come yet", param_hint="--day")
    with _trouble_ends_with_3(), reading(_services().database) as connection:
        root = root_of(connection, asked)
    said = {"day": asked.isoformat(), "events": root.events, "last": root.last, "sha256": root.hash}
    typer.echo(json.dumps(said) if as_json else str(root))


@ledger.command("rebuild")
def rebuild_command(entry: Annotated[str, typer.Argument(help="The id of the entry.")]) -> None:
    """Make the row of an entry again what its events build; refused while roots or chain do not hold.

    Exit code 0: it was built again, or was right; 1: history does not hold, or there is no such entry; 3: not done.
    """
    from intake.desk.rebuild import rebuild
    from intake.desk.views import NotFound

    with _trouble_ends_with_3():
        history = _verify(None, [Part.ROOTS, Part.CHAIN], None, as_json=False)
        if not all(one.ok for one in history):
            raise typer.Exit(BROKEN)
        try:
            was = rebuild(_services(), entry, actor=f"{getpass.getuser()} (command line)")
        except NotFound as trouble:
            _complain(f"no event tells of an entry {entry}")
            raise typer.Exit(BROKEN) from trouble
    typer.echo("\n".join(f"{name}: was {value!r}" for name, value in was.items()) or "it was right; nothing was done")


def _verify(roots: Path | None, parts: list[Part], rate: float | None, as_json: bool) -> list[Checked]:
    from intake.desk.roots import kept_roots
    from intake.desk.verify import verify
    from intake.desk.verify_runs import prove_asked

    services = _services()
    limit = None if rate is None else int(rate * 2**20)
    if roots is None and len(set(parts)) == len(Part):
        proof = prove_asked(services, bytes_per_second=limit)
    else:
        lines = _lines(roots) if roots else kept_roots(services.settings.roots_file)
        proof = verify(services, lines, parts=parts, bytes_per_second=limit)
    found = []
    for one in proof:
        _print(one, as_json)
        found.append(one)
    return found


@contextlib.contextmanager
def _trouble_ends_with_3() -> Iterator[None]:
    import sqlalchemy as sa

    from intake.errors import CouldNotWork

    try:
        yield
    except (CouldNotWork, sa.exc.DBAPIError, OSError) as trouble:
        _complain(str(trouble))
        raise typer.Exit(COULD_NOT_WORK) from trouble


def _services() -> Services:
    from intake.settings import Settings
    from intake.wiring import build_services

    return build_services(Settings())


def _lines(file: Path) -> list[str]:
    from intake.desk.roots import lines_of

    return sys.stdin.read().splitlines() if str(file) == "-" else lines_of(file)


def _print(one: Checked, as_json: bool) -> None:
    if as_json:
        from intake.desk.verify import checked_to

        typer.echo(json.dumps(checked_to(one), ensure_ascii=False))
        return
    zh, en = PART_WORDS[one.part]
    typer.echo(f"{'ok    ' if one.ok else 'BROKEN'} {zh} {en}: {one.checked} looked at, {one.broken} broken")
    if one.first:
        told = one.first.told
        typer.echo(f"       {told['zh']}\n       → {told['mend_zh']}\n       {told['en']}\n       → {told['mend_en']}")


def _complain(what: str) -> None:
    Console(stderr=True).print(f"[red]{what}[/red]", highlight=False)
