"""The queue: RQ on Redis. It carries ids only; what it forgets, the sweeper puts back from the database."""

from __future__ import annotations

import time
from pathlib import Path

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry
from rq import Queue, Worker
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job
from rq.results import Result

from intake.errors import StorageUnavailable
from intake.logs import request_id
from intake.tracing import carried

#: People wait at one, folders fill the other; each has workers of its own.
QUEUES = ("express", "batch")
_JOB, _READ_PLACE = "workers.jobs.process", "workers.jobs.read_place"
#: All that a worker may be asked to do.
FUNCTIONS = frozenset({_JOB, _READ_PLACE})
#: Above the bound of one reading, so that RQ never ends a job that is still within it.
_JOB_SECONDS, _KEEP_SECONDS = 180, 86_400
#: A Redis that says nothing for so long is taken for away. Workers wait longer for their next job: RQ sees to that.
_SILENT_SECONDS = 5


class JobQueue:
    """Puts documents on the queue."""

    def __init__(self, url: str, ca_file: Path | None = None) -> None:
        """Connect lazily: a Redis that is down is noticed when it is used."""
        self.connection = redis.Redis.from_url(
            url, socket_connect_timeout=3, socket_timeout=_SILENT_SECONDS, health_check_interval=30,
            retry=Retry(ExponentialBackoff(cap=1.0), 1), **trusting(url, ca_file),
        )  # fmt: skip

    def put(self, document_id: str, attempt: int, *, express: bool) -> None:
        """Queue a document for its next attempt; queuing it twice does nothing.

        Raises:
            redis.RedisError: Redis cannot be reached.
        """
        queue = self._queue(express)
        try:
            queue.enqueue_call(
                _JOB,
                args=(document_id,),
                job_id=_job_id(document_id, attempt),
                unique=True,
                timeout=_JOB_SECONDS,
                result_ttl=60,
                failure_ttl=_KEEP_SECONDS,
                meta={"request": request_id(), **carried()},
            )
        except DuplicateJobError:
            return

    def holds(self, document_id: str, attempt: int) -> bool:
        """Whether Redis knows a job for this attempt that has not ended."""
        try:
            job = Job.fetch(_job_id(document_id, attempt), connection=self.connection, serializer="json")
        except NoSuchJobError:
            return False
        return not (job.is_finished or job.is_failed or job.is_stopped or job.is_canceled)

    def drop(self, document_id: str, attempt: int) -> None:
        """Forget the job of an attempt, so that it can be queued again."""
        try:
            Job.fetch(_job_id(document_id, attempt), connection=self.connection, serializer="json").delete()
        except NoSuchJobError:
            return

    def readers(self, *, express: bool) -> int:
        """How many workers take from a queue.

        Raises:
            redis.RedisError: Redis cannot be reached.
        """
        return int(Worker.count(queue=self._queue(express)))

    def ask_text(self, sha256: str, page: int, box: list[float], seconds: float) -> str:
        """Have a worker read a box of a stored page picture, ahead of all documents, and wait for the text.

        Raises:
            StorageUnavailable: no worker answered within the time. redis.RedisError: Redis cannot be reached.
        """
        queue = Queue("express", connection=self.connection, serializer="json")
        keep = {"timeout": int(seconds), "result_ttl": 60, "failure_ttl": 60, "ttl": int(seconds)}
        job = queue.enqueue_call(_READ_PLACE, args=(sha256, page, box), at_front=True, **keep)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if (result := job.latest_result()) is not None:
                if result.type is not Result.Type.SUCCESSFUL:
                    break
                return str(result.return_value)
            time.sleep(0.05)
        raise StorageUnavailable("no worker read it in time")

    def depth(self) -> dict[str, int]:
        """How many jobs wait in each queue."""
        return {name: Queue(name, connection=self.connection, serializer="json").count for name in QUEUES}

    def _queue(self, express: bool) -> Queue:
        return Queue("express" if express else "batch", connection=self.connection, serializer="json")


def trusting(url: str, ca_file: Path | None) -> dict[str, str]:
    """What a client of Redis is told besides its address, so that it trusts the authority of a ``rediss://`` server."""
    return {"ssl_ca_certs": str(ca_file)} if ca_file and url.startswith("rediss://") else {}


def _job_id(document_id: str, attempt: int) -> str:
    return f"doc_{document_id}_{attempt}"
