"""Measure a reconciliation: ``python -m tools.bench_reconcile [--entries N] [--rows N] [--database URL]``.

A ledger of two companies over three years, and a list of one of them for the days on which it got as many invoices as
the list has rows, with differences planted. Without ``--database`` both are measured: SQLite, and a PostgreSQL server
started for it. Entries are written without their events, as only their rows are compared. Beside the clock stands the
processor time of this process and its children (not of a database server), which others on the machine do not stretch.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import pwd
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

from intake.desk.policies import install_policy
from intake.desk.reconciliation.history import run_view
from intake.desk.reconciliation.loading import Period, load_list
from intake.desk.reconciliation.run import reconcile_list
from intake.desk.services import Services
from intake.redis_server import free_port
from intake.settings import Settings
from intake.store.database import reading
from intake.store.entries import view_after
from intake.store.tables import entries
from intake.wiring import build_services
from models.regions import REGIONS
from models.sight import EVERYTHING
from samples.people import Party, company
from samples.tax_list import from_entry, full_query, planted

_CHUNK = 5000
_FIRST, _DAYS = dt.date(2023, 11, 1), 1096
_PLANTED_EACH = 300


def measure(services: Services, count: int, rows: int) -> list[str]:
    """Build the ledger and the list, reconcile twice, and say how long each step took (seconds)."""
    random = Random(1)  # noqa: S311 - repeatable, not secret
    ours = [company(random, REGIONS[0]), company(random, REGIONS[8])]
    _install(services, ours)
    _fill(services, count, ours, random)
    source, period = _export(services, ours[0], rows)
    lines = []
    start = _now()
    list_id = load_list(services, source, filename="bench.xlsx", actor="bench", period=period)
    lines.append(_line(f"loading {rows} rows", start))
    start = _now()
    run_id = reconcile_list(services, list_id, actor="bench")
    lines.append(_line(f"first run against {count} entries", start))
    start = _now()
    told = run_view(services, run_id, EVERYTHING)
    lines.append(_line("its sums", start))
    start = _now()
    again = reconcile_list(services, list_id, actor="bench")
    lines.append(_line(f"again, the same run: {again == run_id}", start))
    counts = ", ".join(f"{one['bucket']} {one['count']}" for one in told["buckets"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*lines, f"  {counts}", f"  largest process {peak:.0f} MB"]


def main() -> None:
    """Measure one database or both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--database", help="an empty database; by default both kinds are made for it")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shoupiao-bench-") as folder:
        for name, url in _databases(Path(folder), asked.database):
            services = build_services(Settings(var=Path(folder) / name, database_url=url))
            print(name)
            print("\n".join(measure(services, asked.entries, asked.rows)), flush=True)
            services.database.dispose()


def _databases(folder: Path, given: str | None) -> Iterator[tuple[str, str | None]]:
    if given:
        yield "given", given
        return
    yield "SQLite", f"sqlite:///{folder / 'bench.db'}"
    with _postgres() as url:
        yield "PostgreSQL", url


@contextmanager
def _postgres() -> Iterator[str]:
    """A server of its own, as it is set up by default; run by another user where we are root."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    folder = Path(tempfile.mkdtemp(prefix="shoupiao-bench-pg-"))
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        subprocess.run([programs / program, *arguments], check=True, capture_output=True, user=user, cwd=folder)

    port = free_port()
    run("initdb", "-D", f"{folder}/data", "-U", "shoupiao", "--locale=C.UTF-8", "-A", "trust")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://shoupiao@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _install(services: Services, ours: list[Party]) -> None:
    companies = "\n".join(f'[[company]]\nname = "{one.name}"\ntax_id = "{one.tax_id}"' for one in ours)
    pack = f'name = "bench"\nversion = "1"\nvalid_from = 2020-01-01\n{companies}\n'
    install_policy(services, pack, actor="bench")


def _fill(services: Services, count: int, ours: list[Party], random: Random) -> None:
    sellers = [company(random, region) for region in REGIONS for _ in range(30)]
    told = (_entry(serial, ours[serial % 2], random.choice(sellers), random) for serial in range(count))
    while chunk := list(islice(told, _CHUNK)):
        with services.database.begin() as connection:
            connection.execute(entries.insert(), chunk)
    if services.database.dialect.name == "postgresql":
        with services.database.begin() as connection:
            connection.exec_driver_sql("ANALYZE")


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
    return f"  {name:44} {clock:7.1f} s  (processor {processor:6.1f} s)"


if __name__ == "__main__":
    main()
