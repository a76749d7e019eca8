"""What only one process may do at a time: two of each kind, side by side, on one database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa

from intake.desk.folders import identity_of
from intake.desk.people import service_person
from intake.desk.receive import open_submission, receive
from intake.desk.runs import take
from intake.desk.services import Services
from intake.desk.settle import begin
from intake.desk.sweep import sweep
from intake.store.database import reading
from intake.store.history import verify
from intake.store.tables import documents, events, submissions
from intake.store.turns import Turn
from intake.wiring import open_services
from models.document import State
from tests.integration.hosts import Host
from tests.integration.invoices import einvoice, number
from tests.integration.programs import surroundings
from tests.integration.receiver import wait_for
from tests.integration.test_desk import work
from workers.watcher import open_watch, step

_COUNT = 6


@pytest.fixture
def twins(services: Services) -> Iterator[tuple[Services, Services]]:
    """The same desk, opened by two machines."""
    other = open_services(services.settings)
    yield services, other
    other.database.dispose()
    other.queue.connection.close()


def test_a_turn_is_in_one_hand_and_passes_on_when_it_is_given_up(twins: tuple[Services, Services]) -> None:
    one, other = (Turn(each.database, each.settings.var) for each in twins)
    assert [one.mine("scans"), other.mine("scans"), one.mine("scans")] == [True, False, True]
    assert other.mine("mail")
    one.give_up()
    assert other.mine("scans")
    assert [one.mine("scans"), one.mine("mail")] == [False, True]
    one.give_up()
    other.give_up()


@pytest.mark.parametrize("services", ["postgresql"], indirect=True)
def test_a_turn_is_lost_with_its_connection_and_never_thought_to_be_kept(twins: tuple[Services, Services]) -> None:
    one, other = (Turn(each.database, each.settings.var) for each in twins)
    assert one.mine("scans")
    with twins[1].database.begin() as connection:
        locks = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        connection.execute(
            sa.text(f"{locks} AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
        )
    wait_for(lambda: other.mine("scans"), 10)
    with pytest.raises(sa.exc.OperationalError):
        one.mine("scans")
    assert not one.mine("scans")
    one.give_up()
    other.give_up()


def test_of_two_that_come_at_once_one_has_the_work_of_the_day(twins: tuple[Services, Services]) -> None:
    start, now = Barrier(2), time.time()

    def come(services: Services) -> int | None:
        start.wait(10)
        return take(services, "nightly", hour=3, now=now)

    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(come, twins))
    assert sum(one is not None for one in taken) == 1


def test_two_sweepers_put_each_document_back_once(twins: tuple[Services, Services]) -> None:
    services = twins[0]
    submission = open_submission(services, sender="小王", door="api")
    for serial in range(_COUNT):
        file = [einvoice(number(serial + 1))]
        receipt = receive(services, file, filename="a.xml", submission_id=submission, sender="小王", express=True)
        assert begin(services, receipt.document_id)
    services.queue.connection.flushall()
    with services.database.begin() as connection:
        connection.execute(documents.update().values(lease_until=0.0))
    start = Barrier(2)

    def come(services: Services) -> None:
        start.wait(10)
        for _ in range(4):
            sweep(services)
            time.sleep(0.15)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(come, twins))
    assert services.queue.depth()["express"] == _COUNT
    with reading(services.database) as connection:
        by_sweeper = sa.select(events.c.document_id).where(events.c.actor == "sweeper")
        assert len(list(connection.execute(by_sweeper).scalars())) == _COUNT
        assert set(connection.execute(sa.select(documents.c.state)).scalars()) == {State.QUEUED.value}
        assert verify(connection).ok


@pytest.mark.timeout(180)
@pytest.mark.parametrize("services", ["postgresql"], indirect=True)
def test_two_watchers_of_one_folder_take_each_file_once_and_one_goes_on_for_the_other(
    services: Services, tmp_path: Path
) -> None:
    folder = tmp_path / "inbox"
    environment = {**surroundings(services), "SHOUPIAO_STABLE_SECONDS": "0.2"}
    with ExitStack() as stack:
        hosts = [Host(tmp_path / name, environment, f"watcher {folder}") for name in ("a", "b")]
        for one in hosts:
            stack.callback(one.cut_off)
        wait_for(lambda: any("watches" in one.log.read_text() for one in hosts), 60)
        for serial in range(_COUNT):
            (folder / f"{serial}.xml").write_bytes(einvoice(number(serial + 1)))
        wait_for(lambda: len(_ids(services)) == _COUNT, 60)
        (first,) = (one for one in hosts if "watches" in one.log.read_text())
        (second,) = (one for one in hosts if one is not first)
        first.cut_off()
        wait_for(lambda: "watches" in second.log.read_text(), 60)
        for document in _ids(services):
            work(services, document, tmp_path)
        wait_for(lambda: len(list((folder / "registered").iterdir())) == _COUNT, 60)
    assert list((folder / "duplicate").iterdir()) == []
    with reading(services.database) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(submissions)).scalar_one() == _COUNT
    assert len(_ids(services)) == _COUNT


def _ids(services: Services) -> list[str]:
    with reading(services.database) as connection:
        return list(connection.execute(sa.select(documents.c.id)).scalars())


def test_a_folder_is_known_by_what_lies_in_it_and_not_by_its_path(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "processing").mkdir(parents=True)
    known = identity_of(here)
    here.rename(there)
    assert identity_of(there) == known
    (here / "processing").mkdir(parents=True)
    assert identity_of(here) != known


def test_the_empty_folder_that_a_lost_share_leaves_behind_is_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        identity_of(tmp_path)


def test_a_taken_file_that_somebody_moves_away_holds_up_no_other(services: Services, tmp_path: Path) -> None:
    services.settings.stable_seconds = 0.0
    watch = open_watch(tmp_path / "inbox", service_person(services, "扫描仪").name)
    for serial in (1, 2):
        (watch.folder / f"{serial}.xml").write_bytes(einvoice(number(serial)))
    step(services, watch)
    step(services, watch)
    for document in watch.taken.values():
        work(services, document, tmp_path)
    min(watch.taken).unlink()
    step(services, watch)
    assert [one.name for one in (watch.folder / "registered").iterdir()] == ["2.xml"]
    assert not watch.taken
