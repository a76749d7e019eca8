"""The ledger is searched by pieces of its words, in any order; filters are kept under a name. See decision 0012."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.search_text import searchable

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_PORTION = 5000
_SEARCHED = (
    "invoice_code", "invoice_number", "items", "seller_name", "seller_tax_id", "buyer_name", "buyer_tax_id",
)  # fmt: skip
_COPIED = (
    "registered_at", "withdrawn_at", "invoice_number", "issue_date", "kind", "region", "verification",
    "reconciliation", "booking", "sender", "department", "buyer_tax_id", "total_cents", "amount_cents", "tax_cents",
)  # fmt: skip
#: What is summed, and what it is filtered by: a sum over a million entries reads this and no row.
_COVERING = tuple(name for name in _COPIED if name not in ("invoice_number", "issue_date"))


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_saved_views_owner_name")),
    )
    op.add_column("entries", sa.Column("searched", sa.Text(), nullable=False, server_default=""))
    _fill(op.get_bind())
    for name in ("issue_date", "total_cents"):
        op.drop_index(op.f(f"ix_entries_{name}"), "entries")
        op.create_index(op.f(f"ix_entries_{name}_id"), "entries", [name, "id"])
    op.create_index(op.f("ix_entries_invoice_number"), "entries", ["invoice_number"])
    if op.get_bind().dialect.name == "sqlite":
        _index_apart()
    else:
        _index_in_place()


def _fill(connection: sa.Connection) -> None:
    entries = sa.table("entries", *map(sa.column, ("id", "registered_at", "searched", *_SEARCHED)))
    order = (entries.c.registered_at, entries.c.id)  # as they lie in the file
    query = sa.select(*order, *(entries.c[name] for name in _SEARCHED)).order_by(*order).limit(_PORTION)
    change = entries.update().where(entries.c.id == sa.bindparam("entry")).values(searched=sa.bindparam("text"))
    last: tuple[float, str] = (0.0, "")
    while rows := connection.execute(query.where(sa.tuple_(*order) > sa.tuple_(*last))).mappings().all():
        connection.execute(change, [{"entry": row["id"], "text": searchable(dict(row))} for row in rows])
        last = (rows[-1]["registered_at"], rows[-1]["id"])


def _index_in_place() -> None:
    """PostgreSQL. ``fastupdate`` off: what was entered just now is found as fast as the rest."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE INDEX ix_entries_searched ON entries USING gin (searched gin_trgm_ops) WITH (fastupdate = off)")
    op.execute(f"CREATE INDEX ix_entries_totals ON entries (issue_date) INCLUDE ({', '.join(_COVERING)})")


def _index_apart() -> None:
    """SQLite: a table of rows that are narrow and numbered, the index of their words, and what keeps both in step."""
    copied, entered = ", ".join(_COPIED), ", ".join(f"new.{name}" for name in _COPIED)
    op.execute(
        "CREATE TABLE entry_index (place INTEGER PRIMARY KEY, entry_id VARCHAR(32) NOT NULL UNIQUE, "
        f"{', '.join(f'{name} {_type(name)}' for name in _COPIED)}, words TEXT NOT NULL)"
    )
    op.execute(
        f"INSERT INTO entry_index (entry_id, {copied}, words) "  # nosec B608 # noqa: S608 - our own names
        f"SELECT id, {copied}, searched FROM entries ORDER BY registered_at, id"
    )
    op.execute(f"CREATE INDEX ix_entry_index_totals ON entry_index (issue_date, entry_id, {', '.join(_COVERING)})")
    for name in ("registered_at", "total_cents"):
        op.execute(f"CREATE INDEX ix_entry_index_{name} ON entry_index ({name}, entry_id)")
    op.execute("CREATE INDEX ix_entry_index_invoice_number ON entry_index (invoice_number)")
    op.execute(
        "CREATE VIRTUAL TABLE entry_words USING fts5(words, content=entry_index, content_rowid=place, detail=none, "
        "tokenize='trigram case_sensitive 1')"
    )
    op.execute("INSERT INTO entry_words (entry_words) VALUES ('rebuild')")
    add = "INSERT INTO entry_words (rowid, words) VALUES (new.place, new.words);"
    drop = "INSERT INTO entry_words (entry_words, rowid, words) VALUES ('delete', old.place, old.words);"
    for name, when, what in (
        (
            "entries_index_insert",
            "AFTER INSERT ON entries",
            f"INSERT INTO entry_index (entry_id, {copied}, words) VALUES (new.id, {entered}, new.searched);",  # nosec B608 # noqa: S608 - our own names
        ),
        (
            "entries_index_update",
            "AFTER UPDATE ON entries",
            f"UPDATE entry_index SET (entry_id, {copied}, words) = (new.id, {entered}, new.searched) "  # nosec B608 # noqa: S608 - our own names
            "WHERE entry_id = old.id;",
        ),
        ("entries_index_delete", "AFTER DELETE ON entries", "DELETE FROM entry_index WHERE entry_id = old.id;"),
        ("entry_index_insert", "AFTER INSERT ON entry_index", add),
        ("entry_index_update", "AFTER UPDATE ON entry_index WHEN old.words <> new.words", drop + add),
        ("entry_index_delete", "AFTER DELETE ON entry_index", drop),
    ):
        op.execute(f"CREATE TRIGGER {name} {when} BEGIN {what} END")


def _type(name: str) -> str:
    if name.endswith("_at"):
        return "FLOAT"
    return "BIGINT" if name.endswith("_cents") else "TEXT"
