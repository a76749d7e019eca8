"""The entries of the ledger, and what becomes of them after registration. None is ever deleted."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.deps import Desk, Expected, Seeing, Sender
from intake.desk.claims import use_entry
from intake.desk.entry import entry_view
from intake.desk.lifecycle import archive, book, note_verification
from models.entry import Verification

router = APIRouter(prefix="/entries/{entry_id}", tags=["entries"])


class Use(BaseModel):
    """The reimbursement claim that pays an entry."""

    claim: str = Field(min_length=1, max_length=200)


class Answer(BaseModel):
    """What the tax authority said when it was asked (查验)."""

    result: Verification


class Mark(BaseModel):
    """The mark of the tax authority for a booking (入账标识): 02 to 05 book, 06 revokes."""

    mark: Literal["02", "03", "04", "05", "06"]


@router.get("")
def entry(entry_id: str, desk: Desk, sight: Seeing, response: Response) -> dict[str, Any]:
    """One entry: where it stands, what happened to it, and the documents it was made from."""
    view = entry_view(desk, sight, entry_id)
    response.headers["ETag"] = f'"{view["revision"]}"'
    return view


@router.put("/used-by")
def use(
    entry_id: str, body: Use, desk: Desk, sight: Seeing, sender: Sender, expected: Expected, response: Response
) -> dict[str, Any]:
    """Note the claim that pays an entry: once. A second claim is answered with 409 and the first one's name."""
    use_entry(desk, sight, entry_id, claim=body.claim, actor=sender, expected=expected)
    return entry(entry_id, desk, sight, response)


@router.put("/verification")
def verification(
    entry_id: str, body: Answer, desk: Desk, sight: Seeing, sender: Sender, expected: Expected, response: Response
) -> dict[str, Any]:
    """Note what the tax authority said. The same answer on the same day changes nothing."""
    note_verification(desk, sight, entry_id, body.result, actor=sender, expected=expected)
    return entry(entry_id, desk, sight, response)


@router.put("/booking")
def booking(
    entry_id: str, body: Mark, desk: Desk, sight: Seeing, sender: Sender, expected: Expected, response: Response
) -> dict[str, Any]:
    """Book an entry, or revoke its booking. A voided or red-flushed one is refused with 409."""
    book(desk, sight, entry_id, body.mark, actor=sender, expected=expected)
    return entry(entry_id, desk, sight, response)


@router.post("/archive")
def archiving(
    entry_id: str, desk: Desk, sight: Seeing, sender: Sender, expected: Expected, response: Response
) -> dict[str, Any]:
    """Note that an entry went into the archive of vouchers: once, a second time is answered with 409."""
    archive(desk, sight, entry_id, actor=sender, expected=expected)
    return entry(entry_id, desk, sight, response)
