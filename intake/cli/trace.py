"""``trace``: where is my invoice? One question, one answer."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console


def trace(
    words: Annotated[list[str], typer.Argument(metavar="WORDS…", help="A number or part of it, 北京 3280 上周, …")],
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="The whole answer as JSON.")] = False,
) -> None:
    """Say where an invoice is, why, and what to do. Exit code 0 when it is registered as asked, 1 when not."""
    from intake.desk.trace.ask import NothingAsked
    from intake.desk.trace.ask import trace as ask
    from intake.settings import Settings
    from intake.wiring import build_services
    from models.sight import EVERYTHING

    try:
        answer = ask(build_services(Settings()), " ".join(words), EVERYTHING)
    except NothingAsked as trouble:
        told = "nothing to look for: give a number, a name, an amount, a day or a region"
        Console(stderr=True).print(f"[red]{told}[/red]")
        raise typer.Exit(2) from trouble
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _show(answer, "en" if language == "en" else "zh")
    raise typer.Exit(answer["code"] != "REGISTERED")


def _show(answer: dict[str, Any], language: str) -> None:
    console = Console(highlight=False, markup=False)
    console.print(f"{answer[f'word_{language}']}  ({answer['code']})", style="bold")
    console.print(answer[f"reason_{language}"])
    for one in answer["also"]:
        console.print(f"+ {one[language]}")
    console.print(f"→ {answer[f'next_{language}']} ({answer[f'who_{language}']})")
    if answer["next_check"]:
        console.print(f"⟳ {answer['next_check'][language]}")
    for one in answer["timeline"]:
        at = datetime.fromtimestamp(one["at"], ZoneInfo("Asia/Shanghai"))
        console.print(f"  {at:%Y-%m-%d %H:%M} {one[language]} {one['actor'] or ''}".rstrip())
    for one in answer["looked_at"]:
        console.print(f"· {one[language]}", style="dim")
    for one in answer["others"]:
        named = (one["invoice_number"] or one["filename"], one["seller_name"], one["total"], one[f"state_{language}"])
        console.print(f"? {' · '.join(text for text in named if text)}", style="dim")
