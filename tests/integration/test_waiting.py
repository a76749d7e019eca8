"""How long there is to wait is told from what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from rq import Queue, Worker

from intake.desk.receive import open_submission, receive
from intake.desk.services import Services
from intake.desk.settle import begin, settle
from intake.desk.waiting import Turn, turns
from tests.integration.invoices import einvoice, number
from tests.integration.test_desk import read, work


def bring(services: Services, submission: str, serial: int, *, express: bool = True) -> str:
    content = einvoice(number(serial))
    return receive(
        services, [content], filename="a.xml", submission_id=submission, sender="小王", express=express
    ).document_id


def submission(services: Services) -> str:
    return open_submission(services, sender="小王", door="page")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr("intake.store.history.time", standing)
    return standing


def read_in(seconds: float, clock: Clock, services: Services, document: str, folder: Path) -> None:
    claim = begin(services, document)
    assert claim
    outcome = read(services, claim, folder)
    clock.now += seconds
    settle(services, claim, outcome)


def test_each_queue_has_its_own_line(services: Services) -> None:
    theirs, mine = submission(services), submission(services)
    bring(services, theirs, 1)
    bring(services, theirs, 2, express=False)
    first, second = bring(services, mine, 3), bring(services, mine, 4)
    folder = bring(services, mine, 5, express=False)

    assert {name: turn.ahead for name, turn in turns(services, mine).items()} == {first: 1, second: 2, folder: 1}


def test_without_a_reading_there_is_no_time_to_tell(services: Services) -> None:
    mine = submission(services)
    document = bring(services, mine, 6)

    assert turns(services, mine) == {document: Turn(ahead=0, seconds=None)}


def test_the_wait_is_the_median_of_the_last_readings_for_each_place(
    services: Services, clock: Clock, tmp_path: Path
) -> None:
    earlier, mine = submission(services), submission(services)
    for serial, seconds in ((7, 1.0), (8, 4.0), (9, 50.0)):
        read_in(seconds, clock, services, bring(services, earlier, serial), tmp_path)
    first, second = bring(services, mine, 10), bring(services, mine, 11)

    waits = {name: turn.seconds for name, turn in turns(services, mine).items()}
    assert waits == {first: pytest.approx(4.0), second: pytest.approx(8.0)}


def test_two_readers_halve_the_wait(services: Services, clock: Clock, tmp_path: Path) -> None:
    earlier, mine = submission(services), submission(services)
    read_in(4.0, clock, services, bring(services, earlier, 12), tmp_path)
    line = [bring(services, mine, serial) for serial in (13, 14, 15)]
    for name in ("one", "two"):
        Worker([Queue("express", connection=services.queue.connection)], name=name).register_birth()

    waits = turns(services, mine)
    assert [waits[document].seconds for document in line] == pytest.approx([4.0, 4.0, 8.0])


def test_what_is_done_waits_no_longer(services: Services, tmp_path: Path) -> None:
    mine = submission(services)
    work(services, bring(services, mine, 16), tmp_path)

    assert turns(services, mine) == {}
