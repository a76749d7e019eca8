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
from intake.store.entries import FACTS, rebuilt
from intake.store.history import START, event_hash, verify
from intake.store.tables import entries, events, invoices
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


def test_the_proven_fields_of_old_invoices_are_counted(old: sa.Engine) -> None:
    up_to(old, "0011")
    fields = {"total": {"value": "1.00", "proven": True}, "tax": {"value": "0.06", "proven": False}}
    document = {
        "id": "d", "submission_id": "s", "sha256": "0", "filename": "a", "size": 1, "express": True,
        "state": "registered", "attempt": 1, "received_at": 1.0, "updated_at": 2.0,
    }  # fmt: skip
    data = json.dumps({"fields": fields})
    invoice = {"id": "i", "document_id": "d", "position": 0, "state": "registered", "data": data}
    with old.begin() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        submission = {"id": "s", "sender": "王", "door": "page", "created_at": 1.0}
        for name, values in (("submissions", submission), ("documents", document), ("invoices", invoice)):
            connection.execute(tables.tables[name].insert().values(**values))
    migrate(old)
    with reading(old) as connection:
        counted = connection.execute(sa.select(invoices.c.field_count, invoices.c.proven_count)).one()
    assert tuple(counted) == (2, 1)
