"""What the mail door found at its last look into each mailbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("mailbox", sa.String(400), nullable=False),
        sa.Column("looked_at", sa.Float(), nullable=False),
        sa.Column("read_at", sa.Float(), nullable=False),
        sa.Column("trouble", sa.String(100)),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_mailboxes")),
    )
    op.create_index("ix_mails_mailbox_at", "mails", ["mailbox", "at"])
