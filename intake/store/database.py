"""Opens the database: SQLite with honest locking, or PostgreSQL; brings its tables up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

_MIGRATIONS = Path(__file__).with_name("migrations")
#: Any number will do as long as it is the same everywhere: it makes migrations and events wait for each other.
MIGRATION_LOCK, EVENT_LOCK = 7101, 7102


def open_database(url: str) -> sa.Engine:
    """Open a database. On SQLite every transaction begins IMMEDIATE: a deferred one loses writes under load."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), pool_pre_ping=True)
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": 15})

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=15000"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reading(engine: sa.Engine) -> sa.Connection:
    """Open a connection for reading only, which takes no lock."""
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def migrate(engine: sa.Engine) -> None:
    """Bring the tables up to date; safe when several processes start at once."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
