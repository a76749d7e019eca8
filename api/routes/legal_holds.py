"""Legal holds: files that may not be deleted, whatever their time."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Response
from pydantic import BaseModel, StringConstraints, model_validator

from api.deps import Desk, Seeing, Sender
from api.guard import allow, guarded
from intake.desk.holds import hold_document, hold_entry, release, standing
from models.rights import Permission

router = guarded(prefix="/legal-holds", tags=["audit"])
_HOLD = allow(Permission.HOLD)
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Holding(BaseModel):
    """What is to be held, a document or an entry, and why."""

    document_id: str | None = None
    entry_id: str | None = None
    reason: Words

    @model_validator(mode="after")
    def _names_one(self) -> Holding:
        if (self.document_id is None) == (self.entry_id is None):
            raise ValueError("name a document or an entry")
        return self


class Releasing(BaseModel):
    """Why a hold is lifted."""

    reason: Words


@router.get("", dependencies=[allow(Permission.HOLD, Permission.READ_AUDIT)])
def holds(desk: Desk, sight: Seeing) -> dict[str, Any]:
    """The holds that stand, the oldest first."""
    return {"holds": standing(desk, sight)}


@router.post("", status_code=201, dependencies=[_HOLD])
def hold(body: Holding, desk: Desk, sight: Seeing, sender: Sender) -> dict[str, Any]:
    """Hold the files of a document, or of all documents of an entry."""
    if body.document_id:
        return {"id": hold_document(desk, sight, body.document_id, body.reason, actor=sender)}
    return {"id": hold_entry(desk, sight, body.entry_id or "", body.reason, actor=sender)}


@router.post("/{hold_id}/release", status_code=204, response_class=Response, dependencies=[_HOLD])
def lift(hold_id: str, body: Releasing, desk: Desk, sight: Seeing, sender: Sender) -> Response:
    """Lift a hold; the files are deleted once their time is over."""
    release(desk, sight, hold_id, body.reason, actor=sender)
    return Response(status_code=204)
