"""Measure this machine: ``python -m tools.bench [--write]``. Medians and ratios, no pass or fail.

Reading is measured as a worker does it: engine loaded once, each document in its own bounded child. Accepting is
measured from outside, with files of 1 MB that the service has not seen before.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import httpx

from intake.bounded import read_bounded
from intake.read.engine import OcrEngine
from intake.settings import Settings
from intake.wiring import build_engine
from models.outcome import Format
from samples.demo import SET, read_set
from samples.running import ROOT, Running, running_service
from tools.measured import written_by

PAGE = ROOT / "docs" / "performance.md"
REPEATS = 3
UPLOADS = 50
MEGABYTE = 1 << 20
#: Formats that people think of as one.
GROUPS = {Format.PDF: "pdf", Format.OFD: "ofd", Format.XML: "xml", Format.ZIP: "zip"}
STAGES = ("source", "read", "extract", "check", "second look")


@dataclass(frozen=True, slots=True)
class Run:
    """One reading of one file: wall time around the child, and time by stage inside it (milliseconds)."""

    wall: float
    stages: dict[str, float]


def measure_reading(files: Iterable[Path], engine: OcrEngine) -> dict[str, list[Run]]:
    """Read every file ``REPEATS`` times; the runs are grouped by format."""
    runs: dict[str, list[Run]] = defaultdict(list)
    today = dt.date.today()
    with tempfile.TemporaryDirectory(prefix="shoupiao-bench-") as scratch:
        for file in files:
            for _ in range(REPEATS):
                start = time.perf_counter()
                outcome = read_bounded(file, engine, scratch=Path(scratch), today=today, keep_pictures=True)
                wall = (time.perf_counter() - start) * 1000
                runs[GROUPS.get(outcome.format, "picture")].append(Run(wall, dict(outcome.timings_ms)))
    return runs


def measure_accepting(service: Running) -> list[float]:
    """Send fresh files of 1 MB, one after the other; give the milliseconds to each answer."""
    times = []
    with httpx.Client(base_url=service.address, headers=service.headers, timeout=30) as client:
        for number in range(UPLOADS):
            # Not an invoice: the worker refuses it at once, so that reading does not compete with accepting.
            content = b"%bench\n" + os.urandom(MEGABYTE - 7)
            start = time.perf_counter()
            client.put(f"/api/v1/submissions/bench-{number}/{number}.bin", content=content).raise_for_status()
            times.append((time.perf_counter() - start) * 1000)
    return times


def reading_table(runs: dict[str, list[Run]]) -> list[str]:
    """One line a format: medians, stages, and how much it costs beside the cheapest."""
    walls = {group: statistics.median(run.wall for run in group_runs) for group, group_runs in runs.items()}
    cheapest = min(walls.values())
    lines = [
        f"| format | runs | median ms | × cheapest | slowest ms | {' | '.join(STAGES)} |",
        f"|---|---|---|---|---|{'---|' * len(STAGES)}",
    ]
    for group, wall in sorted(walls.items(), key=lambda pair: pair[1]):
        stages = [statistics.median(run.stages.get(stage, 0.0) for run in runs[group]) for stage in STAGES]
        slowest = max(run.wall for run in runs[group])
        cells = [group, str(len(runs[group])), f"{wall:.0f}", f"{wall / cheapest:.1f}", f"{slowest:.0f}"]
        lines.append(f"| {' | '.join([*cells, *(f'{stage:.0f}' for stage in stages)])} |")
    return lines


def report() -> str:
    """Measure everything and give the page."""
    began = written_by("bench", "sample invoices")
    start = time.perf_counter()
    engine = build_engine(Settings())
    loading = time.perf_counter() - start
    runs = measure_reading([sample.path for sample in read_set(SET)], engine)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    with tempfile.TemporaryDirectory(prefix="shoupiao-bench-") as folder, running_service(Path(folder)) as service:
        accepting = measure_accepting(service)
    lines = [
        "# Performance",
        "",
        f"{began} Warm engine, one thread, each document in its own child; stages in milliseconds.",
        "",
        "Measured as well: [pictures, beside other engines](performance-peers.md), [more than can be read at once]"
        "(performance-load.md), [how much one ledger takes in](performance-writes.md), [every page]"
        "(performance-pages.md), [a million entries searched](performance-ledger.md) and [a list held against them]"
        "(performance-reconcile.md).",
        "",
        *reading_table(runs),
        "",
        "| | |",
        "|---|---|",
        f"| loading the engine | {loading:.1f} s |",
        f"| largest reading child | {largest:.0f} MB |",
        f"| accepting 1 MB, median of {UPLOADS} | {statistics.median(accepting):.0f} ms |",
        f"| accepting 1 MB, slowest | {max(accepting):.0f} ms |",
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Print the page, and keep it when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"keep the table in {PAGE.relative_to(ROOT)}")
    arguments = parser.parse_args()
    page = report()
    print(page)
    if arguments.write:
        PAGE.write_text(page, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
