"""Measure search and trace in a large ledger on both databases: ``python -m tools.bench_ledger [--write]``.

Every kind of query is asked many times, each time for something else; pages and totals are measured apart. Medians and
95th percentiles; a person waits for the page, the totals may come after it. The ledger has a file, an invoice as it was
read and mostly a row of the tax authority's lists beside every entry, all of which a trace looks through.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import sqlalchemy as sa

from intake.desk.search import Order, ledger_page, totals
from intake.desk.services import Services
from intake.desk.trace.ask import trace
from intake.settings import Settings
from intake.store.database import open_database, reading
from intake.store.tables import entries
from intake.wiring import build_services
from models.query import parse_query
from models.sight import EVERYTHING, Sight
from samples.running import ROOT
from tools.large_ledger import BOTH, POSTGRES, databases, options
from tools.made_ledger import BUYERS, fill
from tools.measured import grow, written_by

PAGE = ROOT / "docs" / "performance-ledger.md"
TODAY = dt.date(2026, 11, 24)
#: What a person waits for, at the 95th percentile: a page of a search, an answer of a trace.
PAGE_MS, TRACE_MS = 100, 200
#: Why some totals cannot be within the limit.
SUMS = (
    "Totals are exact, so every entry of the selection is read: some 50 000 are summed within the limit; on a quiet "
    "machine the million takes a fifth of a second, and 0.7 s where a word is in all of them. They are a request of "
    "their own, and the page does not wait for them."
)
CLERK = Sight("员工007", frozenset({BUYERS[0][1]}), frozenset({"部门03", "部门04"}))
ALONE = Sight("员工007")


@dataclasses.dataclass(frozen=True, slots=True)
class Sample:
    """An entry that is in the ledger, as somebody remembers it."""

    number: str
    seller: str
    total: str
    day: str
    sender: str


@dataclasses.dataclass(frozen=True, slots=True)
class Ask:
    """A kind of query: what it is called, and how it is made from an entry."""

    name: str
    make: Callable[[Sample], Mapping[str, str]]
    order: Order = Order.NEWEST
    sight: Sight = EVERYTHING


@dataclasses.dataclass(frozen=True, slots=True)
class Lost:
    """A kind of question where an invoice is, and how it is made from an entry."""

    name: str
    make: Callable[[Sample], str]
    sight: Sight = EVERYTHING


ASKS = (
    Ask("whole ledger", lambda one: {}),
    Ask("whole ledger, what one clerk may see", lambda one: {}, sight=CLERK),
    Ask("whole ledger, of somebody who sees only their own", lambda one: {}, sight=ALONE),
    Ask("number, all 20 digits", lambda one: {"q": one.number}),
    Ask("number, last 6 digits", lambda one: {"q": one.number[-6:]}),
    Ask("seller, 2 characters of the name", lambda one: {"q": one.seller[2:4]}),
    Ask("seller, 4 characters of the name", lambda one: {"q": one.seller[2:6]}),
    Ask("seller, 2 characters, and a month", lambda one: {"seller": one.seller[2:4], "issued": one.day[:7]}),
    Ask("amount as a bare number", lambda one: {"q": one.total.partition(".")[0]}),
    Ask("amount to the cent", lambda one: {"amount": one.total}),
    Ask("amounts 3280-3300", lambda one: {"q": "3280-3300"}),
    Ask("北京 3280", lambda one: {"q": "北京 3280"}),
    Ask("a month", lambda one: {"issued": one.day[:7]}),
    Ask("a month, largest first", lambda one: {"issued": one.day[:7]}, Order.LARGEST),
    Ask("a month, a region, 专票", lambda one: {"q": f"{one.day[:7]} 专票", "region": one.seller[:2]}),
    Ask("a region", lambda one: {"region": "西藏"}),
    Ask("the region of a seller", lambda one: {"region": one.seller[:2]}),
    Ask("a state that is rare", lambda one: {"verification": "mismatch"}),
    Ask("a sender", lambda one: {"sender": one.sender}),
    Ask("a word of one in eight", lambda one: {"q": "餐费"}),
    Ask("a word of everything", lambda one: {"q": "有限公司"}),
    Ask("a word of nothing", lambda one: {"q": "不存在的名称"}),
    Ask("seller, one character wrong", lambda one: {"q": f"{one.seller[:3]}错{one.seller[4:8]}"}),
    Ask("number, one digit wrong", lambda one: {"q": one.number[:-4] + str(9 - int(one.number[-4])) + one.number[-3:]}),
)
LOST = (
    Lost("number, all 20 digits", lambda one: one.number),
    Lost("the same, by a clerk", lambda one: one.number, CLERK),
    Lost("number, last 6 digits", lambda one: one.number[-6:]),
    Lost("number, first 10 digits", lambda one: one.number[:10]),
    Lost("number, one digit wrong", lambda one: one.number[:-4] + str(9 - int(one.number[-4])) + one.number[-3:]),
    Lost("北京 3280 上周", lambda one: "北京 3280 上周"),
    Lost("seller and amount", lambda one: f"{one.seller[2:6]} {one.total}"),
    Lost("seller and amount in whole yuan", lambda one: f"{one.seller[2:6]} {one.total.partition('.')[0]}"),
    Lost("the same, by a clerk", lambda one: f"{one.seller[2:6]} {one.total.partition('.')[0]}", CLERK),
    Lost("seller", lambda one: one.seller[2:6]),
    Lost("the same, by somebody who sees only their own", lambda one: one.seller[2:6], ALONE),
    Lost("seller and month", lambda one: f"{one.seller[2:6]} {one.day[:7]}"),
    Lost("region and month", lambda one: f"{one.seller[:2]} {one.day[:7]}"),
    Lost("a name that nothing has", lambda one: "不存在的名称"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of each page and of each sum, and how many entries were selected in the median."""

    pages: list[float]
    sums: list[float]
    hits: float


def measure(services: Services, ask: Ask, samples: list[Sample]) -> Measured:
    """Ask for every sample once, after one that does not count."""
    pages, sums, hits = [], [], []
    for sample in [samples[0], *samples]:
        query = parse_query(ask.make(sample), TODAY)
        start = time.perf_counter()
        ledger_page(services, ask.sight, query, order=ask.order)
        between = time.perf_counter()
        found = totals(services, ask.sight, query)
        end = time.perf_counter()
        pages.append((between - start) * 1000)
        sums.append((end - between) * 1000)
        hits.append(found.count)
    return Measured(pages[1:], sums[1:], statistics.median(hits[1:]))


def waited(services: Services, lost: Lost, samples: list[Sample]) -> list[float]:
    """The milliseconds of each answer, after one that does not count."""
    times = []
    for sample in [samples[0], *samples]:
        start = time.perf_counter()
        trace(services, lost.make(sample), lost.sight)
        times.append((time.perf_counter() - start) * 1000)
    return times[1:]


def remembered(engine: sa.Engine, count: int) -> list[Sample]:
    """Entries from all over the ledger."""
    columns = (entries.c.invoice_number, entries.c.seller_name, entries.c.total, entries.c.issue_date, entries.c.sender)
    dice = random.Random(11)  # noqa: S311 - nothing secret
    found: list[Sample] = []
    with reading(engine) as connection:
        while len(found) < count:
            after = f"{dice.getrandbits(128):032x}"
            digital = sa.func.length(entries.c.invoice_number) == 20
            query = sa.select(*columns).where(entries.c.id > after, digital).order_by(entries.c.id).limit(1)
            found += [Sample(*row) for row in connection.execute(query)]
    return found


def searched(services: Services, samples: list[Sample], missed: list[str]) -> Iterator[str]:
    """The lines of the table of searches; ``missed`` gets what took longer than it should."""
    yield "| query | selected | page median ms | page p95 | totals median ms | totals p95 |"
    yield "|---|---|---|---|---|---|"
    for ask in ASKS:
        found = measure(services, ask, samples)
        figures = [f(times) for times in (found.pages, found.sums) for f in (statistics.median, _p95)]
        yield f"| {ask.name} | {found.hits:,.0f} | {' | '.join(f'{one:.0f}' for one in figures)} |"
        missed += [f"page of {ask.name}"] if figures[1] > PAGE_MS else []
        missed += [f"totals of {ask.name}"] if figures[3] > PAGE_MS else []


def traced(services: Services, samples: list[Sample], missed: list[str]) -> Iterator[str]:
    """The lines of the table of traces."""
    yield "| where is it? | median ms | p95 |"
    yield "|---|---|---|"
    for lost in LOST:
        times = waited(services, lost, samples)
        yield f"| {lost.name} | {statistics.median(times):.0f} | {_p95(times):.0f} |"
        missed += [f"trace by {lost.name}"] if _p95(times) > TRACE_MS else []


def told(address: str, var: Path, rounds: int) -> Iterator[str]:
    """Both tables of one database, and what was slower than it should be."""
    services = build_services(Settings(var=var, redis_url="redis://unused:1/0", database_url=address))
    samples = remembered(services.database, rounds)
    missed: list[str] = []
    yield from searched(services, samples, missed)
    yield ""
    yield from traced(services, samples, missed)
    yield ""
    yield f"Load at the end: {os.getloadavg()[0]:.1f}. Slower than the limit: {'; '.join(missed) or 'nothing'}."
    services.database.dispose()


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def report(count: int, rounds: int, wanted: Iterable[str], built: Iterable[str]) -> Iterator[str]:
    """The page, line by line, as it is measured; ``built`` are addresses of databases that have their entries."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    yield "# The ledger at a million entries"
    yield ""
    began = written_by("bench-ledger", f"{count:,} entries, each query {rounds} times")
    yield (
        f"{began} PostgreSQL with {', '.join(POSTGRES)}. Limits: {PAGE_MS} ms "
        f"for a page and for totals, {TRACE_MS} ms for a trace, at the 95th percentile."
    )
    yield ""
    yield SUMS
    if load > cores:
        yield ""
        yield f"**The machine was busy ({load:.1f} wanted {cores} cores), so these are not the times of a quiet one.**"
    with tempfile.TemporaryDirectory(prefix="shoupiao-bench-") as folder:
        var = Path(folder) / "var"
        for address in built:
            yield from ("", f"## {sa.make_url(address).get_backend_name()}", "")
            yield from told(address, var, rounds)
        with databases(Path(folder), wanted) as known:
            for name, address in known.items():
                seconds = _build(address, count)
                yield from ("", f"## {name}", "", f"Built in {seconds:.0f} s; load now {os.getloadavg()[0]:.1f}.", "")
                yield from told(address, var, rounds)


def _build(address: str, count: int) -> float:
    """Fill a database; gives the seconds that it took."""
    start = time.perf_counter()
    engine = open_database(address)
    fill(engine, count)
    engine.dispose()
    return time.perf_counter() - start


def main() -> int:
    """Print the page as it grows, and keep it when asked."""
    parser = options(__doc__, PAGE, entries=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--built", action="append", metavar="ADDRESS", help="measure a database that is filled already")
    asked = parser.parse_args()
    wanted = asked.database or (() if asked.built else BOTH)
    grow(report(asked.entries, asked.rounds, wanted, asked.built or []), PAGE if asked.write else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
