"""What the benchmarks of a large ledger share: their options, and fresh databases."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from samples.running import ROOT
from tools.postgres import Cluster

#: As an operator would set up a server with 4 GB for it; the default of 128 MB does not hold the indexes.
POSTGRES = ("shared_buffers=1GB", "effective_cache_size=3GB", "random_page_cost=1.1", "work_mem=32MB")
BOTH = ("sqlite", "postgresql")


def options(about: str | None, page: Path, *, entries: int) -> argparse.ArgumentParser:
    """The options of all: how many entries, which databases (none named: both), whether to keep the page."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--entries", type=int, default=entries)
    parser.add_argument("--database", choices=BOTH, action="append")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {page.relative_to(ROOT)}")
    return parser


@contextmanager
def databases(folder: Path, wanted: Iterable[str]) -> Iterator[dict[str, str]]:
    """The addresses of fresh databases, by name."""
    known = {"sqlite": f"sqlite:///{folder / 'ledger.db'}"} if "sqlite" in wanted else {}
    if "postgresql" not in wanted:
        yield known
        return
    cluster = Cluster(*POSTGRES)
    try:
        yield {**known, "postgresql": cluster.new_database()}
    finally:
        cluster.throw_away()
