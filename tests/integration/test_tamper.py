"""Whoever changes files, rows or events behind the back of the service is found out, and it is said where."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake.desk.lifecycle import book
from intake.desk.rebuild import rebuild
from intake.desk.roots import root_of
from intake.desk.services import Services
from intake.desk.verify import verify
from intake.store.blobs import original_key
from intake.store.database import reading
from intake.store.history import event_hash
from intake.store.tables import documents, entries, events, invoices
from intake.wiring import build_services
from models.clock import day_of
from models.finding import Verdict
from models.integrity import Break, Checked, Part
from models.sight import EVERYTHING
from tests.integration.programs import overwrite
from tests.integration.test_rules_of_the_desk import settled, slip

TODAY = day_of(dt.datetime.now(tz=dt.UTC).timestamp())


@pytest.fixture
def ledger(services: Services) -> Services:
    """Three entries, the first of them booked, and one returned document."""
    for serial in (1, 2, 3):
        register(services, serial)
    settled(services, slip(Verdict.REJECT, invoice_number="00000004"))
    book(services, EVERYTHING, entry_of(services, 1), "02", actor="李会计")
    return services


def number(serial: int) -> str:
    return f"{serial * 1000:08}"


def register(services: Services, serial: int) -> None:
    settled(services, slip(Verdict.ACCEPT, invoice_number=number(serial)))


def entry_of(services: Services, serial: int) -> str:
    with reading(services.database) as connection:
        query = sa.select(entries.c.id).where(entries.c.invoice_number == number(serial))
        return str(connection.execute(query).scalar_one())


def proven(services: Services, *roots: str) -> dict[Part, Checked]:
    return {one.part: one for one in verify(services, roots, bytes_per_second=0)}


def breaks(services: Services, *roots: str) -> dict[Part, Break]:
    return {part: one.first for part, one in proven(services, *roots).items() if one.first}


def root_now(services: Services) -> str:
    with reading(services.database) as connection:
        return str(root_of(connection, TODAY))


def attack(services: Services, *statements: sa.Executable) -> None:
    """Change the database as somebody does who owns it: first away with its guards."""
    on_sqlite = services.database.dialect.name == "sqlite"
    with services.database.begin() as connection:
        for table, what in (("entries", "delete"), ("events", "delete"), ("events", "update")):
            on = "" if on_sqlite else f" ON {table}"
            connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_refuse_{what}{on}"))
        for statement in statements:
            connection.execute(statement)


def original_of(services: Services, serial: int) -> tuple[str, str]:
    """The document that an entry was made from, and its hash."""
    with reading(services.database) as connection:
        query = sa.select(documents.c.id, documents.c.sha256).join(invoices, invoices.c.document_id == documents.c.id)
        row = connection.execute(query.where(invoices.c.invoice_number == number(serial))).one()
    return row.id, row.sha256


def test_an_untouched_ledger_is_proven_whole(ledger: Services) -> None:
    found = proven(ledger, root_now(ledger))
    assert all(one.ok for one in found.values())
    assert {part: one.checked for part, one in found.items() if part is not Part.CHAIN} == {
        Part.ROOTS: 1, Part.DOCUMENTS: 4, Part.VIEWS: 3, Part.FILES: 4,
    }  # fmt: skip


def test_a_ledger_in_use_gives_no_false_alarm(ledger: Services) -> None:
    entry = entry_of(ledger, 2)

    def work_on() -> None:
        for mark in ("02", "06") * 20:
            book(ledger, EVERYTHING, entry, mark, actor="李会计")

    worker = threading.Thread(target=work_on)
    worker.start()
    looks = 0
    while worker.is_alive():
        assert not breaks(ledger, root_now(ledger))
        looks += 1
    worker.join()
    assert looks > 1


def test_a_flipped_byte_in_a_stored_file(ledger: Services) -> None:
    document, sha256 = original_of(ledger, 2)
    content = bytearray(ledger.blobs.get(original_key(sha256)))
    content[7] ^= 1
    overwrite(ledger, original_key(sha256), bytes(content))
    (found,) = breaks(ledger).values()
    assert (found.what, found.where["document"], found.where["sha256"]) == ("file_altered", document, sha256)
    assert original_key(sha256) in found.told["mend_en"]


def test_a_file_that_is_gone(ledger: Services) -> None:
    document, sha256 = original_of(ledger, 2)
    ledger.blobs.delete(original_key(sha256))
    (found,) = breaks(ledger).values()
    assert (found.what, found.where["document"]) == ("file_missing", document)


def test_a_forged_file_under_its_own_hash(ledger: Services) -> None:
    document, sha256 = original_of(ledger, 2)
    forged = "f" * 64
    attack(ledger, documents.update().where(documents.c.id == document).values(sha256=forged))
    found = breaks(ledger)[Part.DOCUMENTS]
    assert (found.what, found.where["document"], found.where["should"]) == ("document_edited", document, sha256)


EDITS = {
    "total": "9106.00", "total_cents": 910600, "booking": "open", "used_by": "BX-1", "registered_at": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(("column", "value"), EDITS.items())
def test_an_edited_entry(ledger: Services, column: str, value: object) -> None:
    entry = entry_of(ledger, 1)
    attack(ledger, entries.update().where(entries.c.id == entry).values({column: value}))
    (found,) = breaks(ledger).values()
    assert (found.what, found.where["entry"], found.where["field"]) == ("entry_edited", entry, column)
    assert (found.where["is"], found.where["number"]) == (str(value), number(1))


def test_an_entry_that_was_deleted_or_smuggled_in(ledger: Services) -> None:
    entry = entry_of(ledger, 3)
    with reading(ledger.database) as connection:
        row = connection.execute(sa.select(entries).where(entries.c.id == entry)).mappings().one()
    loose = invoices.update().where(invoices.c.entry_id == entry).values(entry_id=None)
    attack(ledger, loose, entries.delete().where(entries.c.id == entry))
    assert (breaks(ledger)[Part.VIEWS].what, breaks(ledger)[Part.VIEWS].where["entry"]) == ("entry_missing", entry)
    attack(ledger, entries.insert().values({**row, "id": "0" * 32}))
    assert proven(ledger)[Part.VIEWS].broken == 2
    assert breaks(ledger)[Part.VIEWS].what == "entry_without_events"


def event_ids(services: Services, entry: str) -> list[int]:
    with reading(services.database) as connection:
        query = sa.select(events.c.id).where(events.c.entry_id == entry).order_by(events.c.id)
        return list(connection.execute(query).scalars())


@pytest.mark.parametrize("column", ["actor", "at", "details", "what", "entry_id", "algorithm"])
def test_an_edited_event(ledger: Services, column: str) -> None:
    (event,) = event_ids(ledger, entry_of(ledger, 2))
    value = {"at": 1.0, "details": "{}", "algorithm": "sha256"}.get(column, "x")
    attack(ledger, events.update().where(events.c.id == event).values({column: value}))
    found = breaks(ledger)[Part.CHAIN]
    assert (found.what, found.where["event"]) == ("event_edited", str(event))


def test_an_edited_event_with_a_new_hash(ledger: Services) -> None:
    (event,) = event_ids(ledger, entry_of(ledger, 2))
    with reading(ledger.database) as connection:
        row = dict(connection.execute(sa.select(events).where(events.c.id == event)).mappings().one())
    row["actor"] = "somebody else"
    attack(ledger, events.update().where(events.c.id == event).values(actor=row["actor"], hash=event_hash(row)))
    found = breaks(ledger)[Part.CHAIN]
    assert (found.what, found.where["before"]) == ("event_gone", str(event))


def test_a_deleted_event(ledger: Services) -> None:
    (event,) = event_ids(ledger, entry_of(ledger, 2))
    attack(ledger, events.delete().where(events.c.id == event))
    found = breaks(ledger)[Part.CHAIN]
    assert (found.what, found.where["event"]) == ("event_gone", str(event + 1))


def test_a_deleted_last_event_leaves_an_entry_that_says_more_than_its_events(ledger: Services) -> None:
    entry = entry_of(ledger, 1)
    attack(ledger, events.delete().where(events.c.id == event_ids(ledger, entry)[-1]))
    (found,) = breaks(ledger).values()
    assert (found.part, found.where["entry"]) == (Part.VIEWS, entry)


def test_swapped_events(ledger: Services) -> None:
    (event,) = event_ids(ledger, entry_of(ledger, 2))
    moves = [(event, 0), (event + 1, event), (0, event + 1)]
    attack(ledger, *(events.update().where(events.c.id == old).values(id=new) for old, new in moves))
    found = breaks(ledger)[Part.CHAIN]
    assert (found.what, found.where["event"], found.where["after"]) == ("event_moved", str(event), str(event + 1))


@pytest.fixture
def restore(ledger: Services, tmp_path: Path) -> Callable[[], Services]:
    """Take a backup of the ledger now; what is given opens the service on it."""
    url = ledger.database.url
    if url.get_backend_name() == "sqlite":
        copy = tmp_path / "backup.db"
        with ledger.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.connection.execute(f"VACUUM INTO '{copy}'")
        backup = f"sqlite:///{copy}"
    else:
        ledger.database.dispose()
        backup = url.set(database=f"{url.database}_old").render_as_string(hide_password=False)
        admin = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {url.database}_old TEMPLATE {url.database}"))
        admin.dispose()
    settings = ledger.settings
    return lambda: build_services(settings.model_copy(update={"database_url": backup}))


def test_a_restored_old_backup(restore: Callable[[], Services], ledger: Services) -> None:
    before = root_now(ledger)
    register(ledger, 5)
    root = root_now(ledger)
    assert not breaks(ledger, before, root)
    old = restore()
    assert not breaks(old, before)
    (found,) = breaks(old, before, root).values()
    assert (found.what, found.where["root"]) == ("history_shorter", root)
    assert int(found.where["found"]) < int(found.where["events"])
    old.database.dispose()


def test_a_restored_old_backup_on_which_work_went_on(restore: Callable[[], Services], ledger: Services) -> None:
    register(ledger, 5)
    root = root_now(ledger)
    old = restore()
    for serial in (6, 7):
        register(old, serial)
    (found,) = breaks(old, root).values()
    assert (found.what, found.where["root"]) == ("history_other", root)
    old.database.dispose()


def test_a_history_that_was_written_anew_from_the_start(ledger: Services) -> None:
    root = root_now(ledger)
    with reading(ledger.database) as connection:
        rows = [dict(row) for row in connection.execute(sa.select(events).order_by(events.c.id)).mappings()]
    previous, forged = rows[0]["previous"], []
    for row in rows:
        row |= {"previous": previous, "actor": row["actor"].replace("李", "王")}
        row["hash"] = previous = event_hash(row)
        forged.append(events.update().where(events.c.id == row["id"]).values(row))
    attack(ledger, *forged)
    assert not breaks(ledger)
    assert breaks(ledger, root)[Part.ROOTS].what == "history_other"


def test_a_line_that_is_no_root(ledger: Services) -> None:
    found = proven(ledger, "# roots of our ledger", "", root_now(ledger), "2026-11-24 all is well")[Part.ROOTS]
    assert (found.checked, found.broken) == (2, 1)
    assert found.first is not None
    assert found.first.where["line"] == "4"


def test_the_database_itself_refuses_to_forget(ledger: Services) -> None:
    for statement in (entries.delete(), events.delete(), events.update().values(actor="x")):
        with pytest.raises(sa.exc.DBAPIError, match="kept as they are"), ledger.database.begin() as connection:
            connection.execute(statement)
    assert not breaks(ledger)


def test_an_edited_entry_is_built_again_and_remembers_what_it_said(ledger: Services) -> None:
    entry = entry_of(ledger, 1)
    attack(ledger, entries.update().where(entries.c.id == entry).values(total="9106.00", total_cents=910600))
    assert rebuild(ledger, entry, actor="root") == {"total": "9106.00", "total_cents": 910600}
    assert not breaks(ledger)
    assert rebuild(ledger, entry, actor="root") == {}
    loose = invoices.update().where(invoices.c.entry_id == entry).values(entry_id=None)
    attack(ledger, loose, entries.delete().where(entries.c.id == entry))
    rebuild(ledger, entry, actor="root")
    assert not breaks(ledger)
