"""Runs of daily work; and a guard in the database: entries and events stay, events as they were written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: What must never be done to which table.
_REFUSED = (("entries", "DELETE"), ("events", "DELETE"), ("events", "UPDATE"))


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("beat_at", sa.Float(), nullable=False),
        sa.Column("ended_at", sa.Float()),
        sa.Column("ok", sa.Boolean()),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_name_started_at"), "runs", ["name", "started_at"])
    if op.get_bind().dialect.name == "sqlite":
        for table, what in _REFUSED:
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} of the ledger are kept as they are'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION kept_as_they_are() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of the ledger are kept as they are'; END $$"
    )
    for table, what in (*_REFUSED, ("entries", "TRUNCATE"), ("events", "TRUNCATE")):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{what.lower()} BEFORE {what} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION kept_as_they_are()"
        )
