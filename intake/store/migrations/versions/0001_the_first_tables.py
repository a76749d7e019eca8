"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("invoice_code", sa.String(length=12), nullable=True),
        sa.Column("invoice_number", sa.String(length=20), nullable=False),
        sa.Column("issue_date", sa.String(length=10), nullable=True),
        sa.Column("total", sa.String(length=30), nullable=True),
        sa.Column("total_cents", sa.BigInteger(), nullable=True),
        sa.Column("buyer_name", sa.String(length=400), nullable=True),
        sa.Column("buyer_tax_id", sa.String(length=30), nullable=True),
        sa.Column("seller_name", sa.String(length=400), nullable=True),
        sa.Column("seller_tax_id", sa.String(length=30), nullable=True),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("registered_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("key", name=op.f("uq_entries_key")),
    )
    op.create_index(op.f("ix_entries_issue_date"), "entries", ["issue_date"], unique=False)
    op.create_index(op.f("ix_entries_registered_at_id"), "entries", ["registered_at", "id"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=True),
        sa.Column("submission_id", sa.String(length=32), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_document_id"), "events", ["document_id"], unique=False)
    op.create_index(op.f("ix_events_submission_id_id"), "events", ["submission_id", "id"], unique=False)
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_key", sa.String(length=200), nullable=True),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("door", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("client_key", name=op.f("uq_submissions_client_key")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=400), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("express", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.Float(), nullable=True),
        sa.Column("received_at", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("duplicate_of", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_documents_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_sha256"), "documents", ["sha256"], unique=False)
    op.create_index(op.f("ix_documents_state_updated_at"), "documents", ["state", "updated_at"], unique=False)
    op.create_index(op.f("ix_documents_submission_id"), "documents", ["submission_id"], unique=False)
    op.create_table(
        "invoices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("entry_id", sa.String(length=32), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_invoices_document_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_invoices_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("document_id", "position", name=op.f("uq_invoices_document_id_position")),
    )
    op.create_index(op.f("ix_invoices_entry_id"), "invoices", ["entry_id"], unique=False)
    op.create_index(op.f("ix_invoices_key"), "invoices", ["key"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_invoices_key"), table_name="invoices")
    op.drop_index(op.f("ix_invoices_entry_id"), table_name="invoices")
    op.drop_table("invoices")
    op.drop_index(op.f("ix_documents_submission_id"), table_name="documents")
    op.drop_index(op.f("ix_documents_state_updated_at"), table_name="documents")
    op.drop_index(op.f("ix_documents_sha256"), table_name="documents")
    op.drop_table("documents")
    op.drop_table("submissions")
    op.drop_index(op.f("ix_events_submission_id_id"), table_name="events")
    op.drop_index(op.f("ix_events_document_id"), table_name="events")
    op.drop_table("events")
    op.drop_index(op.f("ix_entries_registered_at_id"), table_name="entries")
    op.drop_index(op.f("ix_entries_issue_date"), table_name="entries")
    op.drop_table("entries")
