"""The forms of legal holds, on the pages of documents and entries."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from fastapi.responses import Response
from pydantic import StringConstraints

from api.deps import Desk, Seeing, Sender
from api.guard import allow, guarded
from api.web.frame import back_to
from intake.desk.holds import hold_document, hold_entry, release
from models.rights import Permission

router = guarded(include_in_schema=False)
_HOLD = allow(Permission.HOLD)
Reason = Annotated[str, Form(), StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


@router.post("/documents/{document_id}/legal-hold", dependencies=[_HOLD])
def of_document(document_id: str, desk: Desk, sight: Seeing, sender: Sender, reason: Reason) -> Response:
    """Hold the files of a document."""
    hold_document(desk, sight, document_id, reason, actor=sender)
    return back_to(f"/documents/{document_id}")


@router.post("/entries/{entry_id}/legal-hold", dependencies=[_HOLD])
def of_entry(entry_id: str, desk: Desk, sight: Seeing, sender: Sender, reason: Reason) -> Response:
    """Hold the files of all documents of an entry."""
    hold_entry(desk, sight, entry_id, reason, actor=sender)
    return back_to(f"/entries/{entry_id}")


@router.post("/legal-holds/{hold_id}/release", dependencies=[_HOLD])
def lift(hold_id: str, desk: Desk, sight: Seeing, sender: Sender, reason: Reason) -> Response:
    """Lift a hold, and go back to what it stood on."""
    was = release(desk, sight, hold_id, reason, actor=sender)
    return back_to(f"/entries/{was['entry_id']}" if was["entry_id"] else f"/documents/{was['document_id']}")
