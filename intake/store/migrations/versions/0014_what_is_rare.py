"""What is rare in the ledger has an index: senders, regions, kinds, states out of the ordinary. See decision 0012."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

#: The states out of the ordinary, in the words of queries (``intake.store.entry_index.USUAL``): so a database sees it.
_UNUSUAL = {
    "verification": "verification NOT IN ('unchecked', 'match')",
    "reconciliation": "reconciliation NOT IN ('unseen', 'matched')",
}


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    table, identity = ("entry_index", "entry_id") if sqlite else ("entries", "id")
    op.execute(f"CREATE INDEX ix_{table}_sender ON {table} (sender, registered_at, {identity})")
    for name, unusual in _UNUSUAL.items():
        op.execute(f"CREATE INDEX ix_{table}_{name} ON {table} ({name}, registered_at, {identity}) WHERE {unusual}")
    if sqlite:  # there are large regions, so that what is summed is in the index
        columns = "region, issue_date, withdrawn_at, total_cents, amount_cents, tax_cents"
        op.execute(f"CREATE INDEX ix_entry_index_region ON entry_index ({columns})")
    else:
        op.execute("CREATE INDEX ix_entries_kind ON entries (kind)")
