"""PostgreSQL: rows of the tables that never stop growing are counted in 64 bits, as SQLite always has."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_COUNTED = ("events", "findings", "tax_rows", "reconciliation_rows")
_NAMING_THEM = (("endpoints", "cursor"), ("deliveries", "event_id"), ("reconciliation_rows", "tax_row_id"))


def upgrade() -> None:
    """Each table is written anew, some ten seconds for a million rows, and nobody writes meanwhile."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, column in (*((table, "id") for table in _COUNTED), *_NAMING_THEM):
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bigint")
    for table in _COUNTED:
        op.execute(f"ALTER SEQUENCE {table}_id_seq AS bigint")
