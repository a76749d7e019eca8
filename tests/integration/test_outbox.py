"""The process that sends, killed again and again: nothing is lost, and nothing counts twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake.desk.services import Services
from intake.desk.sync import fan_out as fan_out_module
from intake.desk.sync.fan_out import fan_out
from intake.store.database import reading
from intake.store.tables import deliveries
from tests.integration.partners import happen, partner, register, standing, with_partners
from tests.integration.programs import surroundings
from tests.integration.receiver import Receiver, wait_for

ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(services: Services) -> Services:
    return with_partners(services, sync_lease_seconds=1.0)


@contextmanager
def outbox(desk: Services, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **surroundings(desk),
        "SHOUPIAO_SYNC_INSIDE": "127.0.0.0/8",
        "SHOUPIAO_SYNC_SECONDS": "0.05",
        "SHOUPIAO_SYNC_LEASE_SECONDS": str(desk.settings.sync_lease_seconds),
    }
    started = subprocess.Popen(
        [sys.executable, "-m", *(command or ("workers", "outbox"))], env=environment, cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def make_news(desk: Services, count: int) -> dict[str, list[str]]:
    """Entries with three events each, mixed up; and what a partner should know of each in the end."""
    ids = [register(desk, serial) for serial in range(count)]
    for what in ("verified", "archived"):
        for one in ids:
            happen(desk, one, what, result="match")
    return {one: ["invoice.registered", "invoice.verified", "invoice.archived"] for one in ids}


def assert_all_arrived_once(desk: Services, receiver: Receiver, expected: dict[str, list[str]]) -> None:
    assert {one: receiver.types(one) for one in expected} == expected
    assert len(receiver.counted) == 3 * len(expected)
    with reading(desk.database) as connection:
        states = connection.execute(sa.select(deliveries.c.state)).scalars().all()
    assert set(states) == {"delivered"}
    assert len(states) == 3 * len(expected)


@pytest.mark.timeout(240)
def test_killed_between_every_two_steps_it_loses_and_doubles_nothing(desk: Services) -> None:
    """It dies before the commits of fan-out, claim and settlement, before a message, after it, and after all of it."""
    receiver = Receiver()
    partner(desk, receiver)
    expected = make_news(desk, 3)

    with receiver.up():
        for moment in (1, 2, 2, 3, 4, 5):
            with outbox(desk, "tests.integration.dying_outbox", str(moment)) as process:
                assert process.wait(60) == -signal.SIGKILL
        sent_so_far = len(receiver.got)
        with outbox(desk):
            wait_for(lambda: undelivered(desk) == 0)

    assert sent_so_far >= 3, "some were sent before a death"
    assert len(receiver.got) > len(receiver.counted), "some came twice, under one id"
    assert_all_arrived_once(desk, receiver, expected)


@pytest.mark.timeout(240)
def test_killed_at_random_while_the_partner_comes_and_goes(desk: Services) -> None:
    chance, receiver = random.Random(20261124), Receiver()
    partner(desk, receiver)
    expected = make_news(desk, 40)

    for _ in range(3):
        seen = len(receiver.got)
        with receiver.up(), outbox(desk) as process:
            wait_for(lambda before=seen: len(receiver.got) > before or undelivered(desk) == 0)
            time.sleep(chance.uniform(0, 0.3))
            process.kill()
            process.wait()
    with receiver.up(), outbox(desk):
        wait_for(lambda: undelivered(desk) == 0)

    assert_all_arrived_once(desk, receiver, expected)


@pytest.mark.timeout(240)
def test_a_partner_that_was_down_gets_everything_once_it_is_up(desk: Services) -> None:
    receiver = Receiver()
    partner(desk, receiver)
    with outbox(desk):
        expected = make_news(desk, 10)
        wait_for(lambda: undelivered(desk) == 30)
        time.sleep(2)
        with receiver.up():
            wait_for(lambda: undelivered(desk) == 0)

    assert_all_arrived_once(desk, receiver, expected)
    assert len(receiver.got) == 30


@pytest.mark.timeout(240)
def test_two_processes_share_the_work_and_send_nothing_twice(services: Services) -> None:
    desk, receiver = with_partners(services), Receiver()
    partner(desk, receiver)
    with receiver.up(), outbox(desk), outbox(desk):
        expected = make_news(desk, 30)
        wait_for(lambda: len(receiver.got) == 90 and undelivered(desk) == 0)

    assert_all_arrived_once(desk, receiver, expected)
    assert len(receiver.got) == 90


@pytest.mark.timeout(120)
def test_it_ends_in_order_when_told_to(desk: Services) -> None:
    receiver = Receiver()
    partner(desk, receiver)
    make_news(desk, 1)
    with receiver.up(), outbox(desk) as process:
        wait_for(lambda: len(receiver.got) == 3)
        process.terminate()

        assert process.wait(20) == 0


def test_fan_out_by_two_at_once_makes_each_delivery_once(desk: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out_module, "_MANY", 3)
    partner(desk, Receiver())
    make_news(desk, 10)

    with ThreadPoolExecutor(4) as pool:
        made = sum(pool.map(lambda _: fan_out(desk), range(4)))

    assert made == 30
    with reading(desk.database) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(deliveries)).scalar_one() == 30


def undelivered(desk: Services) -> int:
    """How many messages are still owed, those without a delivery included."""
    one = standing(desk)
    return one.backlog + one.dead
