"""Sending files, and the page of a batch."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.deps import Desk
from api.routes.submissions import take_files
from api.web.frame import render
from intake.desk.health import ahead_of
from intake.desk.views import submission_view

router = APIRouter(include_in_schema=False)


@router.get("/upload")
def upload_page(request: Request, desk: Desk) -> Response:
    """The place to drop files."""
    return render(request, "upload.html", limit=desk.settings.max_bytes // 2**20)


@router.post("/upload")
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
    return render(request, name, batch=view, ahead=ahead)
