"""Opens the database: SQLite or PostgreSQL, one writer at a time; brings its tables up to date.

What is written together with an event must not be overtaken by another event, so a writing transaction begins with the
lock that the chain of events needs: ``BEGIN IMMEDIATE`` on SQLite, an advisory lock on PostgreSQL. Taken first, it can
also not meet the lock of a row the other way round. Readers take no lock on either. A machine that is held up while it
writes would hold up all others, so PostgreSQL ends a writer that says nothing for long.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from intake.errors import UnstorableText

MIGRATIONS = Path(__file__).with_name("migrations")
#: Any number will do as long as it is the same everywhere: it makes those who write wait for each other.
WRITE_LOCK = 7102
#: A writer that says nothing for so long is on a machine that is held up or cut off; PostgreSQL then takes back what it
#: wrote, and lets the others go on. Far longer than any of us thinks between two statements.
_SILENT_MS = 60_000
_FELL_SILENT = "25P03"


@dataclass(frozen=True, slots=True)
class Pool:
    """The connections that a process may have with PostgreSQL.

    ``size`` are kept open, ``overflow`` more are opened when all are in use; ``seconds`` is how long to wait for one
    when these are in use too, ``recycle_seconds`` how old one may get.
    """

    size: int = 5
    overflow: int = 10
    seconds: float = 30.0
    recycle_seconds: int = 1800


_PLAIN = Pool()


def open_database(url: str, pool: Pool = _PLAIN) -> sa.Engine:
    """Open a database; ``engine.begin()`` writes, ``reading`` reads. ``pool`` is for PostgreSQL.

    The errors of its queries do not quote their values: those are what stands on invoices.
    """
    if url.startswith("sqlite"):
        engine = _open_sqlite(url)
    else:
        address = url.replace("postgresql://", "postgresql+psycopg://")
        engine = sa.create_engine(
            address, pool_pre_ping=True, hide_parameters=True, pool_size=pool.size, max_overflow=pool.overflow,
            pool_timeout=pool.seconds, pool_recycle=pool.recycle_seconds,
        )  # fmt: skip
    sa.event.listen(engine, "begin", _begin)
    sa.event.listen(engine, "before_cursor_execute", _refuse_nul)
    sa.event.listen(engine, "handle_error", _alike)
    return engine


def _open_sqlite(url: str) -> sa.Engine:
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": 15}, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=15000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _begin(connection: sa.Connection) -> None:
    reads = connection.get_execution_options().get("reading", False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
    elif not reads:
        silent = f"set_config('idle_in_transaction_session_timeout', '{_SILENT_MS}', true)"
        connection.exec_driver_sql(f"SELECT {silent}, pg_advisory_xact_lock({WRITE_LOCK})")


def _alike(context: sa.ExceptionContext) -> sa.exc.DBAPIError | None:
    """Give both databases the same errors: operational is what waiting may mend, and nothing else.

    A writer that fell silent has lost its connection. What is wrong with a statement SQLite calls operational too.
    """
    trouble = context.original_exception
    if getattr(trouble, "sqlstate", None) == _FELL_SILENT:
        kind: type[sa.exc.DBAPIError] = sa.exc.OperationalError
    elif getattr(trouble, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        kind = sa.exc.ProgrammingError
    else:
        return None
    return kind(context.statement, None, trouble, hide_parameters=True)


def _refuse_nul(_c: object, _cursor: object, _sql: str, parameters: Any, _context: object, many: bool) -> None:
    """Refuse a NUL on every database alike, before one of them does in its own way."""
    for row in parameters if many else (parameters,):
        values: Iterable[object] = row.values() if isinstance(row, dict) else row or ()
        if any(isinstance(value, str) and "\0" in value for value in values):
            raise UnstorableText


def reading(engine: sa.Engine) -> sa.Connection:
    """Open a connection for reading only: it takes no lock, and sees one moment of the database on SQLite."""
    return engine.connect().execution_options(reading=True)


def reading_one_moment(engine: sa.Engine) -> sa.Connection:
    """Open a connection for reading only whose queries all see the same moment of the database."""
    connection = reading(engine)
    if engine.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def take_stock(engine: sa.Engine, table: sa.Table) -> None:
    """Let PostgreSQL count a table into which much was written at once.

    Until its own round comes by, it plans as if next to nothing were new, and looks up 100 000 rows one by one. SQLite
    plans without such counts (decision 0012).
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(reading=True, isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"ANALYZE {table.name}")


def migrate(engine: sa.Engine) -> None:
    """Bring the tables up to date; safe when several processes start at once."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
