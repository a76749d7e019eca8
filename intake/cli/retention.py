"""``retention``: what would be deleted as its time is over, and its deletion."""

from __future__ import annotations

import time
from typing import Annotated

import typer

USAGE, COULD_NOT_WORK = 2, 3


def retention(
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Delete the files; otherwise only tell which.")
    ] = False,
) -> None:
    """Tell which files are past their time, or delete them. Rows, events and held files stay.

    Exit code 2: SHOUPIAO_RETENTION is off, so nothing may be deleted; 3: it could not be done.
    """
    import sqlalchemy as sa

    from intake.desk.retention import delete_due, due
    from intake.errors import CouldNotWork
    from intake.settings import Settings
    from intake.wiring import build_services
    from models.clock import day_of
    from models.retention import KEPT_WORDS

    settings, now, count = Settings(), time.time(), 0
    if apply and not settings.retention:
        typer.echo(
            "删除未开启，请设置 SHOUPIAO_RETENTION=true。Deletion is off; set SHOUPIAO_RETENTION=true.", err=True
        )
        raise typer.Exit(USAGE)
    try:
        services = build_services(settings)
        for one in delete_due(services, now) if apply else due(services, now):
            count += 1
            zh, en = KEPT_WORDS[one.kept]
            typer.echo(f"{one.sha256}  {zh} {en}  {day_of(one.until)}  {' '.join(one.documents)}")
    except (CouldNotWork, sa.exc.DBAPIError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(COULD_NOT_WORK) from trouble
    typer.echo(f"{'deleted' if apply else 'would delete'}: {count}")
