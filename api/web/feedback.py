"""The feedback desk: reporting a problem from any page, following it, answering it."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response

from api.deps import Asking, Desk, Seeing, Sender
from api.guard import NotAllowed, guarded, signed_in
from api.web.frame import Skipped, back_to, language, render
from api.web.help import answering
from intake.desk import reports
from intake.desk.reach import reach_document
from models.report import CLASS_WORDS, ReportClass, ReportState
from models.rights import Permission

router = guarded(include_in_schema=False)
_SIGNED_IN = signed_in()
#: How many reports a page lists.
_PAGE = 50
_OPEN = (ReportState.OPEN.value, ReportState.ASSIGNED.value)
_OURS = re.compile(r"/([^/\\].*)?")
_ABOUT = "|".join(one.value for one in ReportClass)
Words = Annotated[str, Form(max_length=4000)]
Page = Annotated[str, Form(max_length=400)]
Document = Annotated[str, Form(pattern="^[0-9a-f]{0,32}$")]
Rule = Annotated[str, Form(max_length=40)]


@router.get("/feedback", dependencies=[_SIGNED_IN])
def desk_list(request: Request, desk: Desk, caller: Asking, show: str = "mine", cursor: Skipped = 0) -> Response:
    """One's own reports; for those who answer: what waits, everybody's, and how many there are of each class."""
    name, answers = caller.person.name, caller.may(Permission.OPERATE)
    mine = name if show == "mine" or not answers else None
    found = reports.report_list(desk, reporter=mine, waiting=show == "waiting", limit=_PAGE + 1, skip=cursor)
    return render(
        request, "feedback.html", show=show, reports=found[:_PAGE], answers=answers,
        classes=reports.report_counts(desk) if answers else [],
        mine=reports.report_total(desk, reporter=name),
        waiting=reports.report_total(desk, waiting=True) if answers else 0,
        cursor=cursor + _PAGE if len(found) > _PAGE else None,
    )  # fmt: skip


@router.get("/feedback/new", dependencies=[_SIGNED_IN])
def new(request: Request, page: str = "", document: str = "", rule: str = "") -> Response:
    """The form; what stood on the page that it was opened from is taken along."""
    taken = {"page": page[:400], "document": document, "rule": rule[:40]}
    return render(request, "feedback_new.html", taken=taken, said="", chosen="", found=[], classes=CLASS_WORDS)


@router.post("/feedback/new", dependencies=[_SIGNED_IN])
def tell(
    request: Request, desk: Desk, sight: Seeing, sender: Sender, text: Words, page: Page = "", document: Document = "",
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
        reach_document(desk, sight, document)
    identity = reports.report(
        desk, text.strip(), reporter=sender, page=page, document_id=document or None, rule=rule or None,
        about=ReportClass(about) if about else None,
    )  # fmt: skip
    return back_to(f"/feedback/{identity}", told="sent")


@router.get("/feedback/{report_id}", dependencies=[_SIGNED_IN])
def one(report_id: str, request: Request, desk: Desk, caller: Asking, told: str = "") -> Response:
    """One report: where it stands, what was said, and what can be done."""
    report = reports.report_seen(desk, caller, report_id)
    return render(
        request, "feedback_one.html", report=report, told=told, mine=report["reporter"] == caller.person.name,
        answers=caller.may(Permission.OPERATE),
        open=report["state"] in _OPEN, ours=_OURS.fullmatch(report["page"]) is not None,
    )  # fmt: skip


@router.post("/feedback/{report_id}", dependencies=[_SIGNED_IN])
def act(
    report_id: str, desk: Desk, caller: Asking, action: Annotated[str, Form(pattern="^(take|answer|reply|close)$")],
    text: Words = "",
) -> Response:  # fmt: skip
    """Take, answer, reply to or close a report; an answer or a reply without words changes nothing."""
    reports.report_seen(desk, caller, report_id)
    if action in ("take", "answer") and not caller.may(Permission.OPERATE):
        raise NotAllowed
    said, sender = text.strip(), caller.person.name
    if action == "take":
        reports.take_report(desk, report_id, actor=sender)
    elif action == "close":
        reports.close_report(desk, report_id, actor=sender)
    elif action == "answer" and said:
        reports.answer_report(desk, report_id, said, actor=sender)
    elif action == "reply" and said:
        reports.reply(desk, report_id, said, actor=sender)
    return back_to(f"/feedback/{report_id}")
