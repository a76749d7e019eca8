"""Run the scenes: ``python -m tools.load [--only NAME] [--minutes 60] [--queued 50000] [--write]``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from samples.running import ROOT
from tools.load.scenes import Scale, drain, express, soak, workers
from tools.measured import shown, written_by

PAGE = ROOT / "docs" / "performance-load.md"
SCENES: dict[str, Callable[[Scale], Iterator[str]]] = {
    "workers": workers, "express": express, "soak": soak, "drain": drain,
}  # fmt: skip
_TOP = (
    "# Load",
    "",
    "A client sends what it has when it is time, however long the service takes to answer. SQLite, files, Redis and",
    "the client are on the same machine; every file is an invoice that was never sent before. What is in one table was",
    "measured in one run; how far two runs lie apart stands in [scaling.md](scaling.md).",
)


def part(name: str, scale: Scale) -> Iterator[str]:
    """A scene's part of the page, line by line as it is measured: its heading, when and where, what was found."""
    began = written_by(f"load ONLY={name}", "one machine")
    lines = SCENES[name](scale)
    yield from (next(lines), "", began)
    yield from lines


def among_the_others(lines: Sequence[str], page: str) -> str:
    """The page with a part in place of the one that it had under the same heading, or as its last."""
    parts = {told.splitlines()[0]: told.strip() for told in f"\n{page}".split("\n## ")[1:]}
    heading = lines[0].removeprefix("## ")
    parts[heading] = "\n".join((heading, *lines[1:])).strip()
    return "\n\n".join(["\n".join(_TOP), *(f"## {told}" for told in parts.values())]) + "\n"


def main() -> None:
    """Print each scene's part as it grows, and keep it when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=SCENES, action="append", help="these scenes (none named: all)")
    parser.add_argument("--files", type=int, default=120, help="files of one measurement of workers")
    parser.add_argument("--minutes", type=float, default=60, help="how long files come in the soak")
    parser.add_argument("--behind", type=int, default=10_000, help="files of the batch beside express")
    parser.add_argument("--queued", type=int, default=50_000, help="documents that wait and are drained")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {PAGE.relative_to(ROOT)}")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown_away:
        plots = PAGE.parent / "plots" if asked.write else Path(thrown_away) / "plots"
        scale = Scale(asked.files, asked.minutes, asked.behind, asked.queued, plots)
        for name in asked.only or SCENES:
            lines = list(shown(part(name, scale)))
            if asked.write:
                before = PAGE.read_text("utf-8") if PAGE.exists() else ""
                PAGE.write_text(among_the_others(lines, before), "utf-8")


if __name__ == "__main__":
    main()
