"""A worker: one queue, the engine loaded once, one forked child per document (docs/decisions/0005)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, cast

from rq import Worker
from rq.job import Job

from intake.queue import FUNCTIONS, JobQueue
from intake.settings import Settings
from intake.wiring import build_engine, build_services
from workers.jobs import install


class OurJob(Job):  # type: ignore[misc]
    """A job that calls one of our own functions, and nothing after it: who can write to Redis starts nothing else."""

    success_callback = failure_callback = stopped_callback = None

    @property
    def func(self) -> Callable[..., Any]:
        if self.func_name not in FUNCTIONS:
            raise ValueError(f"not a job of ours: {self.func_name}")
        return cast(Callable[..., Any], super().func)


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
        job_class=OurJob,
        worker_ttl=30,
        maintenance_interval=15,
        job_monitoring_interval=5,
    )
    worker.work(with_scheduler=False, logging_level="WARNING")
