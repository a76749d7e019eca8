"""Where is my invoice? One question, one answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import Desk, Seeing
from api.web.frame import render
from intake.desk.trace.ask import NothingAsked, trace

router = APIRouter(include_in_schema=False)


@router.get("/trace")
def where(request: Request, desk: Desk, seeing: Seeing, q: str = "") -> Response:
    """The question, and its answer when one was asked."""
    try:
        answer = trace(desk, q, seeing) if q.strip() else None
    except NothingAsked:
        answer = None
    return render(request, "trace.html", q=q, answer=answer)
