"""How long there is to wait is told from what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from rq import Queue, Worker

from intake.desk.receive import open_submission, receive
from intake.desk.services import Services
from intake.desk.waiting import Turn, turns
from intake.store.tables import events
from tests.integration.invoices import einvoice, number
from tests.integration.test_desk import work


def bring(services: Services, submission: str, serial: int, *, express: bool = True) -> str:
    content = einvoice(number(serial))
    return receive(
        services, [content], filename="a.xml", submission_id=submission, sender="小王", express=express
    ).document_id


def submission(services: Services) -> str:
    return open_submission(services, sender="小王", door="page")


def readings_took(services: Services, seconds: float) -> None:
    """Move the outcome of every reading so far to so many seconds after its beginning."""
    with services.database.begin() as connection:
        begun = dict(
            connection.execute(sa.select(events.c.document_id, events.c.at).where(events.c.what == "processing")).all()  # type: ignore[arg-type]
        )
        for document, at in begun.items():
            after = sa.and_(events.c.document_id == document, events.c.what == "registered")
            connection.execute(events.update().where(after).values(at=at + seconds))


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


def test_the_wait_is_the_median_of_the_last_readings_for_each_place(services: Services, tmp_path: Path) -> None:
    earlier, mine = submission(services), submission(services)
    for serial in (7, 8, 9):
        work(services, bring(services, earlier, serial), tmp_path)
    readings_took(services, 4.0)
    first, second = bring(services, mine, 10), bring(services, mine, 11)

    waits = {name: turn.seconds for name, turn in turns(services, mine).items()}
    assert waits == {first: pytest.approx(4.0), second: pytest.approx(8.0)}


def test_two_readers_halve_the_wait(services: Services, tmp_path: Path) -> None:
    earlier, mine = submission(services), submission(services)
    work(services, bring(services, earlier, 12), tmp_path)
    readings_took(services, 4.0)
    line = [bring(services, mine, serial) for serial in (13, 14, 15)]
    for name in ("one", "two"):
        Worker([Queue("express", connection=services.queue.connection)], name=name).register_birth()

    waits = turns(services, mine)
    assert [waits[document].seconds for document in line] == pytest.approx([4.0, 4.0, 8.0])


def test_what_is_done_waits_no_longer(services: Services, tmp_path: Path) -> None:
    mine = submission(services)
    work(services, bring(services, mine, 16), tmp_path)

    assert turns(services, mine) == {}
