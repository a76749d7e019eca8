"""The ledger as a list."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.deps import Desk, Seeing
from api.routes.ledger import Paged
from api.web.frame import render
from intake.desk.search import ledger_page, totals
from models.kinds import KIND_INFO

router = APIRouter(include_in_schema=False)


@router.get("/ledger")
def ledger(request: Request, desk: Desk, sight: Seeing, asked: Annotated[Paged, Query()]) -> Response:
    """The ledger as a list; every filter is in the address."""
    query = asked.read()
    page = ledger_page(desk, sight, query, order=asked.sort, cursor=asked.cursor, limit=asked.limit)
    kinds = [(one.value, info) for one, info in KIND_INFO.items() if info.supported]
    sums = totals(desk, sight, query)
    return render(request, "ledger.html", page=page, totals=sums, kinds=kinds, filters=asked)
