"""What waits for a person, in the order in which it is taken."""

from __future__ import annotations

import sqlalchemy as sa

from intake.desk.seen import documents_seen
from intake.desk.services import Services
from intake.desk.views import GRAVE, Json, invoice_json
from intake.store.database import reading
from intake.store.tables import documents, findings, invoices
from models.document import State
from models.sight import Sight


def review_queue(services: Services, sight: Sight, limit: int = 100) -> list[Json]:
    """The invoices that wait for a person: contested ones first, then the oldest, with who is looking at each."""
    contested = sa.exists().where(findings.c.invoice_id == invoices.c.id, findings.c.contested_at.is_not(None))
    query = (
        sa.select(invoices, documents.c.filename, documents.c.received_at, contested.label("contested"))
        .join(documents, invoices.c.document_id == documents.c.id)
        .where(invoices.c.state == State.IN_REVIEW.value, documents_seen(sight))
        .order_by(sa.desc("contested"), documents.c.received_at, invoices.c.position)
        .limit(limit)
    )
    with reading(services.database) as connection:
        rows = connection.execute(query).mappings().all()
    return [_queued(row) for row in rows]


def _queued(row: sa.RowMapping) -> Json:
    view = invoice_json(row)
    fields = view["fields"]
    return {
        **{name: view[name] for name in ("id", "document_id", "kind", "kind_zh", "kind_en", "held_by", "confirmed_by")},
        **{name: fields.get(name, {}).get("value") for name in ("invoice_number", "seller_name", "total")},
        "filename": row["filename"],
        "received_at": row["received_at"],
        "contested": bool(row["contested"]),
        "unproven": [name for name in view["asked"] if not fields.get(name, {}).get("proven")],
        "rules": [one["rule"] for one in view["findings"] if one["severity"] in GRAVE],
    }
