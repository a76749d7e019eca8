"""Whether somebody may reach what an address names. What they may not see is answered like what does not exist."""

from __future__ import annotations

import sqlalchemy as sa

from intake.desk.seen import documents_seen
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.store.database import reading
from intake.store.tables import documents, invoices
from models.sight import Sight


def reach_document(services: Services, sight: Sight, document_id: str) -> None:
    """Go on only with a document that may be seen.

    Raises:
        NotFound: there is none with this id to be seen.
    """
    _reach(services, sa.select(documents.c.id).where(documents.c.id == document_id, documents_seen(sight)), document_id)


def reach_invoice(services: Services, sight: Sight, invoice_id: str) -> None:
    """Go on only with an invoice whose document may be seen.

    Raises:
        NotFound: there is none with this id to be seen.
    """
    query = sa.select(invoices.c.id).join(documents, invoices.c.document_id == documents.c.id)
    _reach(services, query.where(invoices.c.id == invoice_id, documents_seen(sight)), invoice_id)


def seen_or_none(services: Services, sight: Sight, document_id: str | None) -> str | None:
    """The id of a document if somebody may know of it."""
    if document_id is None:
        return None
    query = sa.select(documents.c.id).where(documents.c.id == document_id, documents_seen(sight))
    with reading(services.database) as connection:
        return connection.execute(query).scalar()


def _reach(services: Services, query: sa.Select[tuple[str]], named: str) -> None:
    with reading(services.database) as connection:
        if connection.execute(query).first() is None:
            raise NotFound(named)
