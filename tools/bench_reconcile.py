"""Measure a reconciliation: ``python -m tools.bench_reconcile [--entries N] [--rows N] [--write]``.

A ledger of two companies over three years, and a list of one of them for the days on which it got as many invoices as
the list has rows, with differences planted; on SQLite, and on a PostgreSQL server started for it. Entries are written
without their events, as only their rows are compared. Beside the clock stands the processor time of this process and
its children (not of a database server), which others on the machine do not stretch.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

from intake.desk.policies import install_policy
from intake.desk.reconciliation.history import run_view
from intake.desk.reconciliation.loading import Period, load_list
from intake.desk.reconciliation.run import reconcile_list
from intake.desk.services import Services
from intake.settings import Settings
from intake.store.database import open_database, reading
from intake.store.entries import view_after
from intake.store.tables import entries
from intake.wiring import build_services
from models.regions import REGIONS
from models.sight import EVERYTHING
from samples.people import Party, company
from samples.running import ROOT
from samples.tax_list import from_entry, full_query, planted
from tools.large_ledger import BOTH, databases, options
from tools.made_ledger import load
from tools.measured import grow, written_by

PAGE = ROOT / "docs" / "performance-reconcile.md"
_FIRST, _DAYS = dt.date(2023, 11, 1), 1096
_PLANTED_EACH = 300


def report(count: int, rows: int, wanted: Iterable[str]) -> Iterator[str]:
    """The page, line by line, as it is measured."""
    yield "# A list of the tax authority against a million entries"
    yield ""
    began = written_by("bench-reconcile", f"a list of {rows:,} rows against {count:,} entries")
    yield f"{began} The limit is 60 s for a run."
    with tempfile.TemporaryDirectory(prefix="shoupiao-bench-") as folder, databases(Path(folder), wanted) as known:
        for name, address in known.items():
            yield from ("", f"## {name}", "")
            yield from table(Path(folder) / name, address, count, rows)


def table(var: Path, address: str, count: int, rows: int) -> Iterator[str]:
    """Build the ledger and the list, reconcile twice, and say how long each step took."""
    random = Random(1)  # noqa: S311 - repeatable, not secret
    ours = [company(random, REGIONS[0]), company(random, REGIONS[8])]
    services = _ledger(var, address, _made(count, ours, random))
    _install(services, ours)
    source, period = _export(services, ours[0], rows)
    yield "| step | clock s | processor s | load |"
    yield "|---|---|---|---|"
    start = _now()
    list_id = load_list(services, source, filename="bench.xlsx", actor="bench", period=period)
    yield _line("loading the list", start)
    start = _now()
    run_id = reconcile_list(services, list_id, actor="bench")
    yield _line("first run", start)
    start = _now()
    told = run_view(services, run_id, EVERYTHING)
    yield _line("its sums", start)
    start = _now()
    again = reconcile_list(services, list_id, actor="bench")
    yield _line("again, the same run" if again == run_id else "again, **another run**", start)
    counts = ", ".join(f"{one['bucket']} {one['count']:,}" for one in told["buckets"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield from ("", f"Found: {counts}. Largest process {peak:.0f} MB.")
    services.database.dispose()


def main() -> int:
    """Print the page as it grows, and keep it when asked."""
    parser = options(__doc__, PAGE, entries=1_000_000)
    parser.add_argument("--rows", type=int, default=100_000)
    asked = parser.parse_args()
    grow(report(asked.entries, asked.rows, asked.database or BOTH), PAGE if asked.write else None)
    return 0


def _ledger(var: Path, address: str, rows: Iterator[dict[str, Any]]) -> Services:
    engine = open_database(address)
    load(engine, rows)
    engine.dispose()
    return build_services(Settings(var=var, redis_url="redis://unused:1/0", database_url=address))


def _install(services: Services, ours: list[Party]) -> None:
    companies = "\n".join(f'[[company]]\nname = "{one.name}"\ntax_id = "{one.tax_id}"' for one in ours)
    pack = f'name = "bench"\nversion = "1"\nvalid_from = 2020-01-01\n{companies}\n'
    install_policy(services, pack, actor="bench")


def _made(count: int, ours: list[Party], random: Random) -> Iterator[dict[str, Any]]:
    sellers = [company(random, region) for region in REGIONS for _ in range(30)]
    return (_entry(serial, ours[serial % 2], random.choice(sellers), random) for serial in range(count))


def _entry(serial: int, buyer: Party, seller: Party, random: Random) -> dict[str, Any]:
    day = _FIRST + dt.timedelta(days=random.randrange(_DAYS))
    amount = random.randrange(500, 500_000)
    tax = amount * 6 // 100
    number = f"{day:%y}{random.choice(REGIONS).digital2}2{serial * 7_777_777_777 % 10**15:015d}"
    told = {
        "key": number, "kind": "digital_normal", "invoice_code": None, "invoice_number": number,
        "issue_date": day.isoformat(), "amount_excl_tax": _yuan(amount), "tax": _yuan(tax),
        "total": _yuan(amount + tax), "buyer_name": buyer.name, "buyer_tax_id": buyer.tax_id,
        "seller_name": seller.name, "seller_tax_id": seller.tax_id, "items": "*餐饮服务*餐费", "sender": "bench",
        "department": None,
    }  # fmt: skip
    return {"id": f"{serial:032x}", **view_after({}, "entered", time.time(), told)}


def _export(services: Services, buyer: Party, rows: int) -> tuple[Path, Period]:
    """The list of a company for the first days on which it got so many invoices."""
    mine = sa.select(entries).where(entries.c.buyer_tax_id == buyer.tax_id).order_by(entries.c.issue_date).limit(rows)
    with reading(services.database) as connection:
        listed = [from_entry(dict(row)) for row in connection.execute(mine).mappings()]
    told, _ = planted(listed, seed=1, each=_PLANTED_EACH)
    path = services.settings.var / "bench.xlsx"
    path.write_bytes(full_query(told))
    return path, Period(listed[0].day, max(row.day for row in told))


def _yuan(cents: int) -> str:
    return f"{cents / 100:.2f}"


def _now() -> tuple[float, float]:
    spent = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in spent)


def _line(name: str, start: tuple[float, float]) -> str:
    clock, processor = (after - before for after, before in zip(_now(), start, strict=True))
    return f"| {name} | {clock:.1f} | {processor:.1f} | {os.getloadavg()[0]:.1f} |"


if __name__ == "__main__":
    sys.exit(main())
