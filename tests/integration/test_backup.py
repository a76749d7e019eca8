"""Backup and restore, between databases of both kinds, sealed and not."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake.desk.backup import BackupBroken, NotEmpty, backups, make_backup, restore
from intake.desk.retention import delete_due
from intake.desk.services import Services
from intake.desk.verify import verify
from intake.settings import Settings
from intake.store.blobs import original_key
from intake.store.database import reading
from intake.store.history import append
from intake.store.sealed import NotOurSeal
from intake.store.tables import documents, entries, events
from intake.wiring import open_services
from tests.integration.conftest import _new_database
from tests.integration.invoices import einvoice, number
from tests.integration.test_desk import bring, work

KEY = bytes(range(32))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> Iterator[Services]:
    """An empty place to restore to, of each kind."""
    on_postgres = request.param == "postgresql"
    url = _new_database(request.getfixturevalue("postgres_url")) if on_postgres else None
    opened = open_services(Settings(var=tmp_path / "elsewhere", redis_url=redis_url, database_url=url))
    yield opened
    opened.database.dispose()


def rows(services: Services, table: sa.Table) -> list[dict[str, object]]:
    with reading(services.database) as connection:
        query = sa.select(table).order_by(*table.primary_key.columns)
        return [dict(row) for row in connection.execute(query).mappings()]


@pytest.fixture
def filled(services: Services, tmp_path: Path) -> Services:
    for serial in range(1, 4):
        work(services, bring(services, einvoice(number(serial))), tmp_path)
    return services


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "sealed"])
def test_everything_comes_back_on_either_kind_of_database(
    filled: Services, empty: Services, tmp_path: Path, key: bytes | None
) -> None:
    made = make_backup(filled, tmp_path / "backup", key=key)
    back = restore(empty, tmp_path / "backup", key=key)
    assert back == made
    for table in (documents, entries, events):
        assert rows(empty, table) == rows(filled, table)
    for row in rows(filled, documents):
        original = original_key(str(row["sha256"]))
        assert empty.blobs.get(original) == filled.blobs.get(original)
    with empty.database.begin() as connection:
        assert append(connection, "policy", actor="test").id > made.chain_length


def test_a_sealed_backup_shows_nothing_without_its_key(filled: Services, empty: Services, tmp_path: Path) -> None:
    make_backup(filled, tmp_path / "backup", key=KEY)
    stored = [file.read_bytes() for file in (tmp_path / "backup").rglob("*") if file.is_file()]
    assert not any("范例".encode() in content for content in stored)
    with pytest.raises(NotOurSeal):
        restore(empty, tmp_path / "backup", key=bytes(32))


def test_a_later_backup_adds_only_what_is_new(filled: Services, tmp_path: Path) -> None:
    first = make_backup(filled, tmp_path / "backup")
    work(filled, bring(filled, einvoice(number(9))), tmp_path)
    (tmp_path / "backup" / "sets" / first.moment).rename(tmp_path / "backup" / "sets" / "20200101T000000Z")
    second = make_backup(filled, tmp_path / "backup")
    assert (first.new_blobs, second.new_blobs, second.blobs) == (3, 1, 4)
    assert len(backups(tmp_path / "backup")) == 2


def damage_a_table(target: Path) -> None:
    file = next(target.glob("sets/*/entries.jsonl.gz"))
    file.write_bytes(file.read_bytes()[:-3] + b"abc")


def lose_a_table(target: Path) -> None:
    next(target.glob("sets/*/entries.jsonl.gz")).unlink()


@pytest.mark.parametrize("harm", [damage_a_table, lose_a_table])
def test_a_backup_that_was_harmed_is_refused(
    filled: Services, empty: Services, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    make_backup(filled, tmp_path / "backup")
    harm(tmp_path / "backup")
    with pytest.raises(BackupBroken):
        restore(empty, tmp_path / "backup")


def test_a_restore_never_writes_over_data(filled: Services, tmp_path: Path) -> None:
    make_backup(filled, tmp_path / "backup")
    with pytest.raises(NotEmpty):
        restore(filled, tmp_path / "backup")


def test_what_is_written_during_a_backup_is_in_it_whole_or_not_at_all(
    filled: Services, empty: Services, tmp_path: Path
) -> None:
    class Busy:
        """A blob store that, while it is copied, takes in another document."""

        def __init__(self) -> None:
            self.stored = filled.blobs

        def names(self, prefix: str = "") -> list[str]:
            bring(filled, einvoice(number(77)))
            return list(self.stored.names(prefix))

        def __getattr__(self, name: str) -> object:
            return getattr(self.stored, name)

    make_backup(dataclasses.replace(filled, blobs=Busy()), tmp_path / "backup")  # type: ignore[arg-type]
    restore(empty, tmp_path / "backup")
    assert len(rows(empty, documents)) == 3
    assert {row["what"] for row in rows(empty, events)} >= {"received", "entered"}


def test_a_file_that_is_deleted_by_policy_while_it_is_copied_stops_no_backup(
    filled: Services, empty: Services, tmp_path: Path
) -> None:
    class Fleeting:
        """A blob store that names a file which is gone when it is asked for."""

        def __init__(self) -> None:
            self.stored = filled.blobs

        def names(self, prefix: str = "") -> list[str]:
            return ["originals/00/gone", *self.stored.names(prefix)]

        def __getattr__(self, name: str) -> object:
            return getattr(self.stored, name)

    made = make_backup(dataclasses.replace(filled, blobs=Fleeting()), tmp_path / "backup")  # type: ignore[arg-type]
    restore(empty, tmp_path / "backup")
    assert made.blobs == len(list(filled.blobs.names()))


def test_a_backup_after_files_were_deleted_by_policy_is_whole(
    filled: Services, empty: Services, tmp_path: Path
) -> None:
    deleted = list(delete_due(filled, time.time() + 40 * 366 * 86_400))
    make_backup(filled, tmp_path / "backup")
    restore(empty, tmp_path / "backup")

    assert len(deleted) == 3
    assert list(empty.blobs.names()) == []
    assert all(one.ok for one in verify(empty, [], bytes_per_second=0))
