"""The ledger, single invoices, and what people decide on them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.deps import Desk, Sender
from intake.desk.ledger import ledger_page, trace
from intake.desk.review import NotInReview, confirm, contest, refuse
from intake.desk.views import entry_view, invoice_view
from models.kinds import Kind

router = APIRouter(tags=["invoices"])


class Decision(BaseModel):
    """A person's decision on an invoice in review."""

    action: Literal["confirm", "refuse"]
    corrections: dict[str, str] = Field(default_factory=dict)
    kind: Kind | None = None
    reason: str = Field(default="", max_length=500)


class Objection(BaseModel):
    """Why a returned invoice is right."""

    words: str = Field(min_length=1, max_length=500)


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


@router.get("/entries/{entry_id}")
def entry(entry_id: str, desk: Desk) -> dict[str, Any]:
    """One entry of the ledger with the documents it was made from."""
    return entry_view(desk, entry_id)


@router.get("/invoices/{invoice_id}")
def invoice(invoice_id: str, desk: Desk) -> dict[str, Any]:
    """One invoice as read from one document, with every reading behind its fields."""
    return invoice_view(desk, invoice_id)


@router.post("/invoices/{invoice_id}/review")
def review(invoice_id: str, decision: Decision, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Confirm an invoice (with corrections) or refuse it."""
    if decision.action == "confirm":
        confirm(desk, invoice_id, actor=sender, corrections=decision.corrections, kind=decision.kind)
    else:
        refuse(desk, invoice_id, actor=sender, reason=decision.reason)
    return invoice_view(desk, invoice_id)


@router.post("/invoices/{invoice_id}/contest")
def object_to(invoice_id: str, objection: Objection, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Say that a returned invoice is right: a person will look."""
    if not contest(desk, invoice_id, actor=sender, words=objection.words):
        raise NotInReview(invoice_id)
    return invoice_view(desk, invoice_id)


@router.get("/trace")
def where_is_it(desk: Desk, q: Annotated[str, Query(max_length=200)] = "") -> dict[str, Any]:
    """Where documents stand whose name, number, parties or total hold these words."""
    return {"documents": trace(desk, q)}
