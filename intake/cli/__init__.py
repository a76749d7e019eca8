"""The commands of ``python -m intake``; each loads what it needs only when it runs, so that --help is quick."""

from __future__ import annotations

from typing import Annotated

import typer

from intake import __version__
from intake.cli.backup import backup, restore
from intake.cli.blobs import blobs
from intake.cli.doctor import doctor
from intake.cli.export import export
from intake.cli.keys import keys
from intake.cli.ledger import ledger
from intake.cli.policy import policy
from intake.cli.read import read
from intake.cli.reconcile import reconcile
from intake.cli.retention import retention
from intake.cli.rules import rules
from intake.cli.settings import settings
from intake.cli.submit import submit
from intake.cli.sync import sync
from intake.cli.trace import trace
from intake.cli.up import up
from intake.cli.users import users
from intake.cli.watch import watch

app = typer.Typer(
    name="intake",
    add_completion=False,
    no_args_is_help=True,
)
for command in (up, read, submit, watch, trace, reconcile, export, doctor, settings, rules, backup, restore, retention):
    app.command()(command)
app.add_typer(blobs, name="blobs")
app.add_typer(policy, name="policy")
app.add_typer(ledger, name="ledger")
app.add_typer(sync, name="sync")
app.add_typer(users, name="users")
app.add_typer(keys, name="keys")


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _about(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version and end.")
    ] = False,
) -> None:
    """Shoupiao 收票: takes in invoices, reads them, checks them, keeps the ledger."""
