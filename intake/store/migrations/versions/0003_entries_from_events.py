"""Entries are built from their events, live on after registration, and can be searched."""

from __future__ import annotations

import json
import time
from typing import Any

import sqlalchemy as sa
from alembic import op

from intake.store.entries import view_after
from intake.store.history import START, event_hash

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ENTRY_COLUMNS = (
    sa.Column("amount_excl_tax", sa.String(30)),
    sa.Column("tax", sa.String(30)),
    sa.Column("amount_cents", sa.BigInteger()),
    sa.Column("tax_cents", sa.BigInteger()),
    sa.Column("items", sa.Text()),
    sa.Column("region", sa.String(2)),
    sa.Column("department", sa.String(100)),
    sa.Column("verification", sa.String(12), nullable=False, server_default="unchecked"),
    sa.Column("verified_at", sa.Float()),
    sa.Column("reconciliation", sa.String(12), nullable=False, server_default="unseen"),
    sa.Column("booking", sa.String(12), nullable=False, server_default="open"),
    sa.Column("booked_as", sa.String(40)),
    sa.Column("archived_at", sa.Float()),
    sa.Column("revision", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("changed_at", sa.Float(), nullable=False, server_default="0"),
    sa.Column("words", sa.Text(), nullable=False, server_default=""),
)
_INVOICE_COLUMNS = (
    sa.Column("invoice_number", sa.String(20)),
    sa.Column("seller_name", sa.String(400)),
    sa.Column("buyer_tax_id", sa.String(30)),
    sa.Column("region", sa.String(2)),
    sa.Column("words", sa.Text()),
)


def upgrade() -> None:
    op.add_column("submissions", sa.Column("department", sa.String(100)))
    op.add_column("events", sa.Column("entry_id", sa.String(32)))
    op.create_index(op.f("ix_events_entry_id_id"), "events", ["entry_id", "id"])
    for column in _ENTRY_COLUMNS:
        op.add_column("entries", column)
    for name in ("total_cents", "region"):
        op.create_index(op.f(f"ix_entries_{name}"), "entries", [name])
    for column in _INVOICE_COLUMNS:
        op.add_column("invoices", column)
    op.create_index(op.f("ix_invoices_invoice_number"), "invoices", ["invoice_number"])
    _adopt(op.get_bind())


def _adopt(connection: sa.Connection) -> None:
    """Give every entry from before an event that holds what it says, so that it can be built from its events."""
    events, entries = (sa.Table(name, sa.MetaData(), autoload_with=connection) for name in ("events", "entries"))
    previous = connection.execute(sa.select(events.c.hash).order_by(events.c.id.desc()).limit(1)).scalar() or START
    for entry in connection.execute(sa.select(entries).order_by(entries.c.registered_at)).mappings().all():
        facts = _facts(entry)
        row: dict[str, Any] = {
            "at": round(time.time(), 3), "actor": "migration", "what": "adopted", "document_id": None,
            "submission_id": None, "entry_id": entry["id"], "algorithm": "sha256-2", "previous": previous,
            "details": json.dumps(facts, ensure_ascii=False, sort_keys=True),
        }  # fmt: skip
        previous = event_hash(row)
        connection.execute(events.insert().values(**row, hash=previous))
        view = view_after({}, "adopted", row["at"], facts)
        known = {name: value for name, value in view.items() if name in entries.c}
        connection.execute(entries.update().where(entries.c.id == entry["id"]).values(**known))


def _facts(entry: sa.RowMapping) -> dict[str, Any]:
    kept = ("registered_at", "withdrawn_at", "used_by", "used_at")
    told = (
        "key", "kind", "invoice_code", "invoice_number", "issue_date", "total", "buyer_name", "buyer_tax_id",
        "seller_name", "seller_tax_id", "sender",
    )  # fmt: skip
    return {**{name: entry[name] for name in told}, "kept": {name: entry[name] for name in kept}}
