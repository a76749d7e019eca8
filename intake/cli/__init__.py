"""The commands of ``python -m intake``; each loads what it needs only when it runs, so that --help is quick."""

from __future__ import annotations

import typer

from intake.cli.doctor import doctor
from intake.cli.keys import keys
from intake.cli.policy import policy
from intake.cli.read import read
from intake.cli.rules import rules
from intake.cli.submit import submit
from intake.cli.up import up
from intake.cli.users import users
from intake.cli.watch import watch

app = typer.Typer(
    name="intake",
    add_completion=False,
    no_args_is_help=True,
    help="Shoupiao 收票: takes in invoices, reads them, checks them, keeps the ledger.",
)
for command in (up, read, submit, watch, doctor, rules):
    app.command()(command)
app.add_typer(policy, name="policy")
app.add_typer(users, name="users")
app.add_typer(keys, name="keys")
