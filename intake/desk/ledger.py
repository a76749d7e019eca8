"""The ledger as a list, and where a document stands by a few words of it."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.desk.seen import documents_seen, entries_seen
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import documents, entries, invoices
from models.document import STATE_WORDS, State
from models.kinds import KIND_INFO, Kind
from models.sight import Sight

_SEARCHED = (
    entries.c.invoice_number,
    entries.c.invoice_code,
    entries.c.seller_name,
    entries.c.buyer_name,
    entries.c.total,
)


class BadCursor(ValueError):
    """The cursor was not made by this service."""


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Some entries, newest first, and the cursor of the next page (None at the end)."""

    rows: list[dict[str, Any]]
    next: str | None
    count: int


def ledger_page(
    services: Services,
    sight: Sight,
    *,
    words: str = "",
    kind: str = "",
    since: str = "",
    until: str = "",
    cursor: str = "",
    limit: int = 50,
) -> LedgerPage:
    """Entries that hold all the words (in number, code, names or total), by kind and date of issue.

    Raises:
        BadCursor: ``cursor`` is not one of ours.
    """
    conditions = [sa.or_(*(column.contains(word, autoescape=True) for column in _SEARCHED)) for word in words.split()]
    conditions += [entries.c.withdrawn_at.is_(None), entries_seen(sight)]
    if kind:
        conditions.append(entries.c.kind == kind)
    if since:
        conditions.append(entries.c.issue_date >= since)
    if until:
        conditions.append(entries.c.issue_date <= until)
    query = sa.select(entries).where(*conditions)
    if cursor:
        at, identity = _open(cursor)
        query = query.where(sa.tuple_(entries.c.registered_at, entries.c.id) < sa.tuple_(at, identity))
    query = query.order_by(entries.c.registered_at.desc(), entries.c.id.desc()).limit(limit + 1)
    with reading(services.database) as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
        count = connection.execute(sa.select(sa.func.count()).select_from(entries).where(*conditions)).scalar_one()
        places = _places(connection, sight, [row["id"] for row in rows])
    for row in rows:
        row["kind_zh"], row["kind_en"] = KIND_INFO[Kind(row["kind"])].zh, KIND_INFO[Kind(row["kind"])].en
        row["document_id"] = places.get(row["id"])
    last = rows[limit - 1] if len(rows) > limit else None
    return LedgerPage(rows[:limit], _close(last["registered_at"], last["id"]) if last else None, count)


def trace(services: Services, sight: Sight, words: str, limit: int = 20) -> list[dict[str, Any]]:
    """Where documents stand whose file name, hash, number, names or total hold all the words; newest first."""
    conditions = []
    for word in words.split():
        like = invoices.c.data.contains(json.dumps(word, ensure_ascii=False)[1:-1], autoescape=True)
        name = documents.c.filename.contains(word, autoescape=True)
        conditions.append(sa.or_(name, documents.c.sha256 == word.lower(), like))
    if not conditions:
        return []
    query = (
        sa.select(
            documents.c.id, documents.c.filename, documents.c.state, documents.c.received_at, documents.c.duplicate_of
        )
        .select_from(documents.outerjoin(invoices, invoices.c.document_id == documents.c.id))
        .where(*conditions, documents_seen(sight))
        .distinct()
        .order_by(documents.c.received_at.desc())
        .limit(limit)
    )
    with reading(services.database) as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    for row in rows:
        row["state_zh"], row["state_en"] = STATE_WORDS[State(row["state"])]
    return rows


def _places(connection: sa.Connection, sight: Sight, ids: list[str]) -> dict[str, str]:
    query = sa.select(invoices.c.entry_id, invoices.c.document_id)
    query = query.join(documents, invoices.c.document_id == documents.c.id).where(
        invoices.c.entry_id.in_(ids), invoices.c.state == State.REGISTERED.value, documents_seen(sight)
    )
    return {row.entry_id: row.document_id for row in connection.execute(query)}


def _close(at: float, identity: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([at, identity]).encode()).decode()


def _open(cursor: str) -> tuple[float, str]:
    try:
        at, identity = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return float(at), str(identity)
    except (ValueError, TypeError, binascii.Error) as trouble:
        raise BadCursor(cursor) from trouble
