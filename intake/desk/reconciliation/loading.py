"""A list of the tax authority into its tables: the same bytes once, in chunks, and what it covers."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from intake.desk.policies import policy_at
from intake.desk.receive import safe_name
from intake.desk.services import Services
from intake.errors import IntakeError, UnreadableInput
from intake.store.blobs import original_key
from intake.store.database import reading, take_stock
from intake.store.history import append
from intake.store.tables import tax_lists, tax_rows
from intake.tax_list.apart import ReadList, read_apart
from models.numbers import region_of
from models.tax_list import Direction, ListedInvoice, ListSummary

_CHUNK = 2000
#: Loading the longest list takes less; who has not finished by then is gone.
_LOADING_SECONDS = 300.0
#: A list that covers nothing: the days of one that is still being loaded, so that nobody relies on what is missing.
NO_DAYS = ("9999-12-31", "0001-01-01")


class BadPeriod(IntakeError):
    """The days that a list is said to cover are not in order, or leave out invoices that it holds."""


class BeingLoaded(IntakeError):
    """The same list is being loaded at this moment."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days of issue that were asked for when a list was exported, both included, in ISO form."""

    first: str
    last: str


def load_list(services: Services, source: Path, *, filename: str, actor: str, period: Period | None = None) -> str:
    """Load a list and give its id; bytes that were loaded before give the list of then.

    A list does not say for which days it was asked. ``period`` does; without it the list covers the days from its
    first invoice to its last. A period told later corrects the one of the list.

    Raises:
        UnreadableInput: REC-FILE, REC-SIZE, REC-HEADER, FILE-LIMIT, or the rule of its first row when every row is
            refused. BadPeriod: the period does not fit. BeingLoaded: somebody else is loading it.
        OSError: the file cannot be opened.
    """
    with source.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    known = _known(services, sha256)
    if known is not None:
        _correct_days(services, known, period, actor)
        return str(known.id)
    with read_apart(source) as read:
        days = _days(read.summary.first_day, read.summary.last_day, period)
        if not read.summary.rows and read.summary.refused:
            first = read.summary.refused[0]
            raise UnreadableInput(first.rule, first.params)
        services.blobs.put(original_key(sha256), source)
        row = {**_row(services, read.summary), "sha256": sha256, "filename": safe_name(filename), "actor": actor}
        list_id = _begin(services, row)
        _write_rows(services, list_id, read)
    take_stock(services.database, tax_rows)
    _finish(services, list_id, days, actor)
    return list_id


def direction_of(summary: ListSummary, own: frozenset[str]) -> Direction:
    """Whether a list holds what we got or what we issued: by the side on which our companies stand.

    Where no company of ours is on it, many buyers of one seller are that seller's own list.
    """
    bought = sum(summary.buyers.get(one, 0) for one in own)
    sold = sum(summary.sellers.get(one, 0) for one in own)
    if bought or sold:
        return Direction.ISSUED if sold > bought else Direction.RECEIVED
    return Direction.ISSUED if len(summary.sellers) == 1 < len(summary.buyers) else Direction.RECEIVED


def _known(services: Services, sha256: str) -> sa.Row[Any] | None:
    """The list of these bytes, if it was loaded to its end."""
    with reading(services.database) as connection:
        known = connection.execute(sa.select(tax_lists).where(tax_lists.c.sha256 == sha256)).one_or_none()
        if known is None:
            return None
        mine = sa.select(sa.func.count()).select_from(tax_rows).where(tax_rows.c.list_id == known.id)
        return known if connection.execute(mine).scalar() == known.rows else None


def _correct_days(services: Services, known: sa.Row[Any], period: Period | None, actor: str) -> None:
    """Let a known list cover the period that is told now."""
    before = known.first_day, known.last_day
    if before != NO_DAYS and (period is None or (period.first, period.last) == before):
        return
    held = sa.select(sa.func.min(tax_rows.c.issue_date), sa.func.max(tax_rows.c.issue_date))
    with reading(services.database) as connection:
        first, last = connection.execute(held.where(tax_rows.c.list_id == known.id)).one()
    days = _days(first, last, period)
    if days != before:
        _finish(services, known.id, days, actor)


def _days(held_first: str | None, held_last: str | None, period: Period | None) -> tuple[str, str]:
    if period is None:
        return held_first or NO_DAYS[0], held_last or NO_DAYS[1]
    if period.first > period.last or (held_first or period.first) < period.first:
        raise BadPeriod(f"{period.first} {period.last}")
    if (held_last or period.last) > period.last:
        raise BadPeriod(f"{period.first} {period.last}")
    return period.first, period.last


def _row(services: Services, summary: ListSummary) -> dict[str, Any]:
    with reading(services.database) as connection:
        own = policy_at(connection, time.time()).own_tax_ids
    direction = direction_of(summary, own)
    sides = summary.buyers if direction is Direction.RECEIVED else summary.sellers
    companies = sorted(own & sides.keys()) if own else sorted(sides)
    refused = [
        {"sheet": one.sheet, "line": one.line, "rule": one.rule, "params": dict(one.params)} for one in summary.refused
    ]
    return {
        "form": summary.form.value,
        "direction": direction.value,
        "company": companies[0] if len(companies) == 1 else None,
        "first_day": NO_DAYS[0],
        "last_day": NO_DAYS[1],
        "sources": json.dumps(summary.sources, ensure_ascii=False),
        "kinds": json.dumps(summary.kinds, ensure_ascii=False),
        "rows": summary.rows,
        "refused": json.dumps(refused, ensure_ascii=False),
        "imported_at": time.time(),
    }


def _begin(services: Services, row: Mapping[str, Any]) -> str:
    """Write the row of a list that covers nothing yet; one that was left unfinished is begun anew under its id."""
    with services.database.begin() as connection:
        same = tax_lists.c.sha256 == row["sha256"]
        known = connection.execute(sa.select(tax_lists.c.id, tax_lists.c.imported_at).where(same)).one_or_none()
        if known is None:
            list_id = uuid.uuid4().hex
            connection.execute(tax_lists.insert().values(id=list_id, **row))
            return list_id
        if known.imported_at > time.time() - _LOADING_SECONDS:
            raise BeingLoaded(row["filename"])
        connection.execute(tax_rows.delete().where(tax_rows.c.list_id == known.id))
        connection.execute(tax_lists.update().where(same).values(**row))
    return str(known.id)


def _write_rows(services: Services, list_id: str, read: ReadList) -> None:
    told = (_tax_row(list_id, one) for one in read.invoices())
    while chunk := list(islice(told, _CHUNK)):
        with services.database.begin() as connection:
            connection.execute(tax_rows.insert(), chunk)


def _tax_row(list_id: str, one: ListedInvoice) -> dict[str, Any]:
    region = region_of(one.invoice_number, one.invoice_code)
    same = {name: getattr(one, name) for name in _SAME}
    return {
        **same,
        "list_id": list_id,
        "region": region.digital2 if region else None,
        "notes": json.dumps(one.notes) if one.notes else None,
        "extra": json.dumps(dict(one.extra), ensure_ascii=False),
    }


_SAME: Iterable[str] = (
    "line", "key", "invoice_code", "invoice_number", "kind", "issue_date", "seller_name", "seller_tax_id", "buyer_name",
    "buyer_tax_id", "amount_cents", "tax_cents", "total_cents", "status", "source", "risk", "cancels",
)  # fmt: skip


def _finish(services: Services, list_id: str, days: tuple[str, str], actor: str) -> None:
    """Say what the list covers, now that all of it is there, and that it was loaded."""
    with services.database.begin() as connection:
        mine = tax_lists.c.id == list_id
        connection.execute(tax_lists.update().where(mine).values(first_day=days[0], last_day=days[1]))
        row = connection.execute(sa.select(tax_lists).where(mine)).mappings().one()
        names = ("sha256", "filename", "form", "direction", "first_day", "last_day", "rows")
        details = {"list": list_id, **{name: row[name] for name in names}}
        append(connection, "tax_list", actor=actor, details=details)
