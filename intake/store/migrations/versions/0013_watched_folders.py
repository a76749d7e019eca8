"""What the watchers of folders found at their last look."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0009"
branch_labels = None
depends_on = None


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
