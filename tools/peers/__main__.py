"""Measure ours beside others: ``python -m tools.peers [--pages N] [--write]``.

Every engine reads the same pages, one after the other in one run. What counts is the processor's time: held to one
core, onnxruntime puts its threads on the others all the same. RapidOCR is installed into an environment of its own that
is thrown away; Tesseract comes from Debian.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import unicodedata
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from intake.read.ocr import laid_out
from samples.running import ROOT
from tools.measured import grow, written_by
from tools.peers.pages import draw_pages

PAGE = ROOT / "docs" / "performance-peers.md"
_HERE = Path(__file__).parent
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Reading:
    """How many seconds of the processor an engine took for each page, and what it read."""

    seconds: Mapping[str, float]
    texts: Mapping[str, str]

    def errors(self, printed: Mapping[str, Sequence[str]]) -> tuple[float, float]:
        """The share of printed characters that are wrong, and the share of values that are not there whole."""
        wrong = characters = broken = values = 0
        for page, expected in printed.items():
            text = _plain(self.texts[page])
            for value in map(_plain, expected):
                missed = _distance(value, text)
                wrong, characters = wrong + missed, characters + len(value)
                broken, values = broken + (missed > 0), values + 1
        return wrong / characters, broken / values


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("¥", "").replace(",", "")


def _distance(value: str, text: str) -> int:
    """How many characters must change until a value stands somewhere in a text."""
    if value in text:
        return 0
    found = fuzz.partial_ratio_alignment(value, text)
    near = text[found.dest_start : found.dest_end] if found else ""
    return min(len(value), Levenshtein.distance(value, near))


def read_by(command: Sequence[str]) -> Reading:
    """Let an engine read, with nothing beside it."""
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **_ONE_THREAD}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    told = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    return Reading({one["page"]: one["seconds"] for one in told}, {one["page"]: one["text"] for one in told})


def engines(folder: Path, environment: Path) -> Iterator[tuple[str, Sequence[str]]]:
    """Ours first, then the others, each with its command."""
    models = environment.with_name("models")
    for part in ("det", "rec"):
        laid_out(part, models)
    yield "ours", (sys.executable, "-m", "tools.peers.ours", str(folder))
    shipped = str(_HERE / "paddleocr_as_shipped.py")
    yield "paddleocr, its own parameters", (sys.executable, shipped, str(folder), str(models))
    venv.create(environment, with_pip=True)
    python = str(environment / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-qq", "rapidocr", "onnxruntime"], check=True)
    yield "rapidocr as shipped", (python, str(_HERE / "rapidocr_as_shipped.py"), str(folder))
    yield "tesseract, chi_sim + eng", (sys.executable, str(_HERE / "tesseract.py"), str(folder))


def report(count: int) -> Iterator[str]:
    """The page, line by line as it is measured."""
    yield "# Reading pictures, beside others"
    yield ""
    with tempfile.TemporaryDirectory(prefix="shoupiao-peers-") as place:
        pages = Path(place) / "pages"
        pages.mkdir()
        printed = draw_pages(pages, count)
        began = written_by("bench-peers", f"{len(printed)} drawn pages, half renders, half photos")
        yield (
            f"{began} Seconds are those of the processor. A value counts as whole when all its characters stand "
            "together in what was read."
        )
        yield from ("", "| engine | s a page, median | p95 | × ours | character errors | values not whole |")
        yield "|---|---|---|---|---|---|"
        first = 0.0
        for name, command in engines(pages, Path(place) / "peer"):
            found = read_by(command)
            taken = sorted(found.seconds.values())
            median = statistics.median(taken)
            first = first or median
            wrong, broken = found.errors(printed)
            p95 = statistics.quantiles(taken, n=20, method="inclusive")[-1]
            yield f"| {name} | {median:.2f} | {p95:.2f} | {median / first:.2f} | {wrong:.2%} | {broken:.1%} |"


def main() -> None:
    """Print the page as it grows, and keep it when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=5, help="pages of every kind and form")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {PAGE.relative_to(ROOT)}")
    asked = parser.parse_args()
    grow(report(asked.pages), PAGE if asked.write else None)


if __name__ == "__main__":
    main()
