"""The review desk: what waits, who has it, what they decide, and taking it back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from api.deps import Desk, Seeing, SeenDocument, SeenInvoice, Sender
from api.guard import allow, guarded, signed_in
from intake.desk.contest import contest, contest_document
from intake.desk.review import REFUSALS, NotInReview, confirm, hold, refuse, release, undo
from intake.desk.review_queue import review_queue, waiting_counts
from intake.desk.views import document_view, invoice_view
from models.kinds import Kind
from models.rights import Permission

router = guarded(tags=["review"])
_REVIEW, _DECIDE = allow(Permission.REVIEW), allow(Permission.DECIDE)
_SUBMIT = allow(Permission.SUBMIT)


class Decision(BaseModel):
    """A person's decision on an invoice in review.

    ``corrections``: values by field; an empty one says that the field is not there. ``waived``: rules that may pass
    this once: those of the company, and those that only ask. ``reason``: why it is returned, a key of
    ``GET /reviews/reasons``; ``words``: what there is to add.
    """

    action: Literal["confirm", "refuse"]
    corrections: dict[str, Annotated[str, Field(max_length=400)]] = Field(default_factory=dict, max_length=60)
    kind: Kind | None = None
    waived: list[str] = Field(default_factory=list, max_length=60)
    reason: str = Field(default="other", max_length=40)
    words: str = Field(default="", max_length=500)


class Objection(BaseModel):
    """Why a returned invoice is right, and which rule is wrong about it (none: all that rejected it)."""

    words: str = Field(min_length=1, max_length=500)
    rule: str | None = Field(default=None, max_length=40)


@router.get("/reviews", dependencies=[_REVIEW])
def reviews(
    desk: Desk,
    sight: Seeing,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    skip: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    region: Annotated[str, Query(pattern=r"^(\d\d)?$")] = "",
) -> dict[str, Any]:
    """What waits for a person, of one region or of all: contested ones first, then the oldest; ``count``: of all."""
    return {"reviews": review_queue(desk, sight, limit, skip, region), "count": waiting_counts(desk, sight)[""]}


@router.get("/reviews/reasons", dependencies=[signed_in()])
def reasons() -> dict[str, Any]:
    """Why people return an invoice."""
    return {"reasons": [{"code": code, "zh": zh, "en": en} for code, (zh, en) in REFUSALS.items()]}


@router.post("/invoices/{invoice_id}/hold", dependencies=[_REVIEW])
def take(invoice_id: SeenInvoice, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Take an invoice for oneself, so that nobody else decides on it meanwhile; 409 names who has it."""
    return {"held_by": sender, "held_until": hold(desk, invoice_id, actor=sender)}


@router.delete("/invoices/{invoice_id}/hold", status_code=204, dependencies=[_REVIEW])
def give_back(invoice_id: SeenInvoice, desk: Desk, sender: Sender) -> None:
    """Give an invoice back undecided."""
    release(desk, invoice_id, actor=sender)


@router.post("/invoices/{invoice_id}/review", dependencies=[_DECIDE])
def review(invoice_id: SeenInvoice, decision: Decision, desk: Desk, sight: Seeing, sender: Sender) -> dict[str, Any]:
    """Confirm an invoice (with corrections) or refuse it."""
    if decision.action == "confirm":
        given = {"corrections": decision.corrections, "kind": decision.kind, "waived": decision.waived}
        confirm(desk, invoice_id, actor=sender, **given)  # type: ignore[arg-type]
    else:
        refuse(desk, invoice_id, actor=sender, reason=decision.reason, words=decision.words)
    return invoice_view(desk, sight, invoice_id)


@router.post("/invoices/{invoice_id}/undo", dependencies=[_DECIDE])
def take_back(invoice_id: SeenInvoice, desk: Desk, sight: Seeing, sender: Sender) -> dict[str, Any]:
    """Take one's own decision back, within half an hour and while nothing was built on it."""
    undo(desk, invoice_id, actor=sender)
    return invoice_view(desk, sight, invoice_id)


@router.post("/documents/{document_id}/contest", dependencies=[_SUBMIT])
def object_to_document(
    document_id: SeenDocument, objection: Objection, desk: Desk, sight: Seeing, sender: Sender
) -> dict[str, Any]:
    """Say that a returned document in which no invoice was found is one: a person will look."""
    if contest_document(desk, document_id, actor=sender, words=objection.words) is None:
        raise NotInReview(document_id)
    return document_view(desk, sight, document_id)


@router.post("/invoices/{invoice_id}/contest", dependencies=[_SUBMIT])
def object_to(
    invoice_id: SeenInvoice, objection: Objection, desk: Desk, sight: Seeing, sender: Sender
) -> dict[str, Any]:
    """Say that a returned invoice is right: a person will look."""
    if not contest(desk, invoice_id, actor=sender, words=objection.words, rule=objection.rule):
        raise NotInReview(invoice_id)
    return invoice_view(desk, sight, invoice_id)
