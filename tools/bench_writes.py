"""Measure the way into the ledger without reading: ``python -m tools.bench_writes [--documents N] [--write]``.

Every document is received, claimed and settled as workers do it, with one reading that was made before under ever new
numbers, by several processes at once. What remains is the database, the files, and the lock by which one event follows
the other: the one thing that more hosts do not widen (docs/scaling.md).
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from intake.bounded import read_bounded
from intake.desk.receive import open_submission, receive
from intake.desk.settle import begin, settle
from intake.redis_server import start_redis
from intake.settings import Settings
from intake.wiring import build_services, open_services
from models.outcome import Outcome
from samples.running import ROOT
from tools.large_ledger import BOTH, databases
from tools.measured import grow, written_by

PAGE = ROOT / "docs" / "performance-writes.md"
_TOGETHER = (1, 2, 4, 8)


def _write(settings: Settings, outcome: Outcome, documents: int, first: int) -> None:
    """Bring so many documents into the ledger, one after the other."""
    services = open_services(settings)
    for serial in range(first, first + documents):
        submission = open_submission(services, sender="bench", door="app", client_key=f"bench:{serial}")
        receipt = receive(
            services, [uuid.uuid4().bytes], filename=f"{serial}.xml", submission_id=submission, sender="bench",
            express=True,
        )  # fmt: skip
        claim = begin(services, receipt.document_id)
        if claim is None or not settle(services, claim, _under_number(outcome, serial)):
            raise AssertionError("a document was not settled")
    services.database.dispose()


def _under_number(outcome: Outcome, serial: int) -> Outcome:
    (invoice,) = outcome.invoices
    number = invoice.fields["invoice_number"]
    other = {**invoice.fields, "invoice_number": dataclasses.replace(number, value=f"26112{serial:015d}")}
    return dataclasses.replace(outcome, invoices=(dataclasses.replace(invoice, fields=other),))


def rates(settings: Settings, documents: int) -> Iterator[str]:
    """Lines of the table for one database, with ever more processes."""
    build_services(settings).database.dispose()
    with tempfile.TemporaryDirectory(prefix="shoupiao-bench-") as scratch:
        path = ROOT / "samples" / "set" / "digital-normal.xml"
        outcome = read_bounded(path, None, scratch=Path(scratch), today=dt.datetime.now(dt.UTC).date())
    first = 0
    for together in _TOGETHER:
        each = documents // together
        with ProcessPoolExecutor(together, mp_context=get_context("forkserver")) as pool:
            list(pool.map(time.sleep, [0.2] * together))  # all of them have started
            start = time.perf_counter()
            work = partial(_write, settings, outcome, each)
            list(pool.map(work, range(first, first + together * each, each)))
            took = time.perf_counter() - start
        first += together * each
        yield f"| {together} | {together * each / took:.0f} | {took / each * 1000:.0f} |"


def report(documents: int) -> Iterator[str]:
    """The page, line by line as it is measured."""
    yield "# The way into the ledger"
    yield ""
    what = f"{documents} documents received, claimed and settled by so many processes, without reading them"
    yield written_by("bench-writes", f"{what}; database and files on the same disk")
    with tempfile.TemporaryDirectory(prefix="shoupiao-bench-") as place, databases(Path(place), BOTH) as known:
        queue, redis = start_redis(Path(place) / "redis")
        for name, address in known.items():
            yield from ("", f"## {name}", "")
            yield from ("| processes | documents a second | ms a document, each |", "|---|---|---|")
            yield from rates(Settings(var=Path(place) / name, redis_url=queue, database_url=address), documents)
        redis.terminate()


def main() -> None:
    """Print the page as it grows, and keep it when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=800, help="documents of one measurement")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {PAGE.relative_to(ROOT)}")
    asked = parser.parse_args()
    grow(report(asked.documents), PAGE if asked.write else None)


if __name__ == "__main__":
    main()
