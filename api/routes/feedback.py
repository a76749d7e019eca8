"""The feedback desk: reporting a problem of the service, following it, answering it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import Desk, Sender
from intake.desk import reports
from models.report import ReportClass

router = APIRouter(prefix="/feedback", tags=["feedback"])


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


@router.post("", status_code=201)
def tell(body: Report, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Report a problem; its class is guessed where none is named."""
    return reports.report_view(desk, reports.report(desk, reporter=sender, **body.model_dump()))


@router.get("/mine")
def mine(desk: Desk, sender: Sender) -> dict[str, Any]:
    """One's own reports and where they stand."""
    return {"reports": reports.report_list(desk, reporter=sender)}


@router.get("")
def everybodys(desk: Desk, waiting: bool = False) -> dict[str, Any]:
    """Everybody's reports, the latest first, and how many there are of each class."""
    return {"reports": reports.report_list(desk, waiting=waiting), "classes": reports.report_counts(desk)}


@router.get("/{report_id}")
def one(report_id: str, desk: Desk) -> dict[str, Any]:
    """One report with what was said since."""
    return reports.report_view(desk, report_id)


@router.put("/{report_id}/assignee")
def take(report_id: str, body: Assignment, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Give a report to somebody, or take it oneself."""
    reports.take_report(desk, report_id, actor=sender, assignee=body.assignee)
    return reports.report_view(desk, report_id)


@router.post("/{report_id}/answer")
def answer(report_id: str, body: Words, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Answer a report."""
    reports.answer_report(desk, report_id, body.text, actor=sender)
    return reports.report_view(desk, report_id)


@router.post("/{report_id}/reply")
def reply(report_id: str, body: Words, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Add to one's own report; an answered one is open again."""
    reports.reply(desk, report_id, body.text, actor=sender)
    return reports.report_view(desk, report_id)


@router.post("/{report_id}/close")
def close(report_id: str, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Close a report that needs nothing more."""
    reports.close_report(desk, report_id, actor=sender)
    return reports.report_view(desk, report_id)
