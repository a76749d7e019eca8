"""The hand-off to the tax authority's verification, and its results brought back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Response, UploadFile

from api.deps import Desk, Seeing, Sender
from api.filters import Day
from api.guard import allow, guarded
from intake.desk.handoff import MOST, handoff_csv, handoff_view, note_check
from intake.desk.handoff_results import MOST_BYTES, ResultFile, take_results
from models.rights import Permission

router = guarded(tags=["verification"])
_BOOK = allow(Permission.BOOK)
_VERIFY = allow(Permission.BOOK, Permission.REVIEW)


@router.get("/entries/{entry_id}/handoff", dependencies=[_VERIFY])
def handoff(entry_id: str, desk: Desk, seeing: Seeing) -> dict[str, Any]:
    """What is typed at the platform to verify an entry, as a list and as one line; how often it may be asked today."""
    return handoff_view(desk, entry_id, seeing)


@router.post("/entries/{entry_id}/handoff", dependencies=[_VERIFY])
def begin_check(entry_id: str, desk: Desk, seeing: Seeing, sender: Sender) -> dict[str, Any]:
    """Note that it is asked for now: one of five a day, whoever asks; 409 when they are used up."""
    return note_check(desk, entry_id, seeing, actor=sender)


@router.get("/handoff.csv", response_class=Response, dependencies=[_BOOK])
def due(
    desk: Desk,
    seeing: Seeing,
    since: Day = "",
    until: Day = "",
    region: Annotated[str, Query(pattern=r"^(\d\d)?$")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> Response:
    """The entries that are worth verifying now, as a table with empty columns for result and time."""
    text = handoff_csv(desk, seeing, since=since, until=until, region=region, limit=limit)
    headers = {"content-disposition": 'attachment; filename="handoff.csv"'}
    return Response(text.encode(), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/handoff/results", dependencies=[_BOOK])
def results(desk: Desk, seeing: Seeing, sender: Sender, file: UploadFile) -> dict[str, Any]:
    """Bring results back from a CSV or XLSX table; 403 while the operator has not allowed it."""
    source = ResultFile(file.filename or "results", file.file.read(MOST_BYTES + 1))
    taken = take_results(desk, source, seeing, actor=sender)
    return {**asdict(taken), "refused": [asdict(one) for one in taken.refused]}
