"""What the watchers of folders found at their last look; how many fields of an invoice are proven."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_PORTION = 2000


def upgrade() -> None:
    op.create_table(
        "folders",
        sa.Column("path", sa.String(400), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("sender", sa.String(200), nullable=False),
        sa.Column("scanned_at", sa.Float(), nullable=False),
        sa.Column("lying", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("stuck_count", sa.Integer(), nullable=False),
        sa.Column("stuck", sa.Text(), nullable=False),
        sa.Column("trouble", sa.String(100)),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_folders")),
    )
    for name in ("field_count", "proven_count"):
        op.add_column("invoices", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    _count(op.get_bind())
    op.drop_index(op.f("ix_invoices_entry_id"), "invoices")
    op.create_index(op.f("ix_invoices_entry_id_state"), "invoices", ["entry_id", "state"])


def _count(connection: sa.Connection) -> None:
    invoices = sa.table("invoices", *map(sa.column, ("id", "data", "field_count", "proven_count")))
    query = sa.select(invoices.c.id, invoices.c.data).order_by(invoices.c.id).limit(_PORTION)
    mine = invoices.c.id == sa.bindparam("invoice")
    change = invoices.update().where(mine).values(field_count=sa.bindparam("all"), proven_count=sa.bindparam("proven"))
    last = ""
    while rows := connection.execute(query.where(invoices.c.id > last)).all():
        fields = {row.id: json.loads(row.data)["fields"].values() for row in rows}
        connection.execute(
            change,
            [
                {"invoice": invoice, "all": len(some), "proven": sum(one["proven"] for one in some)}
                for invoice, some in fields.items()
            ],
        )
        last = rows[-1].id
