"""The invoices, as they were read in files, that the entries of the ledger rest on."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from intake.store.tables import invoices
from models.document import State


def carrying(entry_ids: Collection[str]) -> sa.ColumnElement[bool]:
    """What is registered for some entries. By its state nothing is found: nearly all invoices have that one."""
    return sa.and_(invoices.c.entry_id.in_(entry_ids), state_within(State.REGISTERED))


def state_within(*states: State) -> sa.ColumnElement[bool]:
    """The states of invoices that something else finds; SQLite knows no figures, and would take their index for it."""
    return sa.func.coalesce(invoices.c.state, "").in_([state.value for state in states])
