"""``export``: a selection of the ledger as a file."""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

import typer

USAGE, COULD_NOT_WORK = 2, 3


def export(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS…", help="As in the box of the ledger: 北京 3280, 卖方:范例 …")
    ] = None,
    xlsx: Annotated[Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write a workbook.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write CSV.")] = None,
    columns: Annotated[str, typer.Option(help="Names of columns, with commas.")] = "",
    sort: Annotated[str, typer.Option(help="registered, issued or total; with - the greatest first.")] = "-registered",
    language: Annotated[Literal["zh", "en"], typer.Option(help="Of heads and words.")] = "zh",
) -> None:
    """Write the selected entries to a file; without one, a JSON object a line. An event of the ledger tells of it.

    Exit code 2: the selection is not understood; 3: it could not be written.
    """
    import sqlalchemy as sa

    target = xlsx or csv
    form = "xlsx" if xlsx else "csv" if csv else "jsonl"
    pieces = _pieces(" ".join(words or []), form, columns, sort, language)
    try:
        with target.open("wb") if target else nullcontext(typer.get_binary_stream("stdout")) as out:
            for piece in pieces:
                out.write(piece)
    except (sa.exc.OperationalError, OSError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(COULD_NOT_WORK) from trouble


def _pieces(words: str, form: str, columns: str, sort: str, language: Literal["zh", "en"]) -> Iterator[bytes]:
    from intake.desk.export import Wish, export
    from intake.desk.export_forms import Form, Layout
    from intake.desk.search import Order
    from intake.settings import Settings
    from intake.wiring import build_services
    from models.clock import day_of
    from models.columns import BadColumn, chosen
    from models.query import BadFilter, parse_query
    from models.sight import EVERYTHING

    try:
        query = parse_query({"q": words}, day_of(time.time()))
        layout, order = Layout(chosen(columns.split(",")), language), Order(sort)
    except (BadFilter, BadColumn, ValueError) as trouble:
        typer.echo(f"not understood: {trouble}", err=True)
        raise typer.Exit(USAGE) from trouble
    wish = Wish(query, {"q": words}, order, layout, Form(form))
    return export(build_services(Settings()), EVERYTHING, wish, actor=f"{getpass.getuser()} (command line)")
