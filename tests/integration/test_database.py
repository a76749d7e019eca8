"""Who waits for whom: writers for each other, readers for nobody."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa

from intake.desk.services import Services
from intake.store import database as module
from intake.store.database import reading
from intake.store.history import append, verify
from intake.store.tables import events


def test_a_reader_does_not_wait_for_a_writer(services: Services) -> None:
    with services.database.begin() as writer:
        append(writer, "policy", actor="test")
        started = time.monotonic()
        with reading(services.database) as reader:
            assert reader.execute(sa.select(sa.func.count()).select_from(events)).scalar_one() == 0
        assert time.monotonic() - started < 2


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
