"""The page of a document: where it stands, why, and what can be done about it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.deps import Asking, Desk, Seeing, SeenDocument, SeenInvoice, Sender, SendingFor
from api.guard import NotAllowed, allow, guarded
from api.routes.submissions import take_files
from api.web.deciding import confirm_form
from api.web.frame import back_to, render
from intake.check.catalogue import rules
from intake.desk.contest import contest
from intake.desk.corrections import StillWrong, may_waive
from intake.desk.holds import standing
from intake.desk.receive import retry
from intake.desk.review import (
    REFUSALS,
    CannotUndo,
    Held,
    NotInReview,
    SecondPersonNeeded,
    refuse,
    undo,
)
from intake.desk.views import document_view, history, invoice_view
from intake.desk.waiting import turns
from models.acts import FILE_DELETED
from models.document import STATE_WORDS, State
from models.fields import FIELD_LABELS, MONEY_FIELDS
from models.kinds import KIND_INFO
from models.person import Caller
from models.rights import Permission

router = guarded(include_in_schema=False)
_SUBMIT = allow(Permission.SUBMIT)
_ICONS = {
    State.RECEIVED: "clock",
    State.QUEUED: "clock",
    State.PROCESSING: "clock",
    State.REGISTERED: "check",
    State.IN_REVIEW: "person",
    State.REJECTED: "returned",
    State.DUPLICATE: "twins",
    State.FAILED: "alert",
}


@router.get("/documents/{document_id}", dependencies=[allow(Permission.SEE_OWN)])
def document(document_id: str, request: Request, desk: Desk, caller: Asking, why: str = "", what: str = "") -> Response:
    """One document: state, reasons with their places, picture, fields, history; ``why`` is what kept an act from it."""
    view = document_view(desk, caller.sight, document_id)
    turn = None if view["final"] else turns(desk, view["submission_id"]).get(document_id)
    template = "document_body.html" if request.headers.get("x-part") else "document.html"
    happened = history(desk, caller.sight, document_id=document_id)
    return render(
        request, template, document=view, happened=happened, marked=_marked(view),
        deleted=any(one.what == FILE_DELETED for one in happened),
        holds=standing(desk, caller.sight, document_id=document_id),
        turn=turn, trouble=(why, what), refusals=REFUSALS, labels=FIELD_LABELS, money=MONEY_FIELDS, states=STATE_WORDS,
        State=State, icons=_ICONS,
        kinds=[(one.value, info) for one, info in KIND_INFO.items() if info.supported],
        policy_rules=[rule for rule in rules() if may_waive(rule)],
    )  # fmt: skip


def _marked(view: dict[str, Any]) -> list[dict[str, Any]]:
    """The places on the pages that the reasons speak of, each with the number of its reason."""
    return [
        {**place, "number": number, "severity": reason["severity"]}
        for number, reason in enumerate(view["reasons"], 1)
        for place in reason["places"]
    ]


@router.post("/documents/{document_id}/mend", dependencies=[_SUBMIT])
def mend(
    document_id: SeenDocument, desk: Desk, sending: SendingFor, sight: Seeing, files: list[UploadFile]
) -> Response:
    """Take the file that mends a returned one, and go to the page of the batch."""
    taken = take_files(desk, sending, sight, files, key=None, door="page", mends=document_id)
    return RedirectResponse(f"/batches/{taken['id']}", 303)


@router.post("/documents/{document_id}/retry", dependencies=[_SUBMIT])
def read_again(
    document_id: SeenDocument, desk: Desk, sender: Sender, batch: Annotated[str, Form(pattern="^[0-9a-f]*$")] = ""
) -> Response:
    """Read again, from the button here or on the page of the batch."""
    retry(desk, document_id, actor=sender)
    return back_to(f"/batches/{batch}" if batch else f"/documents/{document_id}")


@router.post("/invoices/{invoice_id}/decide", dependencies=[allow(Permission.DECIDE, Permission.SUBMIT)])
async def decide(invoice_id: SeenInvoice, request: Request, desk: Desk, caller: Asking) -> Response:
    """Confirm, refuse or contest, from the buttons."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    view = invoice_view(desk, caller.sight, invoice_id)
    address = f"/documents/{view['document_id']}"
    try:
        _decide(desk, invoice_id, form, view, caller)
    except StillWrong as trouble:
        return back_to(address, why="still_wrong", what=",".join(finding.rule for finding in trouble.findings))
    except Held as trouble:
        return back_to(address, why="held", what=trouble.holder)
    except SecondPersonNeeded:
        return back_to(address, why="second_person")
    except CannotUndo:
        return back_to(address, why="cannot_undo")
    except NotInReview:
        pass  # somebody else was faster; the page shows what they decided
    return back_to(address)


def _decide(desk: Desk, invoice_id: str, form: dict[str, str], view: dict[str, Any], caller: Caller) -> None:
    actor, contests = caller.person.name, form.get("action") == "contest"
    if not caller.may(Permission.SUBMIT if contests else Permission.DECIDE):
        raise NotAllowed
    if form.get("action") == "confirm":
        confirm_form(desk, invoice_id, form, view, actor)
    elif form.get("action") == "refuse":
        words = form.get("words", "")[:500]
        refuse(desk, invoice_id, actor=actor, reason=form.get("reason", "other")[:40], words=words)
    elif form.get("action") == "undo":
        undo(desk, invoice_id, actor=actor)
    else:
        contest(desk, invoice_id, actor=actor, words=form.get("words", "")[:500], rule=form.get("rule") or None)
