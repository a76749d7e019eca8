"""What lies around a made ledger: a file of every entry, what was read in it, and the lists of the tax authority.

One entry in sixteen is on no list. Made by the database out of its entries, so it takes a minute or two for a million.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from intake.store.tables import documents, entries, invoices, submissions, tax_lists, tax_rows
from models.document import State
from models.kinds import Kind
from models.tax_list import Direction, Form

_READ = {
    "kind": Kind.DIGITAL_NORMAL.value, "page": 1, "region": None, "verdict": State.REGISTERED.value, "items": [],
    "fields": {}, "findings": [],
}  # fmt: skip
_ENTRY = entries.c
_MONTH = sa.func.substr(_ENTRY.issue_date, 1, 7)
_COPIED = ("key", "invoice_number", "issue_date", "total_cents", "seller_name", "buyer_tax_id", "region")
_LISTED = ("invoice_code", "seller_tax_id", "buyer_name", "amount_cents", "tax_cents", *_COPIED)


def lay_around(engine: sa.Engine) -> None:
    """Fill the tables around the entries of a ledger that has nothing else."""
    sqlite = engine.dialect.name == "sqlite"
    ending = sa.func.substr(_ENTRY.invoice_number, -4) if sqlite else sa.func.right(_ENTRY.invoice_number, 4)
    with engine.begin() as connection:
        _copy(connection, submissions, id=_ENTRY.id, sender=_ENTRY.sender, department=_ENTRY.department,
              door=sa.literal("folder"), created_at=_ENTRY.registered_at)  # fmt: skip
        _copy(connection, documents, id=_ENTRY.id, submission_id=_ENTRY.id, sha256=_ENTRY.id + _ENTRY.id,
              filename=_ENTRY.invoice_number + ".pdf", size=sa.literal(80_000), express=sa.literal(False),
              state=sa.literal(State.REGISTERED.value), attempt=sa.literal(1), received_at=_ENTRY.registered_at,
              updated_at=_ENTRY.registered_at)  # fmt: skip
        _copy(connection, invoices, id=_ENTRY.id, document_id=_ENTRY.id, position=sa.literal(0), entry_id=_ENTRY.id,
              state=sa.literal(State.REGISTERED.value), data=sa.literal(json.dumps(_READ)), number_end=ending,
              words=_ENTRY.words, **{name: _ENTRY[name] for name in _COPIED})  # fmt: skip
        _lists(connection)
        _copy(connection, tax_rows, _ENTRY.id >= "1", list_id=_MONTH, line=sa.literal(2), number_end=ending,
              kind=sa.literal("数电发票（普通发票）"), status=sa.literal("正常"), extra=sa.literal("{}"),
              **{name: _ENTRY[name] for name in _LISTED})  # fmt: skip


def _lists(connection: sa.Connection) -> None:
    """One list of every month."""
    months = sa.select(_MONTH, sa.func.min(_ENTRY.issue_date), sa.func.max(_ENTRY.issue_date), sa.func.count())
    always = {
        "form": Form.FULL_QUERY.value, "direction": Direction.RECEIVED.value, "company": None, "sources": "[]",
        "kinds": "[]", "refused": "[]", "actor": "bench", "imported_at": 1.0,
    }  # fmt: skip
    lists = [
        {"id": month, "sha256": month, "filename": f"{month}.xlsx", "first_day": first, "last_day": last, "rows": rows}
        for month, first, last, rows in connection.execute(months.group_by(_MONTH))
    ]
    connection.execute(tax_lists.insert(), [{**always, **one} for one in lists])


def _copy(connection: sa.Connection, table: sa.Table, *which: sa.ColumnElement[bool], **columns: Any) -> None:
    query = sa.select(*columns.values()).where(*which).order_by(_ENTRY.registered_at, _ENTRY.id)
    connection.execute(table.insert().from_select(list(columns), query, include_defaults=False))
