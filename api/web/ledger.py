"""The ledger as a list."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import Desk
from api.web.frame import render
from intake.desk.ledger import ledger_page
from models.kinds import KIND_INFO

router = APIRouter(include_in_schema=False)


@router.get("/ledger")
def ledger(
    request: Request, desk: Desk, q: str = "", kind: str = "", since: str = "", until: str = "", cursor: str = ""
) -> Response:
    """The ledger as a list; every filter is in the address."""
    page = ledger_page(desk, words=q, kind=kind, since=since, until=until, cursor=cursor)
    kinds = [(one.value, info) for one, info in KIND_INFO.items() if info.supported]
    filters = {"q": q, "kind": kind, "since": since, "until": until}
    return render(request, "ledger.html", page=page, kinds=kinds, filters=filters)
