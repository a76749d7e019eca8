"""Lists of the tax authority held against the ledger: the runs, links by hand, alarms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STANDING = sa.text("undone_at IS NULL")


def upgrade() -> None:
    op.add_column("tax_rows", sa.Column("cancels", sa.String(64)))
    op.add_column("tax_rows", sa.Column("notes", sa.Text()))
    op.create_index(op.f("ix_tax_rows_cancels"), "tax_rows", ["cancels"])
    op.drop_index(op.f("ix_tax_rows_key"), "tax_rows")
    op.create_index(op.f("ix_tax_rows_key_list_id"), "tax_rows", ["key", "list_id"])
    _create_runs()
    _create_links()
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("entry_id", sa.String(32), nullable=False),
        sa.Column("list_id", sa.String(32)),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("seen_by", sa.String(200)),
        sa.Column("seen_at", sa.Float()),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_alarms_entry_id")),
        sa.ForeignKeyConstraint(["list_id"], ["tax_lists.id"], name=op.f("fk_alarms_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index(op.f("ix_alarms_seen_at_id"), "alarms", ["seen_at", "id"])
    op.create_index(op.f("ix_alarms_entry_id"), "alarms", ["entry_id"])


def _create_runs() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("list_id", sa.String(32), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("finished_at", sa.Float()),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("first_day", sa.String(10)),
        sa.Column("last_day", sa.String(10)),
        sa.Column("companies", sa.Text(), nullable=False),
        sa.Column("policy", sa.String(400), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["tax_lists.id"], name=op.f("fk_reconciliations_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    op.create_index(op.f("ix_reconciliations_finished_at"), "reconciliations", ["finished_at"])
    op.create_index(op.f("ix_reconciliations_list_id_finished_at"), "reconciliations", ["list_id", "finished_at"])
    op.create_table(
        "reconciliation_rows",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.Column("bucket", sa.String(12), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("tax_row_id", sa.Integer()),
        sa.Column("entry_id", sa.String(32)),
        sa.Column("company", sa.String(30)),
        sa.Column("listed_cents", sa.BigInteger()),
        sa.Column("entry_cents", sa.BigInteger()),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["reconciliations.id"], name=op.f("fk_reconciliation_rows_run_id")),
        sa.ForeignKeyConstraint(["tax_row_id"], ["tax_rows.id"], name=op.f("fk_reconciliation_rows_tax_row_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_reconciliation_rows_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_rows")),
    )
    for columns in (["run_id", "bucket", "id"], ["tax_row_id"], ["entry_id"]):
        op.create_index(op.f(f"ix_reconciliation_rows_{'_'.join(columns)}"), "reconciliation_rows", columns)


def _create_links() -> None:
    op.create_table(
        "reconciliation_links",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("entry_id", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("linked_at", sa.Float(), nullable=False),
        sa.Column("undone_by", sa.String(200)),
        sa.Column("undone_at", sa.Float()),
        sa.Column("undone_reason", sa.String(400)),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_reconciliation_links_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_links")),
    )
    for column in ("key", "entry_id"):
        op.create_index(
            f"uq_reconciliation_links_{column}", "reconciliation_links", [column], unique=True,
            sqlite_where=_STANDING, postgresql_where=_STANDING,
        )  # fmt: skip
