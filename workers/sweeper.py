"""The sweeper: every few seconds, puts right what was left behind."""

from __future__ import annotations

import threading

import redis
import sqlalchemy as sa
import structlog

from intake.desk.sweep import sweep
from intake.settings import Settings
from intake.wiring import build_services

log = structlog.get_logger()


def run(stop: threading.Event) -> None:
    """Sweep until told to stop; a database or Redis that is away is waited for."""
    settings = Settings()
    services = build_services(settings)
    while not stop.wait(settings.sweep_seconds):
        try:
            count = sweep(services)
        except (redis.RedisError, sa.exc.OperationalError) as trouble:
            log.warning("sweep_waits", trouble=type(trouble).__name__)
            continue
        if count:
            log.info("swept", documents=count)
