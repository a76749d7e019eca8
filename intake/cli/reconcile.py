"""``reconcile``: hold a list exported from the tax authority against the ledger."""

from __future__ import annotations

import datetime as dt
import getpass
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from intake.logs import one_line


def reconcile(
    file: Annotated[Path, typer.Argument(metavar="LIST.xlsx", help="The untouched export (XLSX, XLS or CSV).")],
    first_day: Annotated[
        dt.datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of issue that it asked for.")
    ] = None,
    last_day: Annotated[
        dt.datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day of issue that it asked for.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The result as one JSON object.")] = False,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="OUT.xlsx", help="Also write it here.")] = None,
) -> None:
    """Say what is on the list and not here, here and not on the list, and what differs.

    Exit code 0: nothing asks for anybody; 1: something does, or the list was refused; 3: the work could not be done.
    """
    from intake.desk.reconciliation.history import run_view
    from intake.desk.reconciliation.sheet import write_workbook
    from intake.settings import Settings
    from intake.wiring import build_services
    from models.sight import EVERYTHING

    if (first_day is None) != (last_day is None):
        raise typer.BadParameter("--from and --to go together")
    services = build_services(Settings())
    try:
        told = run_view(services, _run(services, file, first_day, last_day), EVERYTHING)
        if xlsx:
            write_workbook(services, told["id"], EVERYTHING, xlsx)
    except OSError as trouble:
        said = one_line(f"{trouble.filename or file}: {trouble.strerror or trouble}")
        Console(stderr=True).print(said, style="red", markup=False)
        raise typer.Exit(3) from trouble
    typer.echo(json.dumps(told, ensure_ascii=False)) if as_json else _show(told)
    asking = {"suggested", "different", "only_listed", "only_here"}
    raise typer.Exit(any(one["count"] for one in told["buckets"] if one["bucket"] in asking) or told["refused"] > 0)


def _run(services: Any, file: Path, first_day: dt.datetime | None, last_day: dt.datetime | None) -> str:
    from intake.check.catalogue import remedy, rules, sentence
    from intake.desk.reconciliation.loading import BadPeriod, BeingLoaded, Period
    from intake.desk.reconciliation.run import reconcile
    from intake.errors import UnreadableInput
    from models.finding import Finding

    period = None
    if first_day and last_day:
        period = Period(first_day.date().isoformat(), last_day.date().isoformat())
    actor = f"{getpass.getuser()} (command line)"
    try:
        return reconcile(services, file, filename=file.name, actor=actor, period=period)
    except UnreadableInput as trouble:
        finding = Finding(trouble.rule, rules()[trouble.rule].severity, params=trouble.params)
        said = f"{trouble.rule}: {sentence(finding, 'zh')}{remedy(finding, 'zh')}\n{sentence(finding, 'en')} "
        Console(stderr=True).print(f"[red]{said}{remedy(finding, 'en')}[/red]", highlight=False)
    except BadPeriod:
        Console(stderr=True).print("[red]the list holds invoices of other days than --from and --to say[/red]")
    except BeingLoaded:
        Console(stderr=True).print("[red]this list is being loaded by somebody else at this moment[/red]")
    raise typer.Exit(1)


def _show(told: dict[str, Any]) -> None:
    days = f"{told['first_day']} – {told['last_day']}"
    typer.echo(f"{told['filename']}: {told['form_zh']}, {told['direction_zh']}, {days}")
    typer.echo(f"{told['rows']} invoices taken, {told['refused']} rows refused")
    for row in told["refused_rows"]:
        typer.echo(f"  {row['sheet']} {row['line']}: {row['rule']} {row['params'].get('value', '')}")
    for one in told["buckets"]:
        typer.echo(f"{one['zh']} {one['en']}: {one['count']}  (list {one['listed']}, ledger {one['entered']})")
        for reason in one["reasons"]:
            typer.echo(f"  {reason['count']}  {reason['reason']}  {reason['zh']} / {reason['en']}")
