"""The page of an entry: what it says, what became of it, and what can be done with it next."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response

from api.deps import Desk, Seeing, Sender
from api.guard import allow, guarded
from api.web.frame import back_to, render
from intake.desk.claims import use_entry
from intake.desk.entry import entry_view
from intake.desk.handoff import handoff_view, note_check
from intake.desk.holds import standing
from intake.desk.lifecycle import archive, book, note_verification
from intake.desk.views import document_view
from models.entry import BOOKING_MARKS, REVOKE, VERIFICATION_WORDS, Verification
from models.handoff import DAILY_LIMIT
from models.kinds import KIND_INFO, Kind
from models.regions import by_digital2
from models.rights import Permission

router = guarded(prefix="/entries/{entry_id}", include_in_schema=False)
_BOOK = allow(Permission.BOOK)
_VERIFY = allow(Permission.BOOK, Permission.REVIEW)
_ANSWERS = {state.value: said for state, said in VERIFICATION_WORDS.items() if state is not Verification.UNCHECKED}
_MARKS = {mark: said for mark, said in BOOKING_MARKS.items() if mark != REVOKE}
#: At which revision the one who sends a form saw the entry: what changed since is not overwritten unseen.
Revision = Annotated[int, Form()]


@router.get("", dependencies=[allow(Permission.SEE_OWN)])
def entry(entry_id: str, request: Request, desk: Desk, sight: Seeing, did: str = "") -> Response:
    """One entry; ``did`` is what a form has just done."""
    view = entry_view(desk, sight, entry_id)
    carried = {one["document_id"] for one in view["carriers"]}
    region, info = by_digital2(view["region"] or ""), KIND_INFO[Kind(view["kind"])]
    return render(
        request, "entry.html", entry=view, kind=(info.zh, info.en), region=(region.zh, region.en) if region else None,
        handoff=handoff_view(desk, entry_id, sight), answers=_ANSWERS, marks=_MARKS, revoke=REVOKE,
        daily=DAILY_LIMIT, did=did, holds=standing(desk, sight, entry_id=entry_id),
        documents={one: document_view(desk, sight, one) for one in carried},
    )  # fmt: skip


@router.post("/verification", dependencies=[_VERIFY])
def verified(
    entry_id: str, desk: Desk, sight: Seeing, sender: Sender, revision: Revision, result: Annotated[str, Form()]
) -> Response:
    """Note what the tax authority said."""
    answer = Verification(result) if result in _ANSWERS else Verification.UNCHECKED
    note_verification(desk, sight, entry_id, answer, actor=sender, expected={revision})
    return back_to(f"/entries/{entry_id}", did="verified")


@router.post("/check", dependencies=[_VERIFY])
def check(entry_id: str, desk: Desk, sight: Seeing, sender: Sender) -> Response:
    """Count a question at the tax authority's platform: one of the day's five."""
    note_check(desk, entry_id, sight, actor=sender)
    return back_to(f"/entries/{entry_id}", did="checked")


@router.post("/booking", dependencies=[_BOOK])
def booked(
    entry_id: str, desk: Desk, sight: Seeing, sender: Sender, revision: Revision,
    mark: Annotated[str, Form(pattern="^0[2-6]$")],
) -> Response:  # fmt: skip
    """Book the entry, or revoke its booking."""
    book(desk, sight, entry_id, mark, actor=sender, expected={revision})
    return back_to(f"/entries/{entry_id}", did="revoked" if mark == REVOKE else "booked")


@router.post("/archive", dependencies=[_BOOK])
def archived(entry_id: str, desk: Desk, sight: Seeing, sender: Sender, revision: Revision) -> Response:
    """Note that it went into the archive of vouchers."""
    archive(desk, sight, entry_id, actor=sender, expected={revision})
    return back_to(f"/entries/{entry_id}", did="archived")


@router.post("/claim", dependencies=[_BOOK])
def used(
    entry_id: str, desk: Desk, sight: Seeing, sender: Sender, revision: Revision,
    claim: Annotated[str, Form(min_length=1, max_length=200)],
) -> Response:  # fmt: skip
    """Note the claim that pays it: once."""
    use_entry(desk, sight, entry_id, claim=claim.strip(), actor=sender, expected={revision})
    return back_to(f"/entries/{entry_id}", did="used")
