"""Single invoices as they were read, and where a document stands."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from api.deps import Desk, Seeing
from api.guard import allow, guarded
from api.routes.documents import picture
from intake.desk.pictures import crop
from intake.desk.views import NotFound, document_view, invoice_view
from models.rights import Permission

router = guarded(tags=["invoices"])
_SEE = allow(Permission.SEE_OWN)


@router.get("/invoices/{invoice_id}", dependencies=[_SEE])
def invoice(invoice_id: str, desk: Desk, sight: Seeing) -> dict[str, Any]:
    """One invoice as read from one document, with every reading behind its fields."""
    return invoice_view(desk, sight, invoice_id)


@router.get("/invoices/{invoice_id}/fields/{name}.webp", response_class=Response, dependencies=[_SEE])
def field_picture(invoice_id: str, name: str, desk: Desk, sight: Seeing) -> Response:
    """The part of the page that a field was read from."""
    view = invoice_view(desk, sight, invoice_id)
    place = view["fields"].get(name, {}).get("place")
    if place is None:
        raise NotFound(name)
    sha256 = document_view(desk, sight, view["document_id"])["sha256"]
    return picture(lambda: crop(desk, sha256, place["page"], place["box"]))
