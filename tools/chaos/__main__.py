"""Run the drills: ``python -m tools.chaos [--only TEXT] [--outage 60] [--write]``; exit code 1: one does not hold."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys

from tools.chaos.drills import DRILLS, NEEDS, Drill
from tools.chaos.load import Load
from tools.chaos.proof import Proof, prove
from tools.chaos.stage import ROOT, Stage
from tools.postgres import Cluster

PAGE = ROOT / "docs" / "reliability.md"
_HEAD = "| drill | database | accepted | entries | lost | twice | stuck | told wrongly | chain | s to rest | holds |"


def run(drill: Drill, cluster: Cluster | None, outage: float) -> Proof:
    """Run one drill on a service of its own."""
    stage = Stage(cluster.new_database() if cluster else "", cluster)
    load = Load(stage)
    try:
        stage.start()
        drill.harm(stage, load, outage)
        load.wait()
        return prove(stage, load)
    finally:
        stage.throw_away()


def line(drill: Drill, database: str, proof: Proof) -> str:
    """One row of the table."""
    chain = "broken" if proof.chain_broken else "whole"
    cells = (
        drill.name, database, proof.sent, proof.entries, proof.lost, proof.twice, proof.stuck, proof.untrue, chain,
        f"{proof.seconds:.0f}", "yes" if proof.holds else "NO",
    )  # fmt: skip
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def page(lines: list[str], outage: float) -> str:
    """The page docs/reliability.md."""
    return "\n".join(
        [
            "# Reliability",
            "",
            f"Written by `make chaos WRITE=1` on {dt.datetime.now(dt.UTC):%Y-%m-%d}, {os.cpu_count()} cores, outages "
            f"of {outage:.0f} s. Each drill runs on a service of its own: web, two workers, sweeper, watcher, Redis "
            "and the database as separate processes, invoices coming in all the while.",
            "",
            "*accepted*: files that were answered with 202. *lost*: accepted, and not in the ledger or not in a final "
            "state. *twice*: entries of one number. *stuck*: documents without a final state when nothing has moved "
            "for two minutes. *told wrongly*: the service says another state than the row has.",
            "",
            _HEAD,
            f"|{'---|' * (_HEAD.count('|') - 1)}",
            *lines,
            "",
        ]
    )


def among_the_others(lines: list[str]) -> list[str]:
    """The rows with those of earlier runs of drills that were not run now, in the order in which drills are run."""
    places = [f"| {drill.name} | {database} |" for database in ("postgresql", "sqlite") for drill in DRILLS]
    known = PAGE.read_text("utf-8").splitlines() if PAGE.exists() else []
    rows = {place: line for line in (*known, *lines) for place in places if line.startswith(place)}
    return [rows[place] for place in places if place in rows]


def main() -> int:
    """Run what was asked for, print the table, and keep it when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="drills whose name holds this")
    parser.add_argument("--outage", type=float, default=60.0, help="seconds that Redis, database or disk are away")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--write", action="store_true", help=f"keep the table in {PAGE.relative_to(ROOT)}")
    arguments = parser.parse_args()
    lines, held = [], True
    for database in ("postgresql", "sqlite") if arguments.database == "both" else (arguments.database,):
        cluster = Cluster() if database == "postgresql" else None
        for drill in DRILLS:
            if arguments.only not in drill.name or (drill.needs_cluster and cluster is None):
                continue
            if not NEEDS.get(drill.name, lambda: True)():
                lines.append(
                    f"| {drill.name} | {database} | not run: this machine lacks what it needs | | | | | | | | NO |"
                )
                held = False
                continue
            proof = run(drill, cluster, arguments.outage)
            held = held and proof.holds
            lines.append(line(drill, database, proof))
            print(lines[-1], flush=True)
        if cluster:
            cluster.throw_away()
    if arguments.write:
        PAGE.write_text(page(among_the_others(lines), arguments.outage), "utf-8")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
