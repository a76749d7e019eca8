"""Documents: their state, their original, their page pictures."""

from __future__ import annotations

import dataclasses
import urllib.parse
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field, StringConstraints

from api.deps import Desk, Seeing, SeenDocument, Sender
from api.guard import allow, guarded
from intake.desk.originals import read_original
from intake.desk.pictures import annotated
from intake.desk.reasons import reason_text
from intake.desk.receive import retry
from intake.desk.reread import read_place
from intake.desk.review import NotInReview
from intake.desk.steering import cancel, put_ahead, work_log
from intake.desk.views import NotFound, document_view
from intake.store.blobs import picture_key
from models.rights import Permission

router = guarded(tags=["documents"])
_SEE = allow(Permission.SEE_OWN)
#: How the work goes says nothing of what is in a document; whoever runs the service tends everybody's.
_OPERATE = allow(Permission.OPERATE)


def picture(make: Callable[[], bytes]) -> Response:
    """Answer with a picture that never changes; 404 where its page was never kept."""
    try:
        content = make()
    except FileNotFoundError as trouble:
        raise NotFound("picture") from trouble
    return Response(content, media_type="image/webp", headers={"cache-control": "private, max-age=86400"})


@router.get("/documents/{document_id}", dependencies=[_SEE])
def document(document_id: str, desk: Desk, sight: Seeing) -> dict[str, Any]:
    """Where a document stands, why, and what was read in it."""
    return document_view(desk, sight, document_id)


@router.get("/documents/{document_id}/original", response_class=Response, dependencies=[_SEE])
def original(document_id: str, desk: Desk, sight: Seeing, sender: Sender) -> Response:
    """The file as it arrived, always as a download: it is a stranger's. That it was read is an event."""
    filename, content = read_original(desk, sight, document_id, actor=sender)
    name = urllib.parse.quote(filename)
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{name}",
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.get("/documents/{document_id}/pages/{page}.webp", response_class=Response, dependencies=[_SEE])
def page_picture(document_id: str, page: int, desk: Desk, sight: Seeing) -> Response:
    """The picture of a page, upright; boxes of fields are in its pixels."""
    view = document_view(desk, sight, document_id)
    return picture(lambda: desk.blobs.get(picture_key(view["sha256"], page)))


@router.get("/documents/{document_id}/feedback/{page}.webp", response_class=Response, dependencies=[_SEE])
def annotated_page(document_id: str, page: int, desk: Desk, sight: Seeing) -> Response:
    """The picture of a page with a frame around the place of everything that keeps it from the ledger."""
    view = document_view(desk, sight, document_id)
    answer = picture(lambda: annotated(desk, view["sha256"], page, view["reasons"]))
    answer.headers["cache-control"] = "no-store"  # the reasons change, the page does not
    return answer


class Place(BaseModel):
    """A box in the pixels of a page picture, and the field that is to be read in it."""

    box: tuple[float, float, float, float]
    field: str = Field(max_length=40)


@router.post("/documents/{document_id}/pages/{page}/text", dependencies=[allow(Permission.DECIDE)])
def read_place_again(document_id: str, page: int, place: Place, desk: Desk, sight: Seeing) -> dict[str, Any]:
    """Read one place of a page anew; ``value`` is null where nothing of the field's form stands there."""
    return {"value": read_place(desk, sight, document_id, page, place.box, place.field)}


@router.get("/documents/{document_id}/reason.txt", response_class=PlainTextResponse, dependencies=[_SEE])
def reason(document_id: str, desk: Desk, sight: Seeing) -> str:
    """Why a document came back and how to mend it, as text in both languages."""
    return reason_text(document_view(desk, sight, document_id))


@router.post("/documents/{document_id}/retry", status_code=202, dependencies=[allow(Permission.SUBMIT)])
def read_again(document_id: SeenDocument, desk: Desk, sight: Seeing, sender: Sender) -> dict[str, Any]:
    """Read a returned or failed document once more."""
    if not retry(desk, document_id, actor=sender):
        raise NotInReview(document_id)
    return document_view(desk, sight, document_id)


@router.get("/documents/{document_id}/log", dependencies=[_OPERATE])
def log(document_id: str, desk: Desk) -> dict[str, Any]:
    """How the work on a document goes: steps with times and attempts, its turn, the stages of the last reading."""
    return dataclasses.asdict(work_log(desk, document_id))


class Cancelling(BaseModel):
    """Why a document is taken back; its sender reads it."""

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


@router.post("/documents/{document_id}/cancel", dependencies=[_OPERATE])
def take_back(document_id: str, why: Cancelling, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Return a document that nobody reads yet, whosever it is; 409 once it is too late."""
    cancel(desk, document_id, actor=sender, words=why.words)
    return log(document_id, desk)


class Priority(BaseModel):
    """Which queue a waiting document stands in: that which people wait for, or the other."""

    express: bool


@router.post("/documents/{document_id}/priority", dependencies=[_OPERATE])
def prioritise(document_id: str, priority: Priority, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Put a waiting document ahead, or back; 409 once it is too late."""
    put_ahead(desk, document_id, actor=sender, express=priority.express)
    return log(document_id, desk)
