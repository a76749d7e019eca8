"""Tables of an earlier version, with data in them, brought up to date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from intake.store import database as module
from intake.store.database import migrate, open_database, reading
from intake.store.dump import is_behind, known_revisions, schema_revision
from intake.store.entries import FACTS, rebuilt
from intake.store.history import START, event_hash, verify
from intake.store.tables import entries, events, invoices, metadata
from tests.integration.conftest import _new_database

ENTRY = {
    "id": "e" * 32, "key": "26112000000000000001", "kind": "digital_normal", "invoice_number": "26112000000000000001",
    "issue_date": "2026-03-02", "total": "106.00", "total_cents": 10600, "seller_name": "上海范例餐饮有限公司",
    "sender": "小王", "registered_at": 1000.5, "used_by": "BX-7", "used_at": 2000.0,
}  # fmt: skip
EVENT = {
    "at": 1000.5, "actor": "desk", "what": "entered", "document_id": None, "submission_id": None,
    "details": json.dumps({"entry": "e" * 32}), "algorithm": "sha256", "previous": START,
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database as 0002 left it, with one entry and its event."""
    on_postgres = request.param == "postgresql"
    url = _new_database(request.getfixturevalue("postgres_url")) if on_postgres else f"sqlite:///{tmp_path / 'old.db'}"
    engine = open_database(url)
    up_to(engine, "0002")
    with engine.begin() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        connection.execute(tables.tables["entries"].insert().values(**ENTRY))
        connection.execute(tables.tables["events"].insert().values(**EVENT, hash=event_hash(EVENT)))
    yield engine
    engine.dispose()


def up_to(engine: sa.Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(module.MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_an_old_entry_keeps_what_it_says_and_can_be_built_from_its_events(old: sa.Engine) -> None:
    migrate(old)
    with reading(old) as connection:
        row = connection.execute(sa.select(entries)).mappings().one()
        told = connection.execute(
            sa.select(events.c.what, events.c.at, events.c.details).where(events.c.entry_id == row["id"])
        ).all()
        assert verify(connection).ok
    built = rebuilt(tuple(one) for one in told)
    assert {name: row[name] for name in built} == built
    assert {name: row[name] for name in ENTRY} == ENTRY
    assert "上海范例" in row["words"]
    assert set(FACTS) <= set(built)


@pytest.mark.parametrize("revision", [one for one in reversed(known_revisions()) if one > "0002"])
def test_from_every_version_on_the_way_all_that_was_kept_is_still_there(old: sa.Engine, revision: str) -> None:
    """What 0002 had is brought to a version, a document arrives there, and both are brought to today's."""
    up_to(old, revision)
    submission = {"id": "s", "sender": "王", "door": "page", "created_at": 1.0}
    document = {
        "id": "d", "submission_id": "s", "sha256": "0", "filename": "收据 1.pdf", "size": 1, "express": True,
        "state": "registered", "attempt": 1, "received_at": 1.0, "updated_at": 2.0,
    }  # fmt: skip
    invoice = {"id": "i", "document_id": "d", "position": 0, "state": "registered", "data": '{"fields": {}}'}
    kept = {"submissions": submission, "documents": document, "invoices": invoice}
    put_in(old, kept)
    migrate(old)
    with reading(old) as connection:
        assert not is_behind(schema_revision(connection))
        assert verify(connection).ok
        for name, values in {**kept, "entries": ENTRY}.items():
            row = connection.execute(sa.select(metadata.tables[name])).mappings().one()
            assert {column: row[column] for column in values} == values


def put_in(engine: sa.Engine, rows: dict[str, dict[str, object]]) -> None:
    """Put rows into the tables as they are at that version; what they ask for beyond is filled in plainly."""
    tables = sa.MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        for name, values in rows.items():
            table = tables.tables[name]
            asked = {
                column.name: "" if isinstance(column.type, sa.String) else 0
                for column in table.columns
                if not column.nullable and column.server_default is None and column.name not in values
            }
            connection.execute(table.insert().values(**asked, **values))


def test_the_proven_fields_of_old_invoices_are_counted(old: sa.Engine) -> None:
    up_to(old, "0011")
    fields = {"total": {"value": "1.00", "proven": True}, "tax": {"value": "0.06", "proven": False}}
    document = {
        "id": "d", "submission_id": "s", "sha256": "0", "filename": "a", "size": 1, "express": True,
        "state": "registered", "attempt": 1, "received_at": 1.0, "updated_at": 2.0,
    }  # fmt: skip
    data = json.dumps({"fields": fields})
    invoice = {"id": "i", "document_id": "d", "position": 0, "state": "registered", "data": data}
    submission = {"id": "s", "sender": "王", "door": "page", "created_at": 1.0}
    put_in(old, {"submissions": submission, "documents": document, "invoices": invoice})
    migrate(old)
    with reading(old) as connection:
        counted = connection.execute(sa.select(invoices.c.field_count, invoices.c.proven_count)).one()
    assert tuple(counted) == (2, 1)
