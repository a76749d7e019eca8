"""What a monitor asks for: figures in the text form of Prometheus, counted anew at every scrape."""

from __future__ import annotations

from collections.abc import Iterator

import redis
from fastapi import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.deps import Desk
from api.guard import allow, guarded
from intake.desk.health import counts, ledger_state, oldest_waiting
from intake.desk.services import Services
from models.document import State
from models.integrity import Part
from models.rights import Permission

router = guarded(tags=["service"])


@router.get("/metrics", response_class=Response, dependencies=[allow(Permission.OPERATE)])
def metrics(desk: Desk) -> Response:
    """Documents by state, what waits, and whether the ledger holds. What is not known is left out."""
    registry = CollectorRegistry()
    registry.register(_Figures(desk))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """The figures of the service as they are now."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self) -> Iterator[Metric]:
        """Nothing: otherwise registering would count everything once more."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        yield from _documents(self._services)
        yield from _queues(self._services)
        yield from _ledger(self._services)


def _documents(services: Services) -> Iterator[Metric]:
    stand = GaugeMetricFamily("shoupiao_documents", "Documents by state.", labels=["state"])
    counted = counts(services)
    for state in State:
        stand.add_metric([state.value], counted.get(state.value, 0))
    yield stand
    waited = oldest_waiting(services) or 0.0
    yield GaugeMetricFamily("shoupiao_oldest_waiting_seconds", "Age of the oldest unfinished document.", waited)


def _queues(services: Services) -> Iterator[Metric]:
    try:
        depth = services.queue.depth()
    except redis.RedisError:
        return
    jobs = GaugeMetricFamily("shoupiao_queue_jobs", "Jobs that wait in Redis.", labels=["queue"])
    for queue, count in depth.items():
        jobs.add_metric([queue], count)
    yield jobs


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
