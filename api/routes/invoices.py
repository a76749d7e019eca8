"""The ledger as a list, and single invoices as they were read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.deps import Desk
from api.routes.documents import picture
from intake.desk.ledger import ledger_page
from intake.desk.pictures import crop
from intake.desk.views import NotFound, document_view, invoice_view

router = APIRouter(tags=["invoices"])


@router.get("/invoices")
def invoices(
    desk: Desk,
    q: str = "",
    kind: str = "",
    since: Annotated[str, Query(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = "",
    until: Annotated[str, Query(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = "",
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Registered invoices, newest first."""
    page = ledger_page(desk, words=q, kind=kind, since=since, until=until, cursor=cursor, limit=limit)
    return {"invoices": page.rows, "next": page.next, "count": page.count}


@router.get("/invoices/{invoice_id}")
def invoice(invoice_id: str, desk: Desk) -> dict[str, Any]:
    """One invoice as read from one document, with every reading behind its fields."""
    return invoice_view(desk, invoice_id)


@router.get("/invoices/{invoice_id}/fields/{name}.webp", response_class=Response)
def field_picture(invoice_id: str, name: str, desk: Desk) -> Response:
    """The part of the page that a field was read from."""
    view = invoice_view(desk, invoice_id)
    place = view["fields"].get(name, {}).get("place")
    if place is None:
        raise NotFound(name)
    sha256 = document_view(desk, view["document_id"])["sha256"]
    return picture(lambda: crop(desk, sha256, place["page"], place["box"]))
