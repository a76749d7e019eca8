"""Lists of the tax authority, as they were loaded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tax_lists",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("filename", sa.String(400), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("direction", sa.String(10), nullable=False),
        sa.Column("company", sa.String(30)),
        sa.Column("first_day", sa.String(10), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("imported_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_lists")),
    )
    op.create_index(op.f("ix_tax_lists_imported_at"), "tax_lists", ["imported_at"])
    op.create_index(op.f("ix_tax_lists_first_day_last_day"), "tax_lists", ["first_day", "last_day"])
    op.create_table(
        "tax_rows",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("list_id", sa.String(32), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("invoice_code", sa.String(12)),
        sa.Column("invoice_number", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(60)),
        sa.Column("issue_date", sa.String(10)),
        sa.Column("seller_name", sa.String(400)),
        sa.Column("seller_tax_id", sa.String(30)),
        sa.Column("buyer_name", sa.String(400)),
        sa.Column("buyer_tax_id", sa.String(30)),
        sa.Column("amount_cents", sa.BigInteger()),
        sa.Column("tax_cents", sa.BigInteger()),
        sa.Column("total_cents", sa.BigInteger()),
        sa.Column("status", sa.String(40)),
        sa.Column("source", sa.String(40)),
        sa.Column("risk", sa.String(40)),
        sa.Column("region", sa.String(2)),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["tax_lists.id"], name=op.f("fk_tax_rows_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rows")),
    )
    op.create_index(op.f("ix_tax_rows_key"), "tax_rows", ["key"])
    op.create_index(op.f("ix_tax_rows_list_id_line"), "tax_rows", ["list_id", "line"])
    op.create_index(op.f("ix_tax_rows_invoice_number"), "tax_rows", ["invoice_number"])
    op.create_index(op.f("ix_tax_rows_total_cents"), "tax_rows", ["total_cents"])
