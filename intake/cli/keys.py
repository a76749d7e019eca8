"""``keys``: keys of programs that call the API."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import Annotated

import typer

from intake.cli.users import AsJson, actor
from models.rights import KEY_SCOPES, Permission

keys = typer.Typer(help="Keys of programs that call the API.", no_args_is_help=True)
_SCOPES = ", ".join(sorted(KEY_SCOPES))


@keys.command("add")
def add(
    owner: Annotated[str, typer.Argument(metavar="OWNER", help="Whose key it is: it never gives more than they may.")],
    scope: Annotated[list[Permission], typer.Option("--scope", help=f"What it is for, of: {_SCOPES}; several times.")],
    name: Annotated[str, typer.Option("--name", help="What program it is for.")] = "",
    days: Annotated[int | None, typer.Option("--days", min=1, help="For how long; without: for good.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and tell it, once. A program sends it in the header ``Authorization: Bearer KEY``."""
    from intake.desk.keys import ScopeTooWide, make_key
    from intake.desk.people import UnknownPerson
    from intake.settings import Settings
    from intake.wiring import build_services

    try:
        key = make_key(build_services(Settings()), owner, scope, name=name, actor=actor(), days=days)
    except UnknownPerson as trouble:
        typer.echo(f"there is nobody named {owner}; see `python -m intake users list`", err=True)
        raise typer.Exit(1) from trouble
    except ScopeTooWide as trouble:
        missing = ", ".join(trouble.missing)
        typer.echo(f"{owner} may not do this, or no key may: {missing}; see `python -m intake users list`", err=True)
        raise typer.Exit(1) from trouble
    typer.echo(json.dumps({"owner": owner, "key": key, "scopes": sorted(scope)}) if as_json else key)


@keys.command("list")
def listing(as_json: AsJson = False) -> None:
    """List every key, the newest first, and when it was used last; * opens something today."""
    from intake.desk.keys import key_list
    from intake.settings import Settings
    from intake.wiring import build_services

    for key in key_list(build_services(Settings())):
        if as_json:
            typer.echo(json.dumps(dataclasses.asdict(key), ensure_ascii=False))
            continue
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(key.used_at)) if key.used_at else "never"
        typer.echo(f"{'*' if key.good else ' '} {key.prefix}  {key.owner}  {', '.join(key.scopes)}  used {used}")


@keys.command("revoke")
def revoke(prefix: Annotated[str, typer.Argument(metavar="PREFIX")], as_json: AsJson = False) -> None:
    """End a key for good; it is named by what stands before its dot."""
    from intake.desk.keys import UnknownKey, revoke_key
    from intake.settings import Settings
    from intake.wiring import build_services

    try:
        revoke_key(build_services(Settings()), prefix, actor=actor())
    except UnknownKey as trouble:
        typer.echo(f"there is no key {prefix}; see `python -m intake keys list`", err=True)
        raise typer.Exit(1) from trouble
    typer.echo(json.dumps({"revoked": prefix}) if as_json else f"revoked: {prefix}")
