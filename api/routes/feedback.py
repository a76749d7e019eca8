"""The feedback desk: reporting a problem of the service, following it, answering it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from api.deps import Asking, Desk, Seeing, Sender
from api.guard import allow, guarded, signed_in
from intake.desk import reports
from intake.desk.reach import reach_document
from models.report import ReportClass
from models.rights import Permission

router = guarded(prefix="/feedback", tags=["feedback"])
_OPERATE = allow(Permission.OPERATE)
_SIGNED_IN = signed_in()


class Report(BaseModel):
    """What is wrong, and where it was seen."""

    text: str = Field(min_length=1, max_length=4000)
    about: ReportClass | None = None
    page: str = Field(default="", max_length=400)
    document_id: str | None = Field(default=None, max_length=32)
    rule: str | None = Field(default=None, max_length=40)


class Words(BaseModel):
    """What there is to say about a report."""

    text: str = Field(min_length=1, max_length=4000)


class Assignment(BaseModel):
    """Who looks at a report; nobody named: who asks."""

    assignee: str | None = Field(default=None, max_length=200)


@router.post("", status_code=201, dependencies=[_SIGNED_IN])
def tell(body: Report, desk: Desk, sight: Seeing, sender: Sender) -> dict[str, Any]:
    """Report a problem; its class is guessed where none is named."""
    if body.document_id:
        reach_document(desk, sight, body.document_id)
    return reports.report_view(desk, reports.report(desk, reporter=sender, **body.model_dump()))


@router.get("/mine", dependencies=[_SIGNED_IN])
def mine(desk: Desk, sender: Sender) -> dict[str, Any]:
    """One's own reports and where they stand."""
    return {"reports": reports.report_list(desk, reporter=sender)}


@router.get("", dependencies=[_OPERATE])
def everybodys(desk: Desk, waiting: bool = False) -> dict[str, Any]:
    """Everybody's reports, the latest first, and how many there are of each class."""
    return {"reports": reports.report_list(desk, waiting=waiting), "classes": reports.report_counts(desk)}


@router.get("/{report_id}", dependencies=[_SIGNED_IN])
def one(report_id: str, desk: Desk, caller: Asking) -> dict[str, Any]:
    """One report with what was said since: one's own, or any for those who answer."""
    return reports.report_seen(desk, caller, report_id)


@router.put("/{report_id}/assignee", dependencies=[_OPERATE])
def take(report_id: str, body: Assignment, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Give a report to somebody, or take it oneself."""
    reports.take_report(desk, report_id, actor=sender, assignee=body.assignee)
    return reports.report_view(desk, report_id)


@router.post("/{report_id}/answer", dependencies=[_OPERATE])
def answer(report_id: str, body: Words, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Answer a report."""
    reports.answer_report(desk, report_id, body.text, actor=sender)
    return reports.report_view(desk, report_id)


@router.post("/{report_id}/reply", dependencies=[_SIGNED_IN])
def reply(report_id: str, body: Words, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Add to one's own report; an answered one is open again."""
    reports.reply(desk, report_id, body.text, actor=sender)
    return reports.report_view(desk, report_id)


@router.post("/{report_id}/close", dependencies=[_SIGNED_IN])
def close(report_id: str, desk: Desk, caller: Asking) -> dict[str, Any]:
    """Close a report that needs nothing more."""
    reports.report_seen(desk, caller, report_id)
    reports.close_report(desk, report_id, actor=caller.person.name)
    return reports.report_view(desk, report_id)
