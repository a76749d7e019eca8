"""The entries of the ledger, and what becomes of them after registration. None is ever deleted."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import Response
from pydantic import BaseModel, Field

from api.deps import Desk, Expected, Seeing, Sender
from api.guard import allow, guarded
from intake.desk.claims import use_entry
from intake.desk.entry import entry_view
from intake.desk.lifecycle import archive, book, note_verification
from models.entry import Verification
from models.rights import Permission

router = guarded(prefix="/entries/{entry_id}", tags=["entries"])
_BOOK = allow(Permission.BOOK)


class Use(BaseModel):
    """The reimbursement claim that pays an entry."""

    claim: str = Field(min_length=1, max_length=200)


class Answer(BaseModel):
    """What the tax authority said when it was asked (查验)."""

    result: Verification


class Mark(BaseModel):
    """The mark of the tax authority for a booking (入账标识): 02 to 05 book, 06 revokes."""

    mark: Literal["02", "03", "04", "05", "06"]


@router.get("", dependencies=[allow(Permission.SEE_OWN)])
def entry(entry_id: str, desk: Desk, sight: Seeing, response: Response) -> dict[str, Any]:
    """One entry: where it stands, what happened to it, and the documents it was made from."""
    view = entry_view(desk, sight, entry_id)
    response.headers["ETag"] = f'"{view["revision"]}"'
    return view


@router.put("/used-by", dependencies=[_BOOK])
def use(
    entry_id: str, body: Use, desk: Desk, sight: Seeing, sender: Sender, expected: Expected, response: Response
) -> dict[str, Any]:
    """Note the claim that pays an entry: once. A second claim is answered with 409 and the first one's name."""
    use_entry(desk, sight, entry_id, claim=body.claim, actor=sender, expected=expected)
    return entry(entry_id, desk, sight, response)


@router.put("/verification", dependencies=[allow(Permission.BOOK, Permission.REVIEW)])
def verification(
    entry_id: str, body: Answer, desk: Desk, sight: Seeing, sender: Sender, expected: Expected, response: Response
) -> dict[str, Any]:
    """Note what the tax authority said. The same answer on the same day changes nothing."""
    note_verification(desk, sight, entry_id, body.result, actor=sender, expected=expected)
    return entry(entry_id, desk, sight, response)


@router.put("/booking", dependencies=[_BOOK])
def booking(
    entry_id: str, body: Mark, desk: Desk, sight: Seeing, sender: Sender, expected: Expected, response: Response
) -> dict[str, Any]:
    """Book an entry, or revoke its booking. A voided or red-flushed one is refused with 409."""
    book(desk, sight, entry_id, body.mark, actor=sender, expected=expected)
    return entry(entry_id, desk, sight, response)


@router.post("/archive", dependencies=[_BOOK])
def archiving(
    entry_id: str, desk: Desk, sight: Seeing, sender: Sender, expected: Expected, response: Response
) -> dict[str, Any]:
    """Note that an entry went into the archive of vouchers: once, a second time is answered with 409."""
    archive(desk, sight, entry_id, actor=sender, expected=expected)
    return entry(entry_id, desk, sight, response)
