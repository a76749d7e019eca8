"""Where is my invoice? One question, one answer."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.deps import Desk, Seeing
from api.guard import allow, guarded
from api.web.frame import render
from intake.desk.trace.ask import NothingAsked, trace
from models.rights import Permission

router = guarded(include_in_schema=False)


@router.get("/trace", dependencies=[allow(Permission.SEE_OWN)])
def where(request: Request, desk: Desk, seeing: Seeing, q: str = "") -> Response:
    """The question, and its answer when one was asked."""
    try:
        answer = trace(desk, q, seeing) if q.strip() else None
    except NothingAsked:
        answer = None
    return render(request, "trace.html", q=q, answer=answer)
