"""The ledger, its entries, and single invoices as they were read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel, Field

from api.deps import Desk, Seeing, Sender
from api.guard import allow, guarded
from api.routes.documents import picture
from intake.desk.claims import use_entry
from intake.desk.ledger import ledger_page, trace
from intake.desk.pictures import crop
from intake.desk.views import NotFound, document_view, entry_view, invoice_view
from models.rights import Permission

router = guarded(tags=["invoices"])
_SEE = allow(Permission.SEE_OWN)


class Use(BaseModel):
    """The reimbursement claim that pays an entry."""

    claim: str = Field(min_length=1, max_length=200)


@router.get("/invoices", dependencies=[_SEE])
def invoices(
    desk: Desk,
    sight: Seeing,
    q: str = "",
    kind: str = "",
    since: Annotated[str, Query(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = "",
    until: Annotated[str, Query(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = "",
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Registered invoices, newest first."""
    page = ledger_page(desk, sight, words=q, kind=kind, since=since, until=until, cursor=cursor, limit=limit)
    return {"invoices": page.rows, "next": page.next, "count": page.count}


@router.get("/entries/{entry_id}", dependencies=[_SEE])
def entry(entry_id: str, desk: Desk, sight: Seeing) -> dict[str, Any]:
    """One entry of the ledger with the documents it was made from."""
    return entry_view(desk, sight, entry_id)


@router.get("/invoices/{invoice_id}", dependencies=[_SEE])
def invoice(invoice_id: str, desk: Desk, sight: Seeing) -> dict[str, Any]:
    """One invoice as read from one document, with every reading behind its fields."""
    return invoice_view(desk, sight, invoice_id)


@router.get("/invoices/{invoice_id}/fields/{name}.webp", response_class=Response, dependencies=[_SEE])
def field_picture(invoice_id: str, name: str, desk: Desk, sight: Seeing) -> Response:
    """The part of the page that a field was read from."""
    view = invoice_view(desk, sight, invoice_id)
    readings = view["fields"].get(name, {}).get("readings", [])
    placed = next((one for one in readings if one.get("box")), None)
    if placed is None:
        raise NotFound(name)
    sha256 = document_view(desk, sight, view["document_id"])["sha256"]
    return picture(lambda: crop(desk, sha256, placed["page"], placed["box"]))


@router.put("/entries/{entry_id}/used-by", dependencies=[allow(Permission.BOOK)])
def use(entry_id: str, body: Use, desk: Desk, sight: Seeing, sender: Sender) -> dict[str, Any]:
    """Note the claim that pays an entry: once. A second claim is answered with 409 and the first one's name."""
    use_entry(desk, sight, entry_id, claim=body.claim, actor=sender)
    return entry_view(desk, sight, entry_id)


@router.get("/trace", dependencies=[_SEE])
def where_is_it(desk: Desk, sight: Seeing, q: Annotated[str, Query(max_length=200)] = "") -> dict[str, Any]:
    """Where documents stand whose name, number, parties or total hold these words."""
    return {"documents": trace(desk, sight, q)}
