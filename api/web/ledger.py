"""The ledger as a list: every filter is in the address, and a view is an address that somebody keeps."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import Desk, Seeing, Sender
from api.filters import Selection
from api.guard import allow, guarded
from api.routes.ledger import Paged
from api.web.frame import back_to, language, render
from intake.desk.saved_views import delete_view, save_view, views_of
from intake.desk.search import LedgerPage, Order, Totals, ledger_page, totals
from intake.desk.services import Services
from models.entry import BOOKING_WORDS, RECONCILIATION_WORDS, VERIFICATION_WORDS
from models.kinds import KIND_INFO
from models.query import EXAMPLES, BadFilter
from models.regions import REGIONS
from models.rights import Permission
from models.sight import Sight

router = guarded(include_in_schema=False)
_SEE = allow(Permission.SEE_OWN)
#: Filters that stand in the first row; the others open below it.
_FIRST = ("q", "kind", "region", "since", "until")
_STATES: Mapping[str, Mapping[Any, tuple[str, str]]] = {
    "verification": VERIFICATION_WORDS,
    "reconciliation": RECONCILIATION_WORDS,
    "booking": BOOKING_WORDS,
}


@router.get("/ledger", dependencies=[_SEE])
def ledger(
    request: Request, desk: Desk, sight: Seeing, sender: Sender, asked: Annotated[Paged, Query()]
) -> Response:  # fmt: skip
    """The selected entries, what they come to, and the ways to keep or take away the selection."""
    said = {name: value for name, value in request.query_params.items() if value}
    if len(said) < len(request.query_params):
        # A form also sends what was left empty; an address that is passed on should not.
        return back_to("/ledger", **said)
    typed = asked.typed()
    try:
        page, sums = _selected(desk, sight, asked)
        trouble = None
    except BadFilter as bad:
        page, sums, trouble = None, None, (bad.name, bad.value, EXAMPLES.get(bad.name, "–"))
    return render(
        request, "ledger.html", status=422 if trouble else 200, page=page, totals=sums, filters=asked, typed=typed,
        trouble=trouble, orders=list(Order), choices=_choices(), more=any(name not in _FIRST for name in typed),
        taken=_exported(request, asked), views=[_opened(one) for one in views_of(desk, sender)],
    )  # fmt: skip


@router.post("/ledger/views", dependencies=[_SEE])
async def keep(request: Request, desk: Desk, sender: Sender) -> Response:
    """Keep the filters that are shown under a name, and open them."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    name = form.pop("name", "").strip()[:100]
    kept = {key: value for key, value in form.items() if key in Selection.model_fields or key == "sort"}
    if not name:
        return back_to("/ledger", **kept)
    return RedirectResponse(_opened(save_view(desk, sender, name, kept))["address"], 303)


@router.post("/ledger/views/{view_id}/delete", dependencies=[_SEE])
def forget(view_id: str, desk: Desk, sender: Sender, back: Annotated[str, Form()] = "") -> Response:
    """Forget a view; the list stays as it is shown (``back`` are its filters)."""
    delete_view(desk, sender, view_id)
    return back_to("/ledger", **dict(urllib.parse.parse_qsl(back)))


def _selected(desk: Services, sight: Sight, asked: Paged) -> tuple[LedgerPage, Totals]:
    query = asked.read()
    page = ledger_page(desk, sight, query, order=asked.sort, cursor=asked.cursor, limit=asked.limit)
    return page, totals(desk, sight, query)


def _choices() -> dict[str, list[tuple[str, str, str]]]:
    """The filters that are chosen from a list: value, Chinese, English."""
    kinds = [(kind.value, info.zh, info.en) for kind, info in KIND_INFO.items() if info.supported]
    regions = [(one.digital2, one.zh, one.en) for one in REGIONS]
    states = {name: [(state.value, *said) for state, said in words.items()] for name, words in _STATES.items()}
    return {"kind": kinds, "region": regions, **states}


def _opened(view: dict[str, Any]) -> dict[str, Any]:
    return {**view, "address": f"/ledger?{urllib.parse.urlencode(view['query'])}"}


def _exported(request: Request, asked: Paged) -> str:
    """The selection as an export is asked for: filters, order, language, and the columns of a view."""
    columns = request.query_params.get("columns", "")
    beside = {"sort": asked.sort.value, "lang": language(request), **({"columns": columns} if columns else {})}
    return urllib.parse.urlencode({**asked.typed(), **beside})
