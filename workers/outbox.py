"""The outbox: sends what happened to the endpoints of partners. Several may run; each message is in one's hands."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import sqlalchemy as sa
import structlog

from intake.desk.services import Services
from intake.desk.sync.fan_out import fan_out
from intake.desk.sync.send import endpoints_due, send_next
from intake.settings import Settings
from intake.wiring import build_services

log = structlog.get_logger()
#: How many partners are sent to at the same time; a slow one holds up nobody but itself.
_AT_ONCE = 8
#: After so many seconds of sending to one partner, another one that waits gets the thread.
_TURN_SECONDS = 20.0


def run(stop: threading.Event) -> None:
    """Fan out and send until told to stop; a database that is away is waited for."""
    settings = Settings()
    services = build_services(settings)
    turns: dict[str, Future[None]] = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while not stop.wait(settings.sync_seconds):
            try:
                fan_out(services)
                due = endpoints_due(services)
            except sa.exc.OperationalError as trouble:
                log.warning("outbox_waits", trouble=type(trouble).__name__)
                continue
            for endpoint_id in due:
                _take_turn(services, endpoint_id, turns, pool, stop)


def _take_turn(
    services: Services,
    endpoint_id: str,
    turns: dict[str, Future[None]],
    pool: ThreadPoolExecutor,
    stop: threading.Event,
) -> None:
    """Start sending to an endpoint unless this process is at it; what a turn could not bear ends the process."""
    last = turns.get(endpoint_id)
    if last is None or last.done():
        if last is not None:
            last.result()
        turns[endpoint_id] = pool.submit(_send_due, services, endpoint_id, stop)


def _send_due(services: Services, endpoint_id: str, stop: threading.Event) -> None:
    end = time.monotonic() + _TURN_SECONDS
    try:
        while time.monotonic() < end and not stop.is_set() and send_next(services, endpoint_id):
            continue
    except sa.exc.OperationalError as trouble:
        log.warning("outbox_waits", trouble=type(trouble).__name__)
