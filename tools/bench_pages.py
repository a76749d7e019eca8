"""Measure the pages with a hundred thousand entries and documents: ``python -m tools.bench_pages [--write]``.

The service itself answers, over HTTP, as one browser would ask: a page at a time. Counted is what comes over the wire:
the page, and for a first visit the scripts, styles and symbols that it names. Beside the clock stands the processor
time of the web process (not of a database server), which others on the machine do not stretch.
"""

from __future__ import annotations

import dataclasses
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import sqlalchemy as sa

from intake.desk.policies import install_policy
from intake.desk.reconciliation.loading import load_list
from intake.desk.reconciliation.run import reconcile_list
from intake.desk.runs import note
from intake.desk.services import Services
from intake.desk.verify_runs import NIGHTLY
from intake.settings import Settings
from intake.store.database import open_database, reading
from intake.store.tables import documents, entries, invoices
from intake.wiring import build_services
from models.document import State
from models.rights import Role
from samples.running import ROOT, running_service
from samples.tax_list import from_entry, full_query
from tools.large_ledger import BOTH, databases, options
from tools.made_documents import fill_documents, fill_reports
from tools.made_ledger import BUYERS, fill
from tools.measured import grow, written_by

PAGE = ROOT / "docs" / "performance-pages.md"
LIMIT_MS, LIMIT_BYTES = 100.0, 150_000
_LISTED, _REPORTS = 5000, 2000
_PATIENCE = 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of each later visit, of the first one, and of the processor for one; bytes of the page.

    ``visit``: bytes of a first visit, with every part that the page names.
    """

    times: list[float]
    first: float
    worked: float
    page: int
    visit: int

    @property
    def holds(self) -> bool:
        return statistics.median(self.times) <= LIMIT_MS and self.visit <= LIMIT_BYTES


def measure(client: httpx.Client, address: str, rounds: int, web: int) -> Measured:
    """Visit a page again and again, and once with everything that it names."""
    times = []
    worked = 0.0
    for turn in range(rounds + 1):
        if turn == 1:
            worked = _worked(web)
        start = time.perf_counter()
        answer = client.get(address)
        times.append((time.perf_counter() - start) * 1000)
        answer.raise_for_status()
    each = (_worked(web) - worked) / rounds
    page = answer.num_bytes_downloaded
    parts = sorted(set(re.findall(r'(?:src|href)="(/static/[^"#]+)', answer.text)))
    return Measured(times[1:], times[0], each, page, page + sum(client.get(one).num_bytes_downloaded for one in parts))


def _web_process(service: str) -> int:
    """The process that answers at an address."""
    port = service.rpartition(":")[2]
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        words = place.read_bytes().decode(errors="replace").split("\0")
        if "uvicorn" in words and port in words:
            return int(place.parent.name)
    raise LookupError(service)


def _worked(process: int) -> float:
    """For how many milliseconds a process has had the processor (proc(5): utime and stime)."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def addresses(services: Services) -> dict[str, str]:
    """Every list page and some single ones, with what there is to show on them."""
    with reading(services.database) as connection:
        entry = connection.execute(sa.select(entries).order_by(entries.c.registered_at.desc()).limit(1)).one()
        registered = sa.select(documents.c.id, documents.c.submission_id).where(documents.c.state == State.REGISTERED)
        document, batch = connection.execute(registered.order_by(documents.c.received_at.desc()).limit(1)).one()
        waiting = sa.select(invoices.c.id).where(invoices.c.state == State.IN_REVIEW.value).limit(1)
        asked = connection.execute(waiting).scalar_one()
    return {
        "home": "/",
        "ledger": "/ledger",
        "ledger, a month": f"/ledger?issued={entry.issue_date[:7]}",
        "ledger, words": f"/ledger?q={entry.seller_name[2:6]}",
        "entry": f"/entries/{entry.id}",
        "where is it": f"/trace?q={entry.invoice_number}",
        "review list": "/review",
        "review of one": f"/review/{asked}",
        "batch": f"/batches/{batch}",
        "document": f"/documents/{document}",
        "reconciliation": "/reconciliation",
        "regions": "/regions",
        "operations": "/operations",
        "rules": "/rules",
        "sync": "/sync",
        "feedback": "/feedback?show=all",
        "help": "/help",
    }


def build(folder: Path, database: str, count: int) -> Services:
    """Fill an empty database with entries, their documents, a list of the tax authority, and reports."""
    engine = open_database(database)
    fill(engine, count)
    fill_documents(engine, count)
    fill_reports(engine, _REPORTS)
    engine.dispose()
    services = build_services(Settings(var=folder / "var", redis_url="redis://unused:1/0", database_url=database))
    _reconcile(services, folder)
    note(
        services, NIGHTLY, time.time(), True, {"parts": []}
    )  # or the proof of the ledger would run beside the measurement
    if services.database.dialect.name == "postgresql":  # as its autovacuum would; SQLite keeps no statistics here
        with services.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return services


def _reconcile(services: Services, folder: Path) -> None:
    name, tax_id = BUYERS[0]
    pack = (
        f'name = "bench"\nversion = "1"\nvalid_from = 2020-01-01\n[[company]]\nname = "{name}"\ntax_id = "{tax_id}"\n'
    )
    install_policy(services, pack, actor="bench")
    query = sa.select(entries).where(entries.c.buyer_tax_id == tax_id).order_by(entries.c.issue_date.desc())
    with reading(services.database) as connection:
        rows = [dict(row) for row in connection.execute(query.limit(_LISTED)).mappings()]
    source = folder / "list.xlsx"
    source.write_bytes(full_query([from_entry(row) for row in rows]))
    reconcile_list(services, load_list(services, source, filename=source.name, actor="bench"), actor="bench")


def table(services: Services, folder: Path, database: str, rounds: int) -> Iterator[str]:
    """The lines of the table of one database, asked of the running service."""
    asked = addresses(services)
    services.database.dispose()
    yield "| page | median ms | p95 | first | processor ms | KB of the page | KB of a first visit | |"
    yield "|---|---|---|---|---|---|---|---|"
    with (
        running_service(folder, database=database, roles=tuple(Role)) as service,
        httpx.Client(base_url=service.address, headers=service.headers, timeout=_PATIENCE) as client,
    ):
        web = _web_process(service.address)
        for name, address in asked.items():
            found = measure(client, address, rounds, web)
            median, p95 = statistics.median(found.times), statistics.quantiles(found.times, n=20)[-1]
            over = "" if found.holds else "**over**"
            clock = f"{median:.0f} | {p95:.0f} | {found.first:.0f} | {found.worked:.0f}"
            yield f"| {name} | {clock} | {found.page / 1000:.0f} | {found.visit / 1000:.0f} | {over} |"


def report(count: int, rounds: int, wanted: Iterable[str]) -> Iterator[str]:
    """The page, line by line, as it is measured."""
    yield "# The pages at a hundred thousand entries"
    yield ""
    what = f"{count:,} entries and as many documents, each page {rounds} times over HTTP from the running service"
    yield (
        f"{written_by('bench-pages', what)} Held to: median {LIMIT_MS:.0f} ms, first visit {LIMIT_BYTES / 1000:.0f} KB."
    )
    with tempfile.TemporaryDirectory(prefix="shoupiao-bench-") as place, databases(Path(place), wanted) as known:
        for name, database in known.items():
            folder = Path(place) / name
            folder.mkdir()
            start = time.perf_counter()
            services = build(folder, database, count)
            built = time.perf_counter() - start
            yield from ("", f"## {name}", "", f"Built in {built:.0f} s; load now {os.getloadavg()[0]:.1f}.", "")
            yield from table(services, folder, database, rounds)


def main() -> int:
    """Print the page as it grows, and keep it when asked."""
    parser = options(__doc__, PAGE, entries=100_000)
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    grow(report(asked.entries, asked.rounds, asked.database or BOTH), PAGE if asked.write else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
