"""Who waits for whom: writers for each other, readers for nobody."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.services import Services
from intake.store import database as module
from intake.store.database import reading
from intake.store.history import append, verify
from intake.store.tables import events
from intake.wiring import open_services
from tests.integration.people import boss, key_headers


def test_a_reader_does_not_wait_for_a_writer(services: Services) -> None:
    with services.database.begin() as writer:
        append(writer, "policy", actor="test")
        started = time.monotonic()
        with reading(services.database) as reader:
            assert reader.execute(sa.select(sa.func.count()).select_from(events)).scalar_one() == 0
        assert time.monotonic() - started < 10


def test_events_of_many_writers_make_one_chain(services: Services) -> None:
    def write(name: str) -> None:
        for _ in range(10):
            with services.database.begin() as connection:
                append(connection, "policy", actor=name)

    threads = [threading.Thread(target=write, args=(f"writer {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(services.database) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(events)).scalar_one() == 40
        assert verify(connection).ok


@pytest.mark.parametrize("services", ["postgresql"], indirect=True)  # SQLite knows no other numbers
def test_the_history_goes_on_where_32_bits_end(services: Services) -> None:
    with services.database.begin() as connection:
        connection.execute(sa.text("SELECT setval('events_id_seq', 2147483646)"))
        append(connection, "policy", actor="the last of them")
        append(connection, "policy", actor="the next")
    with reading(services.database) as connection:
        assert connection.execute(sa.select(sa.func.max(events.c.id))).scalar_one() == 2**31
        assert verify(connection).ok


@pytest.mark.parametrize("services", ["postgresql"], indirect=True)
def test_a_writer_that_falls_silent_holds_up_nobody_for_long(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SILENT_MS", 500)

    def write_with_a_rest() -> None:
        with services.database.begin() as held_up:
            append(held_up, "policy", actor="of a machine that is held up")
            with services.database.begin() as other:
                append(other, "policy", actor="of another")
            append(held_up, "policy", actor="of the first, once it goes on")

    with pytest.raises(sa.exc.OperationalError):
        write_with_a_rest()
    with reading(services.database) as connection:
        assert list(connection.execute(sa.select(events.c.actor)).scalars()) == ["of another"]
        assert verify(connection).ok


def test_a_statement_that_is_wrong_is_nothing_to_wait_for(services: Services) -> None:
    with pytest.raises(sa.exc.ProgrammingError), reading(services.database) as connection:
        connection.execute(sa.text("SELECT 1 FROM nowhere"))


@pytest.mark.parametrize("services", ["postgresql"], indirect=True)
def test_a_process_opens_no_more_connections_than_it_may(services: Services) -> None:
    changed = {"database_pool": 1, "database_overflow": 1, "database_pool_seconds": 0.2}
    database = open_services(services.settings.model_copy(update=changed)).database
    with reading(database), reading(database), pytest.raises(sa.exc.TimeoutError):
        reading(database)
    with reading(database) as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
    database.dispose()


@pytest.mark.parametrize("services", ["postgresql"], indirect=True)
def test_who_gets_no_connection_is_told_to_come_back(services: Services) -> None:
    headers = key_headers(services, boss(services))
    changed = {"database_pool": 1, "database_overflow": 0, "database_pool_seconds": 0.2}
    scarce = open_services(services.settings.model_copy(update=changed))
    with TestClient(create_app(scarce), headers=headers) as client, reading(scarce.database):
        answer = client.get("/api/v1/invoices")
        page = client.get("/ledger", headers={"accept": "text/html"})
    scarce.database.dispose()
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    assert page.text.startswith("服务暂时不可用")


@pytest.mark.parametrize("services", ["postgresql"], indirect=True)
def test_an_old_connection_is_opened_anew(services: Services) -> None:
    settings = services.settings.model_copy(update={"database_recycle_seconds": 1})
    database = open_services(settings).database
    told = []
    for _ in range(2):
        with reading(database) as connection:
            told.append(connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one())
        time.sleep(1.2)
    assert told[0] != told[1]
    database.dispose()
