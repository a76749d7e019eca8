"""What a monitor asks for: figures in the text form of Prometheus, counted anew at every scrape.

Counts of the work come from Redis (intake/desk/tally.py), so every web process tells the same; only the answers counted
are those of the process that is asked. What is not known is left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import redis
from fastapi import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from api.deps import Desk
from api.guard import allow, guarded
from api.requests import ANSWERS
from intake import __version__
from intake.desk.backup import BACKUP
from intake.desk.folders import watched
from intake.desk.health import counts, ledger_state, oldest_waiting, queue_ages, readiness
from intake.desk.mailboxes import looked_into
from intake.desk.runs import last_run
from intake.desk.services import Services
from intake.desk.sync.monitor import standings
from intake.desk.tally import BOUNDS, Spread, tallied
from intake.desk.versions import room
from models.document import State
from models.integrity import Part
from models.rights import Permission

router = guarded(tags=["service"])


@router.get("/metrics", response_class=Response, dependencies=[allow(Permission.OPERATE)])
def metrics(desk: Desk) -> Response:
    """Documents, queues, stages, verdicts, rules, partners, folders, proof, backup. docs/monitoring.md lists them."""
    registry = CollectorRegistry()
    registry.register(_Figures(desk))
    registry.register(ANSWERS)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """The figures of the service as they are now."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self) -> Iterator[Metric]:
        """Nothing: otherwise registering would count everything once more."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        for figures in (_parts, _documents, _queues, _work, _partners, _folders, _mailboxes, _ledger, _kept):
            yield from figures(self._services)


def _parts(services: Services) -> Iterator[Metric]:
    told = GaugeMetricFamily("shoupiao_part_ok", "1 for each part that answers, as /readyz tells.", labels=["part"])
    for part, state in readiness(services).items():
        told.add_metric([part], state == "ok")
    yield told
    version = GaugeMetricFamily("shoupiao_version", "The version that runs.", labels=["version"])
    version.add_metric([__version__], 1)
    yield version


def _documents(services: Services) -> Iterator[Metric]:
    stand = GaugeMetricFamily("shoupiao_documents", "Documents by state.", labels=["state"])
    counted = counts(services)
    for state in State:
        stand.add_metric([state.value], counted.get(state.value, 0))
    yield stand
    waited = oldest_waiting(services) or 0.0
    yield GaugeMetricFamily("shoupiao_oldest_waiting_seconds", "Age of the oldest unfinished document.", waited)


def _queues(services: Services) -> Iterator[Metric]:
    ages = GaugeMetricFamily(
        "shoupiao_queue_age_seconds", "How long the oldest document waits that nobody reads yet.", labels=["queue"]
    )
    for queue, age in queue_ages(services).items():
        ages.add_metric([queue], age)
    yield ages
    try:
        depth = services.queue.depth()
        readers = {queue: services.queue.readers(express=queue == "express") for queue in depth}
    except redis.RedisError:
        return
    jobs = GaugeMetricFamily("shoupiao_queue_jobs", "Jobs that wait in Redis.", labels=["queue"])
    workers = GaugeMetricFamily("shoupiao_queue_workers", "Workers that take from the queue.", labels=["queue"])
    for queue, count in depth.items():
        jobs.add_metric([queue], count)
        workers.add_metric([queue], readers[queue])
    yield from (jobs, workers)


def _work(services: Services) -> Iterator[Metric]:
    try:
        tally = tallied(services)
    except redis.RedisError:
        return
    verdicts = CounterMetricFamily("shoupiao_verdicts", "Documents read, by verdict.", labels=["verdict"])
    for verdict, count in tally.verdicts.items():
        verdicts.add_metric([verdict], count)
    rules = CounterMetricFamily("shoupiao_findings", "What rules said.", labels=["rule", "severity"])
    for (rule, severity), count in tally.findings.items():
        rules.add_metric([rule, severity], count)
    failures = CounterMetricFamily("shoupiao_failures", "Attempts that could not do the work.", labels=["trouble"])
    for trouble, count in tally.failures.items():
        failures.add_metric([trouble], count)
    stages = HistogramMetricFamily(
        "shoupiao_stage_seconds", "Seconds a document takes in a stage; ocr is within read.", labels=["stage"]
    )
    for stage, spread in tally.stages.items():
        stages.add_metric([stage], buckets=_buckets(spread), sum_value=spread.seconds)
    lost = CounterMetricFamily("shoupiao_traces_lost", "Batches of spans that the collector did not take.")
    lost.add_metric([], tally.lost_traces)
    yield from (verdicts, rules, failures, stages, lost)


def _buckets(spread: Spread) -> list[tuple[str, float]]:
    """As Prometheus wants them: each with all that took no longer."""
    bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
    return list(zip(bounds, map(float, itertools.accumulate(spread.counts)), strict=True))


def _partners(services: Services) -> Iterator[Metric]:
    lag = GaugeMetricFamily("shoupiao_sync_lag_seconds", "Age of the oldest change it lacks.", labels=["partner"])
    limit = GaugeMetricFamily("shoupiao_sync_lag_limit_seconds", "How far behind it may be.", labels=["partner"])
    backlog = GaugeMetricFamily("shoupiao_sync_backlog", "Changes that a partner lacks.", labels=["partner"])
    dead = GaugeMetricFamily("shoupiao_sync_dead_letters", "Messages that were given up.", labels=["partner"])
    for one in standings(services):
        lag.add_metric([one.name], one.lag)
        limit.add_metric([one.name], one.lag_limit)
        backlog.add_metric([one.name], one.backlog)
        dead.add_metric([one.name], one.dead)
    yield from (lag, limit, backlog, dead)


def _folders(services: Services) -> Iterator[Metric]:
    seen = GaugeMetricFamily("shoupiao_folder_seen_timestamp_seconds", "Last look of its watcher.", labels=["folder"])
    stuck = GaugeMetricFamily("shoupiao_folder_stuck", "Files in it that do not get on.", labels=["folder"])
    for one in watched(services):
        seen.add_metric([one.path], one.scanned_at)
        stuck.add_metric([one.path], one.stuck_count)
    yield from (seen, stuck)


def _mailboxes(services: Services) -> Iterator[Metric]:
    read = GaugeMetricFamily("shoupiao_mailbox_read_timestamp_seconds", "When it was read last.", labels=["mailbox"])
    for one in looked_into(services):
        read.add_metric([one.mailbox], one.read_at)
    yield read


def _ledger(services: Services) -> Iterator[Metric]:
    state = ledger_state(services)
    if state is None:
        return
    yield GaugeMetricFamily(
        "shoupiao_ledger_verified_timestamp_seconds", "When the last proof of the ledger ended.", state.verified_at
    )
    yield GaugeMetricFamily("shoupiao_ledger_ok", "1 when that proof found no break, 0 when it did.", state.ok)
    broken = GaugeMetricFamily("shoupiao_ledger_broken", "1 for each part in which it found one.", labels=["part"])
    for part in Part:
        broken.add_metric([part.value], part.value in state.broken)
    yield broken


def _kept(services: Services) -> Iterator[Metric]:
    """The last backup, if one was ever made, and the room on the disk of ``var``."""
    last = last_run(services, BACKUP)
    if last:
        yield GaugeMetricFamily("shoupiao_backup_timestamp_seconds", "When the last backup ended.", last.ended_at)
    yield GaugeMetricFamily("shoupiao_disk_free_bytes", "Room on the disk of SHOUPIAO_VAR.", room(services).free)
