"""A selection of the ledger as a file: exactly what is filtered, written while it is read.

The event ``exported`` is written before the first byte leaves, with what was asked for and how many rows it has; rows
and count are of one moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.desk.export_forms import WRITERS, Form, Layout
from intake.desk.listing import shown
from intake.desk.search import Order, count, places_of_all
from intake.desk.services import Services
from intake.store.database import reading_one_moment
from intake.store.entries import SHOWN
from intake.store.entry_index import index_of
from intake.store.history import append
from intake.store.tables import entries
from models.query import Query
from models.sight import Sight

#: The event of whatever leaves as a file; its detail ``of`` says of what: ledger, handoff, reconciliation, audit.
EXPORTED = "exported"
_PORTION = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be exported: the query, as it was read and as it was typed, in which order and layout."""

    query: Query
    typed: Mapping[str, str]
    order: Order
    layout: Layout
    form: Form


def export(services: Services, sight: Sight, wish: Wish, *, actor: str) -> Iterator[bytes]:
    """Write the event, then give the file piece by piece."""
    index = index_of(services.database.dialect.name)
    with reading_one_moment(services.database) as connection:
        rows = count(connection, index, sight, wish.query)
        note_export(
            services, "ledger", actor=actor, filters=dict(wish.typed), order=wish.order.value,
            columns=list(wish.layout.columns), form=wish.form.value, rows=rows,
        )  # fmt: skip
        ids = places_of_all(index, sight, wish.query, wish.order)
        yield from WRITERS[wish.form](_rows(connection, ids), wish.layout)


def note_export(services: Services, of: str, *, actor: str, **told: Any) -> None:
    """Write the event of an export, before it leaves."""
    with services.database.begin() as connection:
        append(connection, EXPORTED, actor=actor, details={"of": of, **told})


def _rows(connection: sa.Connection, places: sa.Select[Any]) -> Iterator[Mapping[str, Any]]:
    with connection.execute(places, execution_options={"yield_per": _PORTION}) as found:
        for portion in found.partitions():
            ids = [identity for _, identity in portion]
            query = sa.select(*SHOWN).where(entries.c.id.in_(ids))
            told = {row["id"]: row for row in connection.execute(query).mappings()}
            yield from (shown(told[one]) for one in ids)
