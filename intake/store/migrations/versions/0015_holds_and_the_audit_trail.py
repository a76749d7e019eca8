"""Legal holds; the history by who, what and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("document_id", sa.String(32)),
        sa.Column("entry_id", sa.String(32)),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("lifted_at", sa.Float()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_holds_document_id_documents")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_holds_entry_id_entries")),
    )
    op.create_index(op.f("ix_holds_document_id"), "holds", ["document_id"])
    op.create_index(op.f("ix_holds_entry_id"), "holds", ["entry_id"])
    op.create_index(op.f("ix_events_actor_id"), "events", ["actor", "id"])
    op.create_index(op.f("ix_events_what_id"), "events", ["what", "id"])
    op.create_index(op.f("ix_events_at"), "events", ["at"])
