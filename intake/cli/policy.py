"""``policy``: the company's packs. Check one, see what it would change, install it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from intake.cli.users import actor
from models.document import State
from models.policy import Policy
from models.sight import EVERYTHING

Pack = Annotated[Path, typer.Argument(metavar="PACK.toml", help="The pack.")]
policy = typer.Typer(
    help="The company's policy packs: names, tax ids, limits, kinds, watch list.", no_args_is_help=True
)


@policy.command("check")
def check(pack: Pack) -> None:
    """Hold a pack to its form and name every mistake with its line. Installs nothing."""
    read = _read(pack)
    typer.echo(f"{read.label}: valid from {read.valid_from}, {len(read.companies)} companies, no mistakes")


@policy.command("try")
def try_pack(pack: Pack) -> None:
    """Show what a pack would change in what was judged before. Changes nothing."""
    from intake.desk.rejudge import rejudge
    from intake.settings import Settings
    from intake.wiring import build_services

    count = 0
    for change in rejudge(build_services(Settings()), EVERYTHING, _read(pack)):
        count += 1
        rules = ", ".join(change.rules)
        typer.echo(f"{change.number or change.invoice_id}: {change.before.value} -> {change.after.value} ({rules})")
    typer.echo(f"{count} invoices would be judged differently; nothing was changed")


@policy.command("install")
def install(
    pack: Pack,
    rejudge_too: Annotated[
        bool, typer.Option("--rejudge", help="Also send to review what it judges differently; asks first.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Install a pack; it judges what is received from its valid_from on."""
    from intake.desk.policies import KnownVersion, install_policy
    from intake.desk.rejudge import apply_changes, rejudge
    from intake.settings import Settings
    from intake.wiring import build_services

    services, read = build_services(Settings()), _read(pack)
    try:
        install_policy(services, pack.read_text(encoding="utf-8"), actor=actor())
    except KnownVersion as trouble:
        Console(stderr=True).print(f"[red]{trouble} is installed already; give the changed pack a new version[/red]")
        raise typer.Exit(1) from trouble
    typer.echo(f"installed: {read.label}, valid from {read.valid_from}")
    if not rejudge_too:
        return
    count = sum(change.before is not State.REGISTERED for change in rejudge(services, EVERYTHING, read))
    if yes or typer.confirm(f"{count} invoices would go to review. Send them?"):
        typer.echo(f"sent to review: {len(apply_changes(services, read, actor=actor(), expected=count))}")


@policy.command("list")
def listing() -> None:
    """List the installed packs; * holds today."""
    from intake.desk.policies import policy_list
    from intake.settings import Settings
    from intake.wiring import build_services

    for row in policy_list(build_services(Settings())):
        mark = "*" if row["holds"] else " "
        typer.echo(f"{mark} {row['name']} {row['version']}  from {row['valid_from']}  by {row['actor']}")


def _read(pack: Path) -> Policy:
    from intake.check.policy import BadPolicy, read_policy

    try:
        return read_policy(pack.read_text(encoding="utf-8"))
    except BadPolicy as trouble:
        for line, what in trouble.mistakes:
            Console(stderr=True).print(f"[red]{pack}:{line}: {what}[/red]", highlight=False)
        raise typer.Exit(1) from trouble
    except OSError as trouble:
        Console(stderr=True).print(f"[red]{pack}: {trouble.strerror}[/red]", highlight=False)
        raise typer.Exit(1) from trouble
