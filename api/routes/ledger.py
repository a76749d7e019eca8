"""The ledger: its pages, the totals of a selection, exports, and the views that people keep."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from api.deps import Desk, Seeing, Sender
from api.filters import Selection
from api.guard import allow, guarded, signed_in
from intake.desk.export import Wish, export
from intake.desk.export_forms import Form, Language, Layout
from intake.desk.saved_views import delete_view, save_view, views_of
from intake.desk.search import Order, ledger_page, totals
from models.clock import day_of
from models.columns import COLUMNS, chosen
from models.rights import Permission

router = guarded(tags=["ledger"])
_SEE = allow(Permission.SEE_OWN)
_MEDIA = {
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.CSV: "text/csv; charset=utf-8",
    Form.JSONL: "application/x-ndjson",
}


class Paged(Selection):
    """A selection, and which page of it."""

    sort: Order = Order.NEWEST
    cursor: str = ""
    limit: int = Field(default=50, ge=1, le=200)


class Exported(Selection):
    """A selection, and how it is written."""

    sort: Order = Order.NEWEST
    columns: str = Field(default="", description="Names of columns, with commas; the usual ones if none.")
    lang: Language = "zh"


class View(BaseModel):
    """Filters to keep under a name: those of GET /invoices, ``sort`` and ``columns``."""

    name: str = Field(min_length=1, max_length=100)
    query: dict[str, str] = Field(max_length=40)


@router.get("/invoices", dependencies=[_SEE])
def invoices(desk: Desk, sight: Seeing, asked: Annotated[Paged, Query()]) -> dict[str, Any]:
    """A page of the selected invoices; `similar` has near misses when hardly anything is found."""
    page = ledger_page(desk, sight, asked.read(), order=asked.sort, cursor=asked.cursor, limit=asked.limit)
    return {"invoices": page.rows, "next": page.next, "similar": page.similar}


@router.get("/invoices/totals", dependencies=[_SEE])
def invoice_totals(desk: Desk, sight: Seeing, asked: Annotated[Selection, Query()]) -> dict[str, Any]:
    """How many invoices are selected, and their exact sums: total, amount without tax, tax."""
    return totals(desk, sight, asked.read()).as_json()


@router.get("/exports/columns", dependencies=[signed_in()])
def columns() -> dict[str, Any]:
    """The columns that an export may have, in their usual order."""
    return {"columns": [{"name": name, "zh": column.zh, "en": column.en} for name, column in COLUMNS.items()]}


@router.get("/exports/ledger.{form}", response_class=Response, dependencies=[allow(Permission.EXPORT)])
def exported(
    form: Form, desk: Desk, sight: Seeing, sender: Sender, asked: Annotated[Exported, Query()]
) -> StreamingResponse:
    """Exactly the selected invoices as a file, streamed. An export is an event of the ledger."""
    layout = Layout(chosen(asked.columns.split(",")), asked.lang)
    wish = Wish(asked.read(), asked.typed(), asked.sort, layout, form)
    name = f"ledger-{day_of(time.time()):%Y%m%d}.{form}"
    return StreamingResponse(
        export(desk, sight, wish, actor=sender),
        media_type=_MEDIA[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/views", dependencies=[_SEE])
def views(desk: Desk, sender: Sender) -> dict[str, Any]:
    """One's own saved views."""
    return {"views": views_of(desk, sender)}


@router.post("/views", status_code=201, dependencies=[_SEE])
def keep_view(desk: Desk, sender: Sender, body: View) -> dict[str, Any]:
    """Keep filters under a name; a view of the same name is replaced."""
    return save_view(desk, sender, body.name.strip(), body.query)


@router.delete("/views/{view_id}", status_code=204, response_class=Response, dependencies=[_SEE])
def forget_view(view_id: str, desk: Desk, sender: Sender) -> Response:
    """Forget one of one's own views."""
    delete_view(desk, sender, view_id)
    return Response(status_code=204)
