"""Policy packs, what rules found, holds and second persons in review, claims."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("mends", sa.String(32)))
    op.create_index(op.f("ix_documents_mends"), "documents", ["mends"])
    op.add_column("entries", sa.Column("withdrawn_at", sa.Float()))
    op.add_column("entries", sa.Column("used_by", sa.String(200)))
    op.add_column("entries", sa.Column("used_at", sa.Float()))
    op.add_column("invoices", sa.Column("issue_date", sa.String(10)))
    op.add_column("invoices", sa.Column("total_cents", sa.BigInteger()))
    op.add_column("invoices", sa.Column("likeness", sa.String(256)))
    op.add_column("invoices", sa.Column("held_by", sa.String(200)))
    op.add_column("invoices", sa.Column("held_until", sa.Float()))
    op.add_column("invoices", sa.Column("confirmed_by", sa.String(200)))
    op.add_column("invoices", sa.Column("decided_by", sa.String(200)))
    op.add_column("invoices", sa.Column("decided_at", sa.Float()))
    op.create_index(op.f("ix_invoices_state"), "invoices", ["state"])
    op.create_index(op.f("ix_invoices_total_cents"), "invoices", ["total_cents"])
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("document_id", sa.String(32), nullable=False),
        sa.Column("invoice_id", sa.String(32)),
        sa.Column("contested_at", sa.Float()),
        sa.Column("ruling", sa.String(12)),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_findings_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_rule_at"), "findings", ["rule", "at"])
    op.create_index(op.f("ix_findings_document_id"), "findings", ["document_id"])
    op.create_table(
        "policies",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("version", sa.String(200), nullable=False),
        sa.Column("valid_from", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("installed_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_policies_name_version")),
    )
    op.create_index(op.f("ix_policies_valid_from"), "policies", ["valid_from"])
