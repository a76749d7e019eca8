"""A worker: one queue, the engine loaded once, one forked child per document (docs/decisions/0005)."""

from __future__ import annotations

import logging

from rq import Worker

from intake.queue import JobQueue
from intake.settings import Settings
from intake.wiring import build_engine, build_services
from workers.jobs import install


def run(queue: str) -> None:
    """Work on one queue until told to stop.

    One queue per process: with two, RQ loses a job when the worker dies between taking and starting it.
    """
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    settings = Settings()
    services = build_services(settings)
    install(build_engine(settings))
    services.database.dispose()
    jobs: JobQueue = services.queue
    worker = Worker(
        [queue],
        connection=jobs.connection,
        serializer="json",
        worker_ttl=30,
        maintenance_interval=15,
        job_monitoring_interval=5,
    )
    worker.work(with_scheduler=False, logging_level="WARNING")
