"""What finds an invoice by the end of its number, a document by its name; and how often each was verified."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_INDEXES = (
    ("submissions", "sender", "created_at"),
    ("documents", "filename"),
    ("documents", "received_at"),
    ("invoices", "number_end"),
    ("tax_rows", "number_end"),
    ("tax_rows", "region", "issue_date"),
    ("entries", "region", "issue_date"),
)
#: Hardly any document mends another one: an index of nothing but those is one that a database will use.
_MENDING = sa.text("mends IS NOT NULL")


def upgrade() -> None:
    for table in ("invoices", "tax_rows"):
        op.add_column(table, sa.Column("number_end", sa.String(4)))
        rows = sa.table(table, sa.column("invoice_number", sa.String), sa.column("number_end", sa.String))
        end = sa.func.substr(rows.c.invoice_number, sa.func.length(rows.c.invoice_number) - 3)
        op.execute(rows.update().where(sa.func.length(rows.c.invoice_number) >= 4).values(number_end=end))
    for table, *columns in _INDEXES:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
    op.drop_index(op.f("ix_entries_region"), "entries")
    op.drop_index(op.f("ix_documents_mends"), "documents")
    op.create_index(
        op.f("ix_documents_mends"), "documents", ["mends"], sqlite_where=_MENDING, postgresql_where=_MENDING
    )
    op.create_table(
        "checks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.String(32), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("result", sa.String(20)),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_checks_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
    )
    op.create_index(op.f("ix_checks_entry_id_day"), "checks", ["entry_id", "day"])
