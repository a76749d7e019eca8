"""The page of a document: where it stands, why, and what can be done about it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.deps import Desk
from api.routes.submissions import take_files
from api.web.frame import back_to, render
from intake.check.catalogue import Checked, rules
from intake.desk.receive import retry
from intake.desk.review import (
    REFUSALS,
    CannotUndo,
    Held,
    NotInReview,
    SecondPersonNeeded,
    StillWrong,
    confirm,
    contest,
    refuse,
    undo,
)
from intake.desk.views import document_view, history, invoice_view
from models.document import STATE_WORDS, State
from models.fields import FIELD_LABELS
from models.kinds import KIND_INFO, Kind

router = APIRouter(include_in_schema=False)


@router.get("/documents/{document_id}")
def document(document_id: str, request: Request, desk: Desk, why: str = "", what: str = "") -> Response:
    """One document: state, reason, picture, fields, history."""
    view = document_view(desk, document_id)
    happened = history(desk, document_id=document_id)
    kinds = [(one.value, info) for one, info in KIND_INFO.items() if info.supported]
    names: dict[str, Any] = {"labels": FIELD_LABELS, "states": STATE_WORDS, "State": State, "kinds": kinds}
    policy_rules = [rule.id for rule in rules().values() if rule.checked is Checked.POLICY]
    return render(
        request, "document.html", document=view, happened=happened, trouble=(why, what), refusals=REFUSALS,
        policy_rules=policy_rules, **names,
    )  # fmt: skip


@router.post("/documents/{document_id}/mend")
def mend(document_id: str, desk: Desk, files: list[UploadFile], sender: Annotated[str, Form()] = "") -> Response:
    """Take the file that mends a returned one, and go to the page of the batch."""
    taken = take_files(desk, sender.strip()[:100] or "前台", files, key=None, door="page", mends=document_id)
    return RedirectResponse(f"/batches/{taken['id']}", 303)


@router.post("/documents/{document_id}/retry")
def read_again(document_id: str, desk: Desk, batch: Annotated[str, Form(pattern="^[0-9a-f]*$")] = "") -> Response:
    """Read again, from the button here or on the page of the batch."""
    retry(desk, document_id, actor="页面")
    return back_to(f"/batches/{batch}" if batch else f"/documents/{document_id}")


@router.post("/invoices/{invoice_id}/decide")
async def decide(invoice_id: str, request: Request, desk: Desk) -> Response:
    """Confirm, refuse or contest, from the buttons."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    view = invoice_view(desk, invoice_id)
    address = f"/documents/{view['document_id']}"
    try:
        _decide(desk, invoice_id, form, view)
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


def _decide(desk: Desk, invoice_id: str, form: dict[str, str], view: dict[str, Any]) -> None:
    actor = form.get("actor", "").strip()[:100] or "财务"
    if form.get("action") == "confirm":
        before = {name: field["value"] for name, field in view["fields"].items()}
        given = {name.removeprefix("field."): value for name, value in form.items() if name.startswith("field.")}
        changed = {name: value for name, value in given.items() if value.strip() and value != before.get(name)}
        kind = Kind(form["kind"]) if form.get("kind") in {one.value for one in Kind} else None
        waived = [name.removeprefix("waive.") for name in form if name.startswith("waive.")]
        confirm(desk, invoice_id, actor=actor, corrections=changed, kind=kind, waived=waived)
    elif form.get("action") == "refuse":
        words = form.get("words", "")[:500]
        refuse(desk, invoice_id, actor=actor, reason=form.get("reason", "other")[:40], words=words)
    elif form.get("action") == "undo":
        undo(desk, invoice_id, actor=form.get("decider", ""))
    else:
        contest(desk, invoice_id, actor=actor, words=form.get("words", "")[:500], rule=form.get("rule") or None)
