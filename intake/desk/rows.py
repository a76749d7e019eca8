"""Proves that documents and entries say what their events say, a piece at a time, however many there are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.desk.services import Services
from intake.store.database import reading_one_moment
from intake.store.entries import DERIVED, rebuilt
from intake.store.tables import documents, entries, events
from models.document import State
from models.integrity import Break, Checked, Part

_PIECE = 1000
_STATES = frozenset(state.value for state in State)
#: What goes wrong when an event does not hold what its kind holds.
_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class _Side:
    """One table beside its events: ``told`` are the events that count, ``broken`` says how a row does not fit them."""

    part: Part
    table: sa.Table
    key: sa.Column[Any]
    told: sa.ColumnElement[bool]
    broken: Callable[[str, sa.RowMapping | None, Sequence[sa.RowMapping]], Break | None]


def verify_documents(services: Services, beat: Callable[[], None]) -> Checked:
    """Hold every document against the events of its arrival and of its state."""
    told = events.c.what.in_(_STATES)
    return _verify(services, _Side(Part.DOCUMENTS, documents, events.c.document_id, told, _document_broken), beat)


def verify_entries(services: Services, beat: Callable[[], None]) -> Checked:
    """Hold every entry against the row that its events build. What only serves searching is not compared."""
    return _verify(services, _Side(Part.VIEWS, entries, events.c.entry_id, sa.true(), entry_broken), beat)


def entry_broken(identity: str, row: sa.RowMapping | None, told: Sequence[sa.RowMapping]) -> Break | None:
    """How an entry does not fit its events, if so; ``row`` is None when there is none, ``told`` are in their order."""
    where = {"entry": identity, "number": str(row["invoice_number"]) if row else ""}
    if not told:
        return Break(Part.VIEWS, "entry_without_events", where)
    if row is None:
        return Break(Part.VIEWS, "entry_missing", where)
    try:
        built = rebuilt((one["what"], one["at"], one["details"]) for one in told)
    except _UNREADABLE as trouble:
        return Break(Part.VIEWS, "events_unreadable", {**where, "of": identity, "trouble": repr(trouble)})
    return _difference(Part.VIEWS, "entry_edited", where, row, {name: built[name] for name in built.keys() - DERIVED})


def _document_broken(identity: str, row: sa.RowMapping | None, told: Sequence[sa.RowMapping]) -> Break | None:
    where = {"document": identity}
    arrival = next((one for one in told if one["what"] == State.RECEIVED.value), None)
    if arrival is None:
        return Break(Part.DOCUMENTS, "document_without_events", where)
    if row is None:
        return Break(Part.DOCUMENTS, "document_missing", where)
    try:
        said = json.loads(arrival["details"])
        stated = {"sha256": said["sha256"], "size": said["size"], "filename": said["name"]}
    except _UNREADABLE as trouble:
        return Break(Part.DOCUMENTS, "events_unreadable", {**where, "of": identity, "trouble": repr(trouble)})
    should = {**stated, "submission_id": arrival["submission_id"], "state": told[-1]["what"]}
    return _difference(Part.DOCUMENTS, "document_edited", where, row, should)


def _difference(
    part: Part, what: str, where: dict[str, str], row: sa.RowMapping, should: dict[str, Any]
) -> Break | None:
    name = next((name for name in sorted(should) if row[name] != should[name]), None)
    if name is None:
        return None
    return Break(part, what, {**where, "field": name, "is": str(row[name]), "should": str(should[name])})


def _verify(services: Services, side: _Side, beat: Callable[[], None]) -> Checked:
    checked = broken = 0
    first = None
    for ids, rows, told in _pieces(services, side):
        for identity in ids:
            checked += 1
            trouble = side.broken(identity, rows.get(identity), told.get(identity, []))
            if trouble:
                broken, first = broken + 1, first or trouble
        beat()
    return Checked(side.part, checked, broken, first)


_Piece = tuple[list[str], dict[str, sa.RowMapping], dict[str, list[sa.RowMapping]]]


def _pieces(services: Services, side: _Side) -> Iterator[_Piece]:
    """Ids from the table and from the events, some at a time, with the row and the events of each as of one moment."""
    table, key, last = side.table, side.key, ""
    while True:
        with reading_one_moment(services.database) as connection:
            here = sa.select(table.c.id).where(table.c.id > last).order_by(table.c.id).limit(_PIECE)
            there = sa.select(key).where(key > last, side.told).distinct().order_by(key).limit(_PIECE)
            known = {*connection.execute(here).scalars(), *connection.execute(there).scalars()}
            ids = sorted(known)[:_PIECE]
            rows = connection.execute(sa.select(table).where(table.c.id.in_(ids))).mappings().all()
            told = _events_of(connection, key, ids, side.told)
        yield ids, {row["id"]: row for row in rows}, told
        if len(ids) < _PIECE:
            return
        last = ids[-1]


def _events_of(
    connection: sa.Connection, key: sa.Column[Any], ids: Sequence[str], told: sa.ColumnElement[bool]
) -> dict[str, list[sa.RowMapping]]:
    wanted = (events.c.what, events.c.at, events.c.details, events.c.submission_id, key.label("of"))
    query = sa.select(*wanted).where(key.in_(ids), told).order_by(key, events.c.id)
    found: dict[str, list[sa.RowMapping]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["of"], []).append(row)
    return found
