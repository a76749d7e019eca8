"""Redis carries ids to our own functions; a job that says otherwise does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue, SimpleWorker
from rq.job import Callback

from workers.worker import OurJob


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    """Redis without what other tests left in it."""
    opened = redis.Redis.from_url(redis_url)
    opened.flushall()
    yield opened
    opened.close()


@pytest.mark.filterwarnings("ignore")
def test_a_worker_calls_only_our_own_functions(connection: redis.Redis, tmp_path: Path) -> None:
    queue = Queue("express", connection=connection, serializer="json")
    marks = [tmp_path / name for name in ("job", "after", "failed")]
    queue.enqueue("os.mkdir", str(marks[0]))
    queue.enqueue("pathlib.Path.cwd", on_success=Callback("tests.integration.test_queue_is_ours.mark"))
    queue.enqueue("no.such", on_failure=Callback("tests.integration.test_queue_is_ours.mark"))
    worker = SimpleWorker([queue], connection=connection, serializer="json", job_class=OurJob)
    worker.work(burst=True, logging_level="CRITICAL")
    assert queue.failed_job_registry.count == 3
    assert not any(place.exists() for place in marks)
    assert MARKED == []


MARKED: list[object] = []


def mark(*given: object) -> None:
    MARKED.append(given)


def test_the_same_job_would_run_in_a_worker_of_anybody(connection: redis.Redis, tmp_path: Path) -> None:
    """So that the test above shows something."""
    queue = Queue("express", connection=connection, serializer="json")
    queue.enqueue("os.mkdir", str(tmp_path / "job"))
    SimpleWorker([queue], connection=connection, serializer="json").work(burst=True, logging_level="CRITICAL")
    assert (tmp_path / "job").exists()
