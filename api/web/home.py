"""The first page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import Desk
from api.web.frame import render
from intake.desk.health import counts
from models.document import STATE_WORDS, State

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request, desk: Desk) -> Response:
    """Where to begin: send something, find something, and how everything stands."""
    return render(request, "home.html", counts=counts(desk), states=STATE_WORDS, State=State)
