"""The tables as lines of JSON and back: the same for SQLite and PostgreSQL, so one restores on the other."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from intake.store.database import MIGRATIONS
from intake.store.tables import metadata

_MANY = 2000


def snapshot(engine: sa.Engine) -> sa.Connection:
    """A connection that sees one moment of the whole database, and keeps nobody from writing."""
    connection = engine.connect().execution_options(reading=True, stream_results=True)
    if engine.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def schema_revision(connection: sa.Connection) -> str:
    """The revision of the tables."""
    return MigrationContext.configure(connection).get_current_revision() or ""


@functools.cache
def known_revisions() -> tuple[str, ...]:
    """Every revision that this version knows, the newest first."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    return tuple(one.revision for one in scripts.walk_revisions())


def is_behind(revision: str) -> bool:
    """Whether tables at this revision are still to be brought up to date by this version."""
    return not revision or revision in known_revisions()[1:]


def table_names() -> list[str]:
    """All tables, those that others point at first."""
    return [table.name for table in metadata.sorted_tables]


def dump_table(connection: sa.Connection, name: str) -> Iterator[bytes]:
    """The rows of a table, one JSON object a line, in the order of its key."""
    table = metadata.tables[name]
    query = sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_MANY)
    for row in connection.execute(query).mappings():
        yield json.dumps(dict(row), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def make_tables(engine: sa.Engine, revision: str) -> None:
    """Make the tables as they were at a revision, in an empty database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def is_empty(engine: sa.Engine) -> bool:
    """Whether a database has no tables, or only empty ones."""
    names = set(sa.inspect(engine).get_table_names()) & set(table_names())
    with engine.connect().execution_options(reading=True) as connection:
        return not any(connection.execute(sa.text(f'SELECT 1 FROM "{name}" LIMIT 1')).first() for name in names)  # nosec B608 # noqa: S608 - our own names


def load_table(engine: sa.Engine, name: str, lines: Iterable[bytes]) -> int:
    """Fill a table from its lines, in portions; gives how many rows there were."""
    count = 0
    with engine.begin() as connection:
        table = sa.Table(name, sa.MetaData(), autoload_with=connection)
        for portion in _batched(lines):
            rows = [json.loads(line) for line in portion]
            connection.execute(table.insert(), rows)
            count += len(rows)
        if connection.dialect.name == "postgresql":
            _go_on_counting(connection, table)
    return count


def _batched(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(lines)
    while portion := list(itertools.islice(rest, _MANY)):
        yield portion


def _go_on_counting(connection: sa.Connection, table: sa.Table) -> None:
    """Rows that brought their numbers along do not move the counter; the next row would meet the first."""
    (key, *others) = table.primary_key.columns
    if others or not isinstance(key.type, sa.Integer):
        return
    sequence = connection.execute(sa.func.pg_get_serial_sequence(table.name, key.name).select()).scalar()
    last = connection.execute(sa.select(sa.func.max(key))).scalar()
    if sequence and last:
        connection.execute(sa.func.setval(sequence, last).select())
