"""A worker: one queue, everything opened once, one confined child a document (docs/decisions/0023)."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, cast

import redis
import structlog
from rq import SimpleWorker
from rq.job import Job

from intake.desk.tally import count_lost_traces
from intake.queue import FUNCTIONS, JobQueue
from intake.settings import Settings
from intake.tracing import end_tracing, set_up_tracing
from intake.wiring import build_engine, build_services
from workers.jobs import install
from workers.pulse import beat

log = structlog.get_logger()


class OurJob(Job):  # type: ignore[misc]
    """A job that calls one of our own functions, and nothing after it: who can write to Redis starts nothing else."""

    success_callback = failure_callback = stopped_callback = None

    @property
    def func(self) -> Callable[..., Any]:
        if self.func_name not in FUNCTIONS:
            raise ValueError(f"not a job of ours: {self.func_name}")
        return cast(Callable[..., Any], super().func)


class OurWorker(SimpleWorker):  # type: ignore[misc]
    """Does its jobs itself, gives a sign of life outside Redis too, and knows whether it was told to stop."""

    pulse: Path | None = None
    told_to_stop = False

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Say that it lives, whenever it says so to Redis."""
        super().heartbeat(timeout, pipeline)
        beat(self.pulse)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.told_to_stop = True
        super().request_stop(signum, frame)


def run(queue: str) -> None:
    """Work on one queue until told to stop.

    One queue per process: with two, RQ loses a job when the worker dies between taking and starting it.
    """
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    settings = Settings()
    services = build_services(settings)
    set_up_tracing(f"worker-{queue}", partial(count_lost_traces, services))
    install(build_engine(settings), services)
    jobs: JobQueue = services.queue
    _wait_for(jobs)
    while not _work(queue, jobs, settings.pulse):
        for told in (signal.SIGINT, signal.SIGTERM):
            signal.signal(told, signal.SIG_DFL)  # RQ's own handlers would stop a worker that is no more
        _wait_for(jobs)
    end_tracing()


def _work(queue: str, jobs: JobQueue, pulse: Path | None) -> bool:
    """Work until told to stop; False: Redis went away in the middle of something, and RQ gave up."""
    worker = OurWorker(
        [queue],
        connection=jobs.connection,
        serializer="json",
        job_class=OurJob,
        worker_ttl=30,
        maintenance_interval=15,
    )
    worker.pulse = pulse
    try:
        worker.work(with_scheduler=False, logging_level="WARNING")
    except redis.RedisError as trouble:
        log.warning("worker_lost_redis", trouble=type(trouble).__name__)
    return worker.told_to_stop


def _wait_for(jobs: JobQueue) -> None:
    """Wait until Redis answers: RQ comes back to a server that went away, but ends when there is none at its start."""
    while True:
        try:
            jobs.connection.ping()
            return
        except redis.RedisError as trouble:
            log.warning("worker_waits", trouble=type(trouble).__name__)
            time.sleep(1)
