"""The pages."""

from __future__ import annotations

import itertools
from typing import Any

from fastapi import Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.deps import Asking, Desk, Seeing, SeenDocument, SeenInvoice, Sender, SendingFor
from api.guard import NotAllowed, allow, guarded, signed_in
from api.routes.submissions import take_files
from api.web.frame import back_to, render
from intake.check.catalogue import CHECKED_WORDS, Checked, rules
from intake.desk.health import ahead_of, counts
from intake.desk.ledger import ledger_page, trace
from intake.desk.policies import policy_list
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
from intake.desk.statistics import rule_records
from intake.desk.views import document_view, history, invoice_view, submission_view
from models.document import STATE_WORDS, State
from models.fields import FIELD_LABELS
from models.kinds import KIND_INFO, Kind
from models.person import Caller
from models.rights import Permission

router = guarded(include_in_schema=False)
_SEE, _SUBMIT = allow(Permission.SEE_OWN), allow(Permission.SUBMIT)


@router.get("/", dependencies=[signed_in()])
def home(request: Request, desk: Desk, sight: Seeing) -> Response:
    """The upload page."""
    limit = desk.settings.max_bytes // 2**20
    return render(request, "home.html", counts=counts(desk, sight), limit=limit, states=STATE_WORDS, State=State)


@router.post("/", dependencies=[_SUBMIT])
def upload(desk: Desk, sending: SendingFor, sight: Seeing, files: list[UploadFile]) -> Response:
    """Take files from the form and go to the page of the batch."""
    taken = take_files(desk, sending, sight, files, key=None, door="page")
    return RedirectResponse(f"/batches/{taken['id']}", 303)


@router.get("/batches/{submission_id}", dependencies=[_SEE])
def batch(submission_id: str, request: Request, desk: Desk, sight: Seeing) -> Response:
    """One upload: every file with its state, live."""
    view = submission_view(desk, sight, submission_id)
    waiting = [one for one in view["documents"] if not one["final"]]
    ahead = ahead_of(desk, waiting[0]["received_at"]) if waiting else 0
    name = "batch_rows.html" if request.headers.get("x-part") else "batch.html"
    return render(request, name, batch=view, ahead=ahead)


@router.get("/ledger", dependencies=[_SEE])
def ledger(
    request: Request,
    desk: Desk,
    sight: Seeing,
    q: str = "",
    kind: str = "",
    since: str = "",
    until: str = "",
    cursor: str = "",
) -> Response:
    """The ledger as a list; every filter is in the address."""
    page = ledger_page(desk, sight, words=q, kind=kind, since=since, until=until, cursor=cursor)
    kinds = [(one.value, info) for one, info in KIND_INFO.items() if info.supported]
    filters = {"q": q, "kind": kind, "since": since, "until": until}
    return render(request, "ledger.html", page=page, kinds=kinds, filters=filters)


@router.get("/trace", dependencies=[_SEE])
def where(request: Request, desk: Desk, sight: Seeing, q: str = "") -> Response:
    """Where is my invoice?"""
    return render(request, "trace.html", q=q, found=trace(desk, sight, q) if q.strip() else None)


@router.get("/documents/{document_id}", dependencies=[_SEE])
def document(document_id: str, request: Request, desk: Desk, sight: Seeing, why: str = "", what: str = "") -> Response:
    """One document: state, reason, picture, fields, history."""
    view = document_view(desk, sight, document_id)
    happened = history(desk, sight, document_id=document_id)
    kinds = [(one.value, info) for one, info in KIND_INFO.items() if info.supported]
    names: dict[str, Any] = {"labels": FIELD_LABELS, "states": STATE_WORDS, "State": State, "kinds": kinds}
    policy_rules = [rule.id for rule in rules().values() if rule.checked is Checked.POLICY]
    return render(
        request, "document.html", document=view, happened=happened, trouble=(why, what), refusals=REFUSALS,
        policy_rules=policy_rules, **names,
    )  # fmt: skip


@router.post("/documents/{document_id}/mend", dependencies=[_SUBMIT])
def mend(
    document_id: SeenDocument, desk: Desk, sending: SendingFor, sight: Seeing, files: list[UploadFile]
) -> Response:
    """Take the file that mends a returned one, and go to the page of the batch."""
    taken = take_files(desk, sending, sight, files, key=None, door="page", mends=document_id)
    return RedirectResponse(f"/batches/{taken['id']}", 303)


@router.get("/rules", dependencies=[signed_in()])
def rules_page(request: Request, desk: Desk, caller: Asking) -> Response:
    """Every rule, how it fares, and the company's packs."""
    stages = [(stage, list(group)) for stage, group in itertools.groupby(rules().values(), lambda rule: rule.stage)]
    records = {record.rule: record for record in rule_records(desk, caller.sight)}
    packs = policy_list(desk) if caller.may(Permission.READ_POLICIES) else None
    return render(request, "rules.html", stages=stages, records=records, packs=packs, checked=CHECKED_WORDS)


@router.post("/documents/{document_id}/retry", dependencies=[_SUBMIT])
def read_again(document_id: SeenDocument, desk: Desk, sender: Sender) -> Response:
    """Read again, from the button."""
    retry(desk, document_id, actor=sender)
    return RedirectResponse(f"/documents/{document_id}", 303)


@router.post("/invoices/{invoice_id}/decide", dependencies=[allow(Permission.DECIDE, Permission.SUBMIT)])
async def decide(invoice_id: SeenInvoice, request: Request, desk: Desk, caller: Asking) -> Response:
    """Confirm, refuse or contest, from the buttons."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    view = invoice_view(desk, caller.sight, invoice_id)
    address = f"/documents/{view['document_id']}"
    _require(caller, Permission.SUBMIT if form.get("action") == "contest" else Permission.DECIDE)
    try:
        _decide(desk, caller, invoice_id, form, view)
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
    return RedirectResponse(address, 303)


def _require(caller: Caller, permission: Permission) -> None:
    if not caller.may(permission):
        raise NotAllowed


def _decide(desk: Desk, caller: Caller, invoice_id: str, form: dict[str, str], view: dict[str, Any]) -> None:
    actor = caller.person.name
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
        undo(desk, invoice_id, actor=actor)
    else:
        contest(desk, invoice_id, actor=actor, words=form.get("words", "")[:500], rule=form.get("rule") or None)
