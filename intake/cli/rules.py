"""``rules``: what is checked, how grave it is, where it comes from; and as the page docs/rules.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

Language = Literal["zh", "en"]


def rules(
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As a page of documentation, in both languages.")
    ] = False,
) -> None:
    """List every rule, also those that are not checked yet, and say why not."""
    if markdown:
        typer.echo("\n".join(catalogue_page()))
        return
    from intake.check import catalogue

    english = language == "en"
    table = Table("id", "severity", "checked", "message", "how to mend it" if english else "如何处理", show_lines=False)
    for rule in catalogue.rules().values():
        texts = (rule.en, rule.mend_en) if english else (rule.zh, rule.mend_zh)
        table.add_row(rule.id, rule.severity.value, rule.checked.value, *texts)
    Console().print(table)


def catalogue_page() -> Iterator[str]:
    """The lines of docs/rules.md."""
    from intake.check.catalogue import CHECKED_NOW, CHECKED_WORDS, HELPER_WORDS, KINDS_WORDS
    from intake.check.catalogue import rules as catalogue

    known = catalogue().values()
    checked = sum(rule.checked in CHECKED_NOW for rule in known)
    yield "# The rules"
    yield ""
    yield "Written by `make rules` from `intake/check/rules.toml`; `python -m intake rules` lists them on the screen."
    yield f"{len(known)} rules, of which {checked} are checked today; the others say what they wait for."
    yield ""
    yield "**reject**: sent back with the message. **review**: a person decides. **warn**: registered, and shown."
    yield "**info**: noted. A rejection that rests on recognised text first goes through a second look, and becomes a"
    yield "review unless the field is proven. A company's pack may make a rule graver, never milder."
    stage = ""
    for rule in known:
        if rule.stage != stage:
            stage = rule.stage
            yield from ("", f"## {stage}", "")
        kinds = KINDS_WORDS.get(rule.kinds, (rule.kinds, rule.kinds))
        who = HELPER_WORDS[rule.who]
        yield f"### {rule.id}"
        yield ""
        yield f"**{rule.severity.value}** · {kinds[0]} / {kinds[1]} · {CHECKED_WORDS[rule.checked][1]}"
        yield f"· since {rule.since} · {rule.source} · who can help: {who[0]} / {who[1]}"
        yield ""
        yield f"- {rule.zh}{rule.mend_zh}"
        yield f"- {rule.en} {rule.mend_en}"
        if rule.differs:
            yield f"- Differs from the rule book: {rule.differs}"
        yield ""
