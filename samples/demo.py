"""``make demo``: the service at work on the sample invoices, through all three doors."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from samples.running import ROOT, DidNotStart, Running, running_service

SET = ROOT / "samples" / "set"
#: All samples together; each takes about a second on two cores.
PATIENCE_SECONDS = 150.0
#: The states in which each verdict of the pipeline may end. ``any`` stands beside photos, which may need a person, and
#: beside a second file of an invoice that is in the ledger already.
STATES_OF = {
    "accept": ("registered",),
    "review": ("in_review",),
    "reject": ("rejected",),
    "any": ("registered", "in_review", "duplicate"),
}
#: How people call the states, for the table.
WORDS = {
    "registered": "已入账",
    "in_review": "待复核",
    "rejected": "已退回",
    "duplicate": "重复",
    "failed": "处理失败",
}
#: The folder that stands for a scanner's.
WATCHED = "watched"
#: The folders into which the watcher sorts.
FOLDER_OF = {"registered": "registered", "in_review": "review", "rejected": "rejected", "duplicate": "duplicate"}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample file and the states it may end in."""

    path: Path
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How a sample ended."""

    sample: Sample
    door: str
    state: str
    number: str = ""
    total: str = ""
    reason: str = ""

    @property
    def as_expected(self) -> bool:
        return self.state in self.sample.expected


def demo(once: Annotated[bool, typer.Option("--once", help="End when every sample has its outcome.")] = False) -> None:
    """Start the service, send the samples in through all doors, show how each one ends."""
    console = Console()
    folder = Path(tempfile.mkdtemp(prefix="shoupiao-demo-"))
    try:
        console.print("Starting the service …")
        with running_service(folder, folder / WATCHED) as service:
            results = _feed(service, folder, console)
            _show(results, console)
            if not once:
                console.print(f"\nThe pages are open at [bold]{service.address}[/bold]. Ctrl-C ends the demo.")
                console.print(f"Sign in as [bold]{service.name}[/bold] with [bold]{service.password}[/bold].")
                _wait_for_interrupt()
    except DidNotStart as trouble:
        console.print(f"The service did not start:\n{trouble}", style="red", markup=False)
        raise typer.Exit(3) from trouble
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    raise typer.Exit(0 if all(result.as_expected for result in results) else 1)


def read_set(folder: Path) -> list[Sample]:
    """The samples of a folder with what their truth expects of each."""
    samples = []
    for truth_file in sorted(folder.rglob("*.json")):
        truth = json.loads(truth_file.read_text("utf-8"))
        samples.append(Sample(truth_file.parent / truth["file"], STATES_OF[truth["expect"]["verdict"]]))
    return samples


def _feed(service: Running, folder: Path, console: Console) -> list[Result]:
    samples = read_set(SET)
    doors = (_by_form, _by_command, _by_folder)
    shares = [samples[start :: len(doors)] for start in range(len(doors))]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    results: list[Result] = []
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("samples", total=len(samples))
        for door, share in zip(doors, shares, strict=True):
            for result in door(service, folder, share):
                results.append(result)
                bar.advance(task)
    return results


def _by_form(service: Running, folder: Path, samples: list[Sample]) -> Iterator[Result]:
    """Door 1: a form with many files, as the web page and most programs send it."""
    files = [("files", (sample.path.name, sample.path.read_bytes())) for sample in samples]
    address = f"{service.address}/api/v1/submissions"
    accepted = httpx.post(address, files=files, headers=service.headers, timeout=60).raise_for_status().json()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for sample, document in zip(samples, accepted["documents"], strict=True):
        yield _result(sample, "form", _settled(service, document["document_id"], deadline))


def _by_command(service: Running, folder: Path, samples: list[Sample]) -> Iterator[Result]:
    """Door 2: ``submit``, which streams each file with PUT and waits for its outcome."""
    command = [sys.executable, "-m", "intake", "submit", "--json", "--url", service.address]
    run = subprocess.run(
        [*command, *(str(sample.path) for sample in samples)],
        cwd=ROOT,
        env={**os.environ, "SHOUPIAO_KEY": service.key},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    views = {view["filename"]: view for view in map(json.loads, run.stdout.splitlines())}
    for sample in samples:
        yield _result(sample, "command", views.get(sample.path.name, {}))


def _by_folder(service: Running, folder: Path, samples: list[Sample]) -> Iterator[Result]:
    """Door 3: a watched folder, which sorts each file by its outcome."""
    watched = folder / WATCHED
    for sample in samples:
        shutil.copy(sample.path, watched)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for sample in samples:
        yield _sorted(service, sample, watched, deadline)


def _sorted(service: Running, sample: Sample, watched: Path, deadline: float) -> Result:
    """Wait until the watcher has put the file where it belongs; the service says what was read in it."""
    while time.monotonic() < deadline:
        for state, outcome_folder in FOLDER_OF.items():
            if (watched / outcome_folder / sample.path.name).exists():
                asked = {"file": (sample.path.name, sample.path.read_bytes())}
                address = f"{service.address}/api/v1/trace"
                told = httpx.post(address, files=asked, headers=service.headers, timeout=10)
                found = told.raise_for_status().json()
                document = found["invoice"]["document_id"]
                return _result(sample, "folder", {**_settled(service, document, deadline), "state": state})
        time.sleep(0.3)
    return _result(sample, "folder", {})


def _settled(service: Running, document: str, deadline: float) -> dict[str, Any]:
    """Ask until the document has its outcome."""
    while True:
        address = f"{service.address}/api/v1/documents/{document}"
        told: dict[str, Any] = httpx.get(address, headers=service.headers, timeout=10).raise_for_status().json()
        if told["final"] or time.monotonic() > deadline:
            return told
        time.sleep(0.3)


def _result(sample: Sample, door: str, told: Mapping[str, Any]) -> Result:
    invoice: Mapping[str, Any] = next(iter(told.get("invoices", [])), {})
    fields: Mapping[str, Any] = invoice.get("fields", {})
    values = {name: fields[name]["value"] for name in ("invoice_number", "total") if name in fields}
    reason: Mapping[str, str] = next(iter(told.get("reasons", [])), {})
    return Result(
        sample,
        door,
        told.get("state", "no answer"),
        number=values.get("invoice_number", ""),
        total=values.get("total", ""),
        reason=reason.get("zh", ""),
    )


def _show(results: list[Result], console: Console) -> None:
    table = Table("", "file", "door", "outcome", "number", "total", "reason")
    for result in results:
        mark = "[green]✓[/green]" if result.as_expected else "[red]✗[/red]"
        table.add_row(
            mark,
            result.sample.path.name,
            result.door,
            WORDS.get(result.state, result.state),
            result.number,
            result.total,
            result.reason,
        )
    console.print(table)
    for result in results:
        if not result.as_expected:
            expected = " or ".join(result.sample.expected)
            console.print(f"{result.sample.path.name}: expected {expected}, got {result.state}", style="red")
    good = sum(result.as_expected for result in results)
    console.print(f"{good} of {len(results)} samples ended as expected")


def _wait_for_interrupt() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    typer.run(demo)
