"""``python -m tools.fuzz``: damage good and hostile files, read each in its child, and hold the reader to its promise.

A reading ends in a result, in a refusal with a rule, or by its bounds. Anything else is an escape: an exception that
nobody meant, an answer that no database can store, a folder left behind. The command then fails and names the number of
the file, which together with the seed makes it again: ``--seed 7 --only 1234 --keep FILE``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from structlog.testing import capture_logs

from intake.bounded import read_bounded
from intake.errors import CouldNotWork, LimitExceeded
from intake.read.engine import OcrEngine
from intake.settings import Settings
from intake.source import Picture
from intake.wiring import build_engine
from models.finding import Severity, Verdict
from models.outcome import Outcome
from models.reading import Word
from models.serial import outcome_to
from tools.fuzz.mutate import mutate

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "fuzz.md"
_FOLDERS = (ROOT / "samples" / "set", *(ROOT.parent / "shared" / "corpus" / name for name in ("invoices", "hostile")))
_SECONDS, _PATIENCE, _LARGEST = 30.0, 240.0, 4 * 2**20
_TODAY = dt.date(2026, 11, 25)


@dataclass(frozen=True, slots=True)
class Ending:
    """How the reading of one file ended; ``escape`` is what must not happen, "" otherwise."""

    number: int
    base: str
    how: str
    seconds: float
    escape: str = ""


class Blind:
    """An engine that sees no words. Everything before it works as ever: opening, drawing, straightening, QR codes."""

    name, version = "blind", "1"

    def turns(self, picture: Picture) -> int:
        return 0

    def read(self, picture: Picture) -> tuple[Word, ...]:
        return ()


class Fuzzer:
    """Makes file after file from a seed and reads each."""

    def __init__(self, seed: int, engine: OcrEngine | None, bases: Sequence[Path]) -> None:
        self._seed, self._engine = seed, engine
        self._bases = [(path.name, path.read_bytes()) for path in bases]
        self._contents = [content for _, content in self._bases]

    def made(self, number: int) -> tuple[str, bytes]:
        """The name of the file that was damaged, and what became of it."""
        random = Random(f"{self._seed}/{number}")  # noqa: S311 - damage, not a secret
        name, content = random.choice(self._bases)
        return name, mutate(random, content, self._contents)

    def read(self, number: int) -> Ending:
        """Make and read one file."""
        name, content = self.made(number)
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="shoupiao-fuzz-") as folder:
            tempfile.tempdir = folder
            path = Path(folder) / f"file{Path(name).suffix}"
            path.write_bytes(content)
            how, escape = self._ending(path)
            left = [entry.name for entry in Path(folder).iterdir() if entry != path and entry.suffix != ".webp"]
            tempfile.tempdir = None
        escape = escape or (f"left behind: {left}" if left else "")
        return Ending(number, name, how, time.monotonic() - start, escape)

    def _ending(self, path: Path) -> tuple[str, str]:
        with capture_logs() as lines:
            try:
                outcome = read_bounded(
                    path, self._engine, scratch=path.parent, today=_TODAY, keep_pictures=True,
                    seconds=_SECONDS, patience=_PATIENCE,
                )  # fmt: skip
            except LimitExceeded:
                return "time-out", ""
            except CouldNotWork as trouble:
                return "escape", str(trouble)
            except Exception as trouble:  # noqa: BLE001 - whatever comes out of a reading is what we look for
                return "escape", f"in the parent: {trouble!r}"
        ended = next((line["code"] for line in lines if line["event"] == "reader_ended"), None)
        return _named(outcome, ended), _unstorable(outcome)


def _named(outcome: Outcome, ended: int | None) -> str:
    if ended is not None:
        return "time-out or memory" if ended == -9 else f"the reader died, code {ended}"
    if outcome.invoices or outcome.verdict is not Verdict.REJECT:
        return f"result: {outcome.verdict.value}"
    return f"refused: {next(one.rule for one in outcome.findings if one.severity is Severity.REJECT)}"


def _unstorable(outcome: Outcome) -> str:
    """PostgreSQL takes no NUL in a text."""
    return "a NUL in the answer" if "\\x00" in repr(outcome_to(outcome)) else ""


_fuzzer: Fuzzer | None = None


def _read(number: int) -> Ending:
    if _fuzzer is None:
        raise RuntimeError("forked before there was a fuzzer")
    return _fuzzer.read(number)


def _endings(numbers: Sequence[int], processes: int) -> Iterator[Ending]:
    """Read in forked processes, which have the engine from us."""
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield from pool.imap_unordered(_read, numbers)


def _recorded(record: Path | None) -> list[Ending]:
    """What a run told before it was cut off."""
    if record is None or not record.exists():
        return []
    return [Ending(**json.loads(line)) for line in record.read_text("utf-8").splitlines()]


def _note(record: Path | None, ending: Ending) -> None:
    if record is not None:
        with record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(ending), ensure_ascii=False) + "\n")


def _table(endings: Sequence[Ending], seed: int) -> list[str]:
    forms = sorted({Path(one.base).suffix.lstrip(".").lower() for one in endings})
    counts = Counter((one.how, Path(one.base).suffix.lstrip(".").lower()) for one in endings)
    rows = [f"| how it ended | all | {' | '.join(forms)} |", f"|---|{'--:|' * (len(forms) + 1)}"]
    for how in sorted({one.how for one in endings}):
        cells = [counts[how, form] for form in forms]
        rows.append(f"| {how} | {sum(cells)} | {' | '.join(str(cell or '') for cell in cells)} |")
    slowest = max(endings, key=lambda one: one.seconds)
    escapes = sum(bool(one.escape) for one in endings)
    return [
        *rows,
        "",
        f"{len(endings)} files, seed {seed}, {escapes} escapes. Slowest: number {slowest.number}, "
        f"{slowest.seconds:.1f} s.",
    ]


def _write(table: Sequence[str], bases: int, *, blind: bool) -> None:
    head = [
        "# Damaged files", "",
        "Written by `make fuzz WRITE=1`; not edited by hand. Files are damaged by a seeded mutator (`tools/fuzz`)",
        f"and read as a worker reads, {'without' if blind else 'with'} OCR, each in its own child. A column is how the",
        "name of that file ends. A result was judged by the rules, a refusal names its rule. Where time or memory",
        "ended the child, or it died, a person sees FILE-LIMIT.",
        f"This run started from {bases} good and hostile files.", "",
    ]  # fmt: skip
    PAGE.write_text("\n".join([*head, *table, ""]), encoding="utf-8")


def main() -> int:
    """Damage, read, judge."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--record", type=Path, help="note endings here, to go on where a run was cut off")
    parser.add_argument("--blind", action="store_true", help="without OCR, several times as fast")
    parser.add_argument("--only", type=int, help="read this one file again and show what became of it")
    parser.add_argument("--keep", type=Path, help="with --only: keep the file here")
    parser.add_argument("--write", action="store_true", help="write docs/fuzz.md")
    asked = parser.parse_args()
    os.environ["SHOUPIAO_DEBUG"] = "1"
    bases = [
        path for folder in _FOLDERS if folder.is_dir() for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in {".json", ".md", ".tsv"} and path.stat().st_size <= _LARGEST
    ]  # fmt: skip
    global _fuzzer
    _fuzzer = Fuzzer(asked.seed, Blind() if asked.blind else build_engine(Settings()), bases)
    if asked.only is not None:
        return _again(_fuzzer, asked.only, asked.keep)
    endings = _recorded(asked.record)
    left = sorted(set(range(asked.count)) - {ending.number for ending in endings})
    for ending in _endings(left, asked.processes):
        endings.append(ending)
        _note(asked.record, ending)
        if ending.escape:
            print(f"ESCAPE --seed {asked.seed} --only {ending.number} ({ending.base})\n{ending.escape}", flush=True)
        if len(endings) % 100 == 0:
            print(f"{len(endings)} of {asked.count}", file=sys.stderr, flush=True)
    table = _table(endings, asked.seed)
    print("\n".join(table))
    if asked.write:
        _write(table, len(bases), blind=asked.blind)
    return 1 if any(one.escape for one in endings) else 0


def _again(fuzzer: Fuzzer, number: int, keep: Path | None) -> int:
    name, content = fuzzer.made(number)
    if keep:
        keep.write_bytes(content)
    ending = fuzzer.read(number)
    print(f"{name}, {len(content)} bytes: {ending.how} in {ending.seconds:.1f} s\n{ending.escape}")
    return 1 if ending.escape else 0


if __name__ == "__main__":
    sys.exit(main())
