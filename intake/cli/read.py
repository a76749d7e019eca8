"""``read FILE…``: the pipeline alone, without server or database."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from intake.errors import CouldNotWork
from intake.logs import one_line
from models.clock import day_of
from models.finding import Finding, Verdict
from models.outcome import Outcome
from models.serial import outcome_to

OK, NOT_ALL_ACCEPTED, COULD_NOT_WORK = 0, 1, 3
_WORDS = {Verdict.ACCEPT: "可入账 accept", Verdict.REVIEW: "待复核 review", Verdict.REJECT: "退回 reject"}


def read(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Pictures, PDF, OFD, XML or ZIP files.")],
    policy: Annotated[Path | None, typer.Option(help="A policy pack (TOML) to judge by.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file and line.")] = False,
) -> None:
    """Read files and say what they are worth; nothing is stored.

    Exit code 0: every invoice accepted; 1: some were not; 3: a file could not be worked on.
    """
    # Late, so that --help does not wait for OpenCV and the database library.
    from intake.bounded import read_bounded
    from intake.check.policy import BadPolicy, read_policy
    from intake.settings import Settings
    from intake.wiring import build_engine

    settings = Settings()
    try:
        pack = read_policy(policy.read_text(encoding="utf-8")) if policy else None
    except (BadPolicy, OSError) as trouble:
        Console(stderr=True).print(f"[red]{policy}: {trouble}[/red]", highlight=False)
        raise typer.Exit(COULD_NOT_WORK) from trouble
    try:
        engine = build_engine(settings)
    except CouldNotWork as trouble:
        Console(stderr=True).print(f"[red]{trouble}[/red]")
        raise typer.Exit(COULD_NOT_WORK) from trouble
    today = day_of(time.time())
    code = OK
    with _progress(len(files), quiet=as_json) as advance, tempfile.TemporaryDirectory(prefix="shoupiao-") as scratch:
        for file in files:
            try:
                outcome = read_bounded(file, engine, scratch=Path(scratch), today=today, policy=pack)
            except (CouldNotWork, OSError) as trouble:
                Console(stderr=True).print(one_line(f"{file}: {trouble}"), style="red", highlight=False, markup=False)
                code = COULD_NOT_WORK
                continue
            finally:
                advance()
            _print(file, outcome, as_json)
            if outcome.verdict is not Verdict.ACCEPT and code == OK:
                code = NOT_ALL_ACCEPTED
    raise typer.Exit(code)


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Any]:
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("识别"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("read", total=total)
        yield lambda: bar.advance(task)


def _print(file: Path, outcome: Outcome, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_with_sentences(file, outcome), ensure_ascii=False))
        return
    typer.echo(f"{one_line(str(file))}: {_WORDS[outcome.verdict]}")
    for finding in outcome.findings:
        _print_finding(finding)
    for invoice in outcome.invoices:
        number, total = invoice.value("invoice_number") or "–", invoice.value("total") or "–"
        typer.echo(f"  {invoice.kind.value}  {number}  {total}  {invoice.value('seller_name') or ''}")
        for finding in invoice.findings:
            _print_finding(finding)


def _print_finding(finding: Finding) -> None:
    from intake.check.catalogue import remedy, sentence

    typer.echo(f"    {finding.severity.value:<7}{finding.rule}: {sentence(finding, 'zh')} {remedy(finding, 'zh')}")


def _with_sentences(file: Path, outcome: Outcome) -> dict[str, Any]:
    data = {"file": str(file), **outcome_to(outcome)}
    _add_sentences(data["findings"], outcome.findings)
    for invoice, written in zip(outcome.invoices, data["invoices"], strict=True):
        _add_sentences(written["findings"], invoice.findings)
    return data


def _add_sentences(written: list[dict[str, Any]], findings: tuple[Finding, ...]) -> None:
    from intake.check.catalogue import sentence

    for finding, entry in zip(findings, written, strict=True):
        entry["message_zh"] = sentence(finding, "zh")
        entry["message_en"] = sentence(finding, "en")
