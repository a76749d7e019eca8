"""Run the scenes: ``python -m tools.load [--only NAME] [--minutes 60] [--queued 50000] [--write]``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from samples.running import ROOT
from tools.load.scenes import Scale, drain, express, soak, workers
from tools.measured import grow, written_by

PAGE = ROOT / "docs" / "performance-load.md"
SCENES: dict[str, Callable[[Scale], Iterator[str]]] = {
    "workers": workers, "express": express, "soak": soak, "drain": drain,
}  # fmt: skip


def page(scale: Scale, wanted: list[str]) -> Iterator[str]:
    """The page, line by line as it is measured."""
    yield "# Load"
    yield ""
    began = written_by("load", "SQLite, files, Redis and the client on the same machine")
    yield f"{began} Every file is an invoice that was never sent before."
    for name in wanted:
        yield ""
        yield from SCENES[name](scale)


def main() -> None:
    """Print the page as it grows, and keep it when asked."""
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
        grow(page(scale, asked.only or list(SCENES)), PAGE if asked.write else None)


if __name__ == "__main__":
    main()
