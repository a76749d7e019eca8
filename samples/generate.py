"""``python -m samples.generate``: draw sample invoices, each with its truth beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from models.kinds import Kind
from samples.canvas_ofd import packed
from samples.canvas_pdf import FontMissing
from samples.faults import FAULTS
from samples.forms import ENDINGS, in_form, other_picture, pdf_of, ticket_in_form
from samples.invoice import draw_invoice
from samples.not_invoices import OTHERS
from samples.plan import FIXED, Sample, drawn_by_chance
from samples.tickets import ELECTRONIC, TICKETS
from samples.truth import not_an_invoice, truth_of

SET = Path(__file__).parent / "set"
File = tuple[str, bytes, dict[str, Any]]


def generate(
    out: Annotated[Path, typer.Option(help="Where to put files and truths.")] = SET,
    seed: Annotated[int, typer.Option(help="Another seed draws other invoices.")] = 1,
    count: Annotated[int, typer.Option(help="How many to draw; 0 draws the fixed set.")] = 0,
    fixed: Annotated[bool, typer.Option("--fixed", help="Draw the set that the repository carries.")] = False,
) -> None:
    """Draw sample invoices with their truths."""
    try:
        files = [*fixed_set()] if fixed or not count else [*draw(drawn_by_chance(seed, count))]
    except FontMissing as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(3) from trouble
    out.mkdir(parents=True, exist_ok=True)
    for name, content, truth in files:
        (out / name).write_bytes(content)
        (out / f"{name}.json").write_text(written(truth), "utf-8")
    typer.echo(f"{len(files)} samples in {out}")


def written(truth: dict[str, Any]) -> str:
    """A truth as text."""
    return json.dumps(truth, ensure_ascii=False, indent=1) + "\n"


def fixed_set() -> Iterator[File]:
    """The committed set: name, content and truth of each file."""
    yield from draw(FIXED)
    yield _archive("two-in-a-zip.zip", 150, 151)
    yield _other("fault-empty.pdf", b"", "reject", "FILE-EMPTY")
    yield _other("fault-text.pdf", "发票明天补交\n".encode(), "reject", "FILE-TYPE")
    for place, name in enumerate(OTHERS):
        rule = "TYPE-TITLE-CARD" if name == "title-card" else "TYPE-NOT-INVOICE"
        yield _other(f"other-{name}.png", other_picture(name, 400 + place), "reject", rule)
    for place, name in enumerate(TICKETS):
        yield ticket_file(name, 300 + place, "pdf" if name in ELECTRONIC else "photo")


def draw(samples: Iterable[Sample]) -> Iterator[File]:
    """Draw samples: name, content and truth of each."""
    for sample in samples:
        drawn = draw_invoice(sample.seed, sample.kind, sample.lines, buyer=sample.buyer, exempt=sample.exempt)
        verdict, rules = sample.verdict, list(sample.rules)
        if sample.fault:
            fault = FAULTS[sample.fault]
            drawn, verdict, rules = fault.change(drawn), fault.verdict, [fault.rule]
        name = f"{sample.name}.{ENDINGS[sample.form]}"
        truth = {**truth_of(drawn), "file": name, "expect": {"verdict": verdict, "rules": rules}}
        yield name, in_form(drawn, sample.form, sample.seed), truth


def ticket_file(name: str, seed: int, form: str) -> File:
    """Draw one ticket: name, content and truth."""
    ticket = TICKETS[name](seed)
    expect: dict[str, Any] = {"verdict": "accept" if form == "pdf" else "any", "rules": []}
    file = f"ticket-{name}.{ENDINGS[form]}"
    truth: dict[str, Any] = {"kind": ticket.kind.value, **ticket.fields, "items": [], "file": file, "expect": expect}
    return file, ticket_in_form(ticket, form, seed), truth


def _archive(name: str, *seeds: int) -> File:
    members = [draw_invoice(seed, Kind.DIGITAL_NORMAL, 1) for seed in seeds]
    content = packed({f"{drawn.number}.pdf": pdf_of(drawn) for drawn in members})
    expect = {"verdict": "accept", "rules": []}
    return name, content, {"invoices": [truth_of(drawn) for drawn in members], "file": name, "expect": expect}


def _other(name: str, content: bytes, verdict: str, rule: str) -> File:
    return name, content, {**not_an_invoice(), "file": name, "expect": {"verdict": verdict, "rules": [rule]}}


if __name__ == "__main__":
    typer.run(generate)
