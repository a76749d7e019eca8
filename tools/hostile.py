"""Read the files that attack a reader and show what each one cost: ``python -m tools.hostile [FOLDER]``.

All files go through one ``python -m intake read --json``, as a batch would. The run fails when a file gets no answer
or is accepted, when a traceback is printed, or when a file takes longer or more memory than a worker grants it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT.parent / "shared" / "corpus" / "hostile"
SECONDS = 30.0
MEGABYTES = 1500


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of one file; ``seconds`` is the wall time from the answer before it, the first includes loading."""

    file: str
    verdict: str
    rules: str
    seconds: float
    reading_ms: float


def read_all(files: list[Path]) -> tuple[list[Answer], str, int]:
    """Read the files in one run and give the answers, what was printed as errors, and the exit code."""
    command = [sys.executable, "-m", "intake", "read", "--json", *map(str, files)]
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True) as run,
    ):
        answers = []
        before = time.perf_counter()
        for line in run.stdout or ():
            now = time.perf_counter()
            answers.append(_answer(json.loads(line), now - before))
            before = now
        code = run.wait()
        errors.seek(0)
        return answers, errors.read(), code


def _answer(row: Mapping[str, Any], seconds: float) -> Answer:
    findings = [*row["findings"], *(finding for invoice in row["invoices"] for finding in invoice["findings"])]
    rules = dict.fromkeys(finding["rule"] for finding in findings if finding["severity"] in {"reject", "review"})
    return Answer(Path(row["file"]).name, row["verdict"], " ".join(rules), seconds, row["timings_ms"]["total"])


def faults(files: list[Path], answers: list[Answer], errors: str, code: int, peak_mb: float) -> list[str]:
    """Say in one line each what a hostile file managed to do."""
    told = {answer.file for answer in answers}
    found = [f"{file.name}: no answer" for file in files if file.name not in told]
    found += [f"{answer.file}: accepted" for answer in answers if answer.verdict == "accept"]
    found += [f"{answer.file}: took {answer.seconds:.1f} s" for answer in answers[1:] if answer.seconds > SECONDS]
    if "Traceback" in errors:
        found.append("a traceback was printed:\n" + errors)
    if code != 1:
        found.append(f"exit code {code} instead of 1")
    if peak_mb > MEGABYTES:
        found.append(f"peak memory {peak_mb:.0f} MB")
    return found


def main() -> int:
    """Read, show, judge."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if not folder.is_dir():
        print("No folder with hostile files here; name one: python -m tools.hostile FOLDER")
        return 0
    files = sorted(path for path in folder.iterdir() if path.is_file())
    answers, errors, code = read_all(files)
    for answer in answers:
        print(f"{answer.file[:48]:<48} {answer.verdict:<7} {answer.seconds * 1000:>7.0f} ms  {answer.rules}")
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    slowest = max(answers[1:], key=lambda answer: answer.seconds, default=None)
    if slowest:
        print(f"\nslowest: {slowest.file} with {slowest.seconds:.1f} s; largest process: {peak_mb:.0f} MB; exit {code}")
    found = faults(files, answers, errors, code, peak_mb)
    print("\n".join(found) or f"{len(answers)} of {len(files)} files answered, none harmful")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
