"""Kill, flush, restart: every document ends in a final state exactly once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from intake.desk.receive import open_submission, receive
from intake.desk.search import totals
from intake.desk.services import Services
from intake.desk.views import history, submission_view
from models.query import Query
from models.sight import EVERYTHING
from tests.integration.invoices import einvoice, number
from tests.integration.programs import surroundings

ROOT = Path(__file__).parents[2]
_COUNT = 30


@contextmanager
def process(services: Services, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **surroundings(services),
        "SHOUPIAO_LEASE_SECONDS": "3",
        "SHOUPIAO_REQUEUE_SECONDS": "1",
        "SHOUPIAO_SWEEP_SECONDS": "0.5",
    }
    started = subprocess.Popen(
        [sys.executable, "-m", *arguments], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield started
    finally:
        kill(started)


def kill(started: subprocess.Popen[bytes]) -> None:
    """End a process and all it forked as a power cut would."""
    try:
        os.killpg(started.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    started.wait()


def send(services: Services, count: int) -> str:
    submission = open_submission(services, sender="小王", door="api")
    for serial in range(count):
        receive(
            services, [einvoice(number(serial + 1))], filename=f"{serial}.xml", submission_id=submission, sender="小王",
            express=True,
        )  # fmt: skip
    return submission


def wait_until(condition: object, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "not within the time"
        time.sleep(0.2)


def registered(services: Services, submission: str) -> int:
    return int(submission_view(services, EVERYTHING, submission)["counts"].get("registered", 0))


def assert_all_registered_once(services: Services, submission: str) -> None:
    view = submission_view(services, EVERYTHING, submission)
    assert view["counts"] == {"registered": _COUNT}
    assert totals(services, EVERYTHING, Query()).count == _COUNT
    settled = [one for one in history(services, EVERYTHING, submission_id=submission) if one.what == "registered"]
    assert len(settled) == _COUNT


@pytest.mark.ocr
@pytest.mark.timeout(240)
def test_nothing_is_lost_or_doubled_when_everything_dies(services: Services) -> None:
    submission = send(services, _COUNT)
    with process(services, "workers", "sweeper"), process(services, "workers", "worker") as worker:
        wait_until(lambda: registered(services, submission) >= 3, 90)
        kill(worker)
        services.queue.connection.flushall()
    with process(services, "workers", "sweeper"), process(services, "workers", "worker"):
        wait_until(lambda: submission_view(services, EVERYTHING, submission)["done"], 120)
    assert_all_registered_once(services, submission)
