"""Endpoints of partners, and what is on its way to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "endpoints",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(100), nullable=False),
        sa.Column("previous_secret", sa.String(100)),
        sa.Column("previous_until", sa.Float()),
        sa.Column("types", sa.Text()),
        sa.Column("companies", sa.Text()),
        sa.Column("departments", sa.Text()),
        sa.Column("lag_limit", sa.Float(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("disabled_at", sa.Float()),
        sa.Column("disabled_reason", sa.String(20)),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.Float()),
        sa.Column("rest_until", sa.Float(), nullable=False),
        sa.Column("last_success_at", sa.Float()),
        sa.Column("last_failure_at", sa.Float()),
        sa.Column("last_trouble", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
        sa.UniqueConstraint("name", name=op.f("uq_endpoints_name")),
    )
    op.create_table(
        "deliveries",
        sa.Column("endpoint_id", sa.String(32), nullable=False),
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.Float()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.Float()),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.Column("last_trouble", sa.String(40)),
        sa.Column("delivered_at", sa.Float()),
        sa.Column("dead_at", sa.Float()),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoints.id"], name=op.f("fk_deliveries_endpoint_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_deliveries_event_id")),
        sa.PrimaryKeyConstraint("endpoint_id", "event_id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        op.f("ix_deliveries_endpoint_id_state_failures_event_id"),
        "deliveries",
        ["endpoint_id", "state", "failures", "event_id"],
    )
    op.create_index(
        op.f("ix_deliveries_endpoint_id_subject_event_id"), "deliveries", ["endpoint_id", "subject", "event_id"]
    )
    op.create_index(op.f("ix_deliveries_subject"), "deliveries", ["subject"])
