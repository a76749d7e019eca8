"""The pages."""

from __future__ import annotations

import datetime as dt
import itertools
import urllib.parse
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from api.deps import Desk
from api.routes.submissions import take_files
from api.web.texts import named, words
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

router = APIRouter(include_in_schema=False)
_templates = Jinja2Templates(directory=Path(__file__).with_name("templates"))
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_templates.env.filters["moment"] = lambda at: dt.datetime.fromtimestamp(at, _SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
_templates.env.filters["day"] = lambda at: dt.datetime.fromtimestamp(at, _SHANGHAI).strftime("%Y-%m-%d %H:%M")


@router.get("/")
def home(request: Request, desk: Desk) -> Response:
    """The upload page."""
    limit = desk.settings.max_bytes // 2**20
    return _page(request, "home.html", counts=counts(desk), limit=limit, states=STATE_WORDS, State=State)


@router.post("/")
def upload(desk: Desk, files: list[UploadFile], sender: Annotated[str, Form()] = "") -> Response:
    """Take files from the form and go to the page of the batch."""
    taken = take_files(desk, sender.strip()[:100] or "前台", files, key=None, door="page")
    return RedirectResponse(f"/batches/{taken['id']}", 303)


@router.get("/batches/{submission_id}")
def batch(submission_id: str, request: Request, desk: Desk) -> Response:
    """One upload: every file with its state, live."""
    view = submission_view(desk, submission_id)
    waiting = [one for one in view["documents"] if not one["final"]]
    ahead = ahead_of(desk, waiting[0]["received_at"]) if waiting else 0
    name = "batch_rows.html" if request.headers.get("x-part") else "batch.html"
    return _page(request, name, batch=view, ahead=ahead)


@router.get("/ledger")
def ledger(
    request: Request, desk: Desk, q: str = "", kind: str = "", since: str = "", until: str = "", cursor: str = ""
) -> Response:
    """The ledger as a list; every filter is in the address."""
    page = ledger_page(desk, words=q, kind=kind, since=since, until=until, cursor=cursor)
    kinds = [(one.value, info) for one, info in KIND_INFO.items() if info.supported]
    filters = {"q": q, "kind": kind, "since": since, "until": until}
    return _page(request, "ledger.html", page=page, kinds=kinds, filters=filters)


@router.get("/trace")
def where(request: Request, desk: Desk, q: str = "") -> Response:
    """Where is my invoice?"""
    return _page(request, "trace.html", q=q, found=trace(desk, q) if q.strip() else None)


@router.get("/documents/{document_id}")
def document(document_id: str, request: Request, desk: Desk, why: str = "", what: str = "") -> Response:
    """One document: state, reason, picture, fields, history."""
    view = document_view(desk, document_id)
    happened = history(desk, document_id=document_id)
    kinds = [(one.value, info) for one, info in KIND_INFO.items() if info.supported]
    names: dict[str, Any] = {"labels": FIELD_LABELS, "states": STATE_WORDS, "State": State, "kinds": kinds}
    policy_rules = [rule.id for rule in rules().values() if rule.checked is Checked.POLICY]
    return _page(
        request, "document.html", document=view, happened=happened, trouble=(why, what), refusals=REFUSALS,
        policy_rules=policy_rules, **names,
    )  # fmt: skip


@router.post("/documents/{document_id}/mend")
def mend(document_id: str, desk: Desk, files: list[UploadFile], sender: Annotated[str, Form()] = "") -> Response:
    """Take the file that mends a returned one, and go to the page of the batch."""
    taken = take_files(desk, sender.strip()[:100] or "前台", files, key=None, door="page", mends=document_id)
    return RedirectResponse(f"/batches/{taken['id']}", 303)


@router.get("/rules")
def rules_page(request: Request, desk: Desk) -> Response:
    """Every rule, how it fares, and the company's packs."""
    stages = [(stage, list(group)) for stage, group in itertools.groupby(rules().values(), lambda rule: rule.stage)]
    records = {record.rule: record for record in rule_records(desk)}
    packs = policy_list(desk)
    return _page(request, "rules.html", stages=stages, records=records, packs=packs, checked=CHECKED_WORDS)


@router.post("/documents/{document_id}/retry")
def read_again(document_id: str, desk: Desk) -> Response:
    """Read again, from the button."""
    retry(desk, document_id, actor="页面")
    return RedirectResponse(f"/documents/{document_id}", 303)


@router.post("/invoices/{invoice_id}/decide")
async def decide(invoice_id: str, request: Request, desk: Desk) -> Response:
    """Confirm, refuse or contest, from the buttons."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    view = invoice_view(desk, invoice_id)
    address = f"/documents/{view['document_id']}"
    try:
        _decide(desk, invoice_id, form, view)
    except StillWrong as trouble:
        return _back(address, "still_wrong", ",".join(finding.rule for finding in trouble.findings))
    except Held as trouble:
        return _back(address, "held", trouble.holder)
    except SecondPersonNeeded:
        return _back(address, "second_person")
    except CannotUndo:
        return _back(address, "cannot_undo")
    except NotInReview:
        pass  # somebody else was faster; the page shows what they decided
    return RedirectResponse(address, 303)


def _back(address: str, why: str, what: str = "") -> Response:
    return RedirectResponse(f"{address}?{urllib.parse.urlencode({'why': why, 'what': what})}", 303)


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


def error_page(request: Request, status: int, zh: str, en: str) -> Response:
    """An error in the frame of the pages."""
    return _page(request, "error.html", status=status, code=status, zh=zh, en=en)


def _page(request: Request, name: str, *, status: int = 200, **values: object) -> HTMLResponse:
    asked = request.query_params.get("lang")
    language = asked if asked in ("zh", "en") else request.cookies.get("lang", "zh")
    language = "en" if language == "en" else "zh"
    context = {"t": words(language), "names": named(language), "lang": language, "path": request.url.path, **values}
    answer = _templates.TemplateResponse(request, name, context, status_code=status)
    if asked in ("zh", "en"):
        answer.set_cookie("lang", asked, max_age=31_536_000, samesite="lax", httponly=True)
    return answer
