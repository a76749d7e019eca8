"""Sending files, and the page of a batch."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.deps import Desk, Seeing, SendingFor
from api.guard import allow, guarded
from api.routes.submissions import take_files
from api.web.frame import render
from intake.desk.views import submission_view
from intake.desk.waiting import turns
from models.document import State
from models.rights import Permission

router = guarded(include_in_schema=False)
_SUBMIT = allow(Permission.SUBMIT)
#: What the chips above a batch show: each name with its states.
_SHOWN: Mapping[str, tuple[State, ...]] = {
    "needs": (State.IN_REVIEW, State.REJECTED, State.FAILED),
    "registered": (State.REGISTERED,),
    "duplicate": (State.DUPLICATE,),
    "returned": (State.REJECTED,),
    "working": (State.RECEIVED, State.QUEUED, State.PROCESSING),
}


@router.get("/upload", dependencies=[_SUBMIT])
def upload_page(request: Request, desk: Desk) -> Response:
    """The place to drop files."""
    return render(request, "upload.html")


@router.post("/upload", dependencies=[_SUBMIT])
def upload(desk: Desk, sending: SendingFor, sight: Seeing, files: list[UploadFile]) -> Response:
    """Take files from the form and go to the page of the batch."""
    taken = take_files(desk, sending, sight, files, key=None, door="page")
    return RedirectResponse(f"/batches/{taken['id']}", 303)


@router.get("/batches/{submission_id}", dependencies=[allow(Permission.SEE_OWN)])
def batch(submission_id: str, request: Request, desk: Desk, sight: Seeing, show: str = "") -> Response:
    """One upload: every file with its state, live; which of them are shown is in the address."""
    view = submission_view(desk, sight, submission_id)
    states = _SHOWN.get(show, tuple(State))
    shown = [one for one in view["documents"] if one["state"] in states]
    counted = {
        name: sum(view["counts"].get(state, 0) for state in states) for name, states in _SHOWN.items()
    }  # fmt: skip
    name = "batch_rows.html" if request.headers.get("x-part") else "batch.html"
    waiting = turns(desk, submission_id) if not view["done"] else {}
    return render(request, name, batch=view, shown=shown, counted=counted, show=show, turns=waiting)
