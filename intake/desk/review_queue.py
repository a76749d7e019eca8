"""What waits for a person, in the order in which it is taken."""

from __future__ import annotations

import time

import sqlalchemy as sa

from intake.desk.objections import objections
from intake.desk.reasons import GRAVE
from intake.desk.seen import documents_seen, invoices_seen
from intake.desk.services import Services
from intake.desk.views import Json, invoice_json
from intake.store.database import reading
from intake.store.tables import documents, findings, invoices
from models.document import State
from models.sight import Sight

_WAITING = invoices.c.state == State.IN_REVIEW.value


_CONTESTED = sa.exists().where(
    findings.c.document_id == invoices.c.document_id,
    (findings.c.invoice_id == invoices.c.id) | findings.c.invoice_id.is_(None),
    findings.c.contested_at.is_not(None),
)
_ORDER = (sa.desc(_CONTESTED), documents.c.received_at, documents.c.id, invoices.c.position)


def review_queue(
    services: Services, sight: Sight, limit: int = 100, skip: int = 0, region: str = "", show: str = ""
) -> list[Json]:
    """The invoices that wait for a person: contested ones first, then the oldest, with who is looking at each.

    ``region``: only those that this region issued (two digits, ``models.regions``). ``show``: only the ``contested``
    ones, or those that are ``free`` because nobody is looking at them.
    """
    query = (
        sa.select(invoices, documents.c.filename, documents.c.received_at, _CONTESTED.label("contested"))
        .join(documents, invoices.c.document_id == documents.c.id)
        .where(_WAITING, _of_region(region), _shown(show), documents_seen(sight))
        .order_by(*_ORDER)
        .limit(limit)
        .offset(skip)
    )
    with reading(services.database) as connection:
        rows = connection.execute(query).mappings().all()
        said = objections(connection, [row["document_id"] for row in rows if row["contested"]])
    return [_queued(row, said.get(row["id"])) for row in rows]


def waiting_order(services: Services, sight: Sight) -> list[str]:
    """The ids of all invoices that wait for a person and may be seen, in the order in which they are taken."""
    joined = invoices.join(documents, invoices.c.document_id == documents.c.id)
    query = sa.select(invoices.c.id).select_from(joined).where(_WAITING, documents_seen(sight)).order_by(*_ORDER)
    with reading(services.database) as connection:
        return list(connection.execute(query).scalars())


def waiting_counts(services: Services, sight: Sight, region: str = "") -> dict[str, int]:
    """How many wait that may be seen, by what ``review_queue`` can show."""
    shown = ("", "contested", "free")
    query = sa.select(*(sa.func.count(sa.case((_shown(show), 1))) for show in shown)).where(
        _WAITING, _of_region(region), invoices_seen(sight)
    )
    with reading(services.database) as connection:
        return dict(zip(shown, connection.execute(query).one(), strict=True))


def _of_region(region: str) -> sa.ColumnElement[bool]:
    return invoices.c.region == region if region else sa.true()


def _shown(show: str) -> sa.ColumnElement[bool]:
    if show == "contested":
        return _CONTESTED
    held = sa.and_(invoices.c.held_by.is_not(None), sa.func.coalesce(invoices.c.held_until, 0.0) > time.time())
    return sa.not_(held) if show == "free" else sa.true()


def _queued(row: sa.RowMapping, objection: Json | None) -> Json:
    view = invoice_json(row)
    fields = view["fields"]
    return {
        **{name: view[name] for name in ("id", "document_id", "kind", "kind_zh", "kind_en", "held_by", "confirmed_by")},
        **{name: fields.get(name, {}).get("value") for name in ("invoice_number", "seller_name", "total")},
        "issued_in": row["region"],
        "filename": row["filename"],
        "received_at": row["received_at"],
        "contested": bool(row["contested"]),
        "objection": objection,
        "unproven": [name for name in view["asked"] if not fields.get(name, {}).get("proven")],
        "rules": [one["rule"] for one in view["findings"] if one["severity"] in GRAVE],
    }
