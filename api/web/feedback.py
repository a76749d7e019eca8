"""The feedback desk: reporting a problem from any page, following it, answering it."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.deps import Desk, Sender
from api.web.frame import back_to, language, render
from api.web.help import answering
from intake.desk import reports
from intake.desk.views import document_view
from models.report import CLASS_WORDS, ReportClass, ReportState

router = APIRouter(include_in_schema=False)
_OPEN = (ReportState.OPEN.value, ReportState.ASSIGNED.value)
_OURS = re.compile(r"/([^/\\].*)?")
_ABOUT = "|".join(one.value for one in ReportClass)
Words = Annotated[str, Form(max_length=4000)]
Page = Annotated[str, Form(max_length=400)]
Document = Annotated[str, Form(pattern="^[0-9a-f]{0,32}$")]
Rule = Annotated[str, Form(max_length=40)]


@router.get("/feedback")
def desk_list(request: Request, desk: Desk, sender: Sender, show: str = "mine") -> Response:
    """One's own reports; for those who answer: what waits, everybody's, and how many there are of each class."""
    mine = reports.report_list(desk, reporter=sender)
    waiting = reports.report_list(desk, waiting=True)
    shown = mine if show == "mine" else waiting if show == "waiting" else reports.report_list(desk)
    return render(
        request, "feedback.html", show=show, reports=shown, mine=len(mine), waiting=len(waiting),
        classes=reports.report_counts(desk),
    )  # fmt: skip


@router.get("/feedback/new")
def new(request: Request, page: str = "", document: str = "", rule: str = "") -> Response:
    """The form; what stood on the page that it was opened from is taken along."""
    taken = {"page": page[:400], "document": document, "rule": rule[:40]}
    return render(request, "feedback_new.html", taken=taken, said="", chosen="", found=[], classes=CLASS_WORDS)


@router.post("/feedback/new")
def tell(
    request: Request, desk: Desk, sender: Sender, text: Words, page: Page = "", document: Document = "",
    rule: Rule = "", about: Annotated[str, Form(pattern=f"^({_ABOUT})?$")] = "", sure: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Keep a report; where the help may answer it, show that first and let people send it all the same.

    Raises:
        NotFound: there is no such document.
    """
    taken = {"page": page, "document": document, "rule": rule}
    found = [] if sure or not text.strip() else answering(text, language(request))
    if found or not text.strip():
        return render(
            request, "feedback_new.html", taken=taken, said=text, chosen=about, found=found, classes=CLASS_WORDS
        )
    if document:
        document_view(desk, document)
    identity = reports.report(
        desk, text.strip(), reporter=sender, page=page, document_id=document or None, rule=rule or None,
        about=ReportClass(about) if about else None,
    )  # fmt: skip
    return back_to(f"/feedback/{identity}", told="sent")


@router.get("/feedback/{report_id}")
def one(report_id: str, request: Request, desk: Desk, sender: Sender, told: str = "") -> Response:
    """One report: where it stands, what was said, and what can be done."""
    report = reports.report_view(desk, report_id)
    return render(
        request, "feedback_one.html", report=report, told=told, mine=report["reporter"] == sender,
        open=report["state"] in _OPEN, ours=_OURS.fullmatch(report["page"]) is not None,
    )  # fmt: skip


@router.post("/feedback/{report_id}")
def act(
    report_id: str, desk: Desk, sender: Sender, action: Annotated[str, Form(pattern="^(take|answer|reply|close)$")],
    text: Words = "",
) -> Response:  # fmt: skip
    """Take, answer, reply to or close a report; an answer or a reply without words changes nothing."""
    said = text.strip()
    if action == "take":
        reports.take_report(desk, report_id, actor=sender)
    elif action == "close":
        reports.close_report(desk, report_id, actor=sender)
    elif action == "answer" and said:
        reports.answer_report(desk, report_id, said, actor=sender)
    elif action == "reply" and said:
        reports.reply(desk, report_id, said, actor=sender)
    return back_to(f"/feedback/{report_id}")
