"""Messages of the mailbox that were dealt with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("mailbox", sa.String(400), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("submission_id", sa.String(32)),
        sa.Column("report_id", sa.String(32)),
        sa.PrimaryKeyConstraint("mailbox", "validity", "uid", name=op.f("pk_mails")),
    )
