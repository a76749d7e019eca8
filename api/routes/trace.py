"""Where is my invoice? And how the regions stand."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import Query, UploadFile

from api.deps import Desk, Seeing
from api.filters import Day
from api.guard import allow, guarded
from intake.desk.receive import TooLarge
from intake.desk.regions import region_counts
from intake.desk.trace.ask import trace, trace_file
from models.question import LONGEST
from models.rights import Permission

router = guarded(tags=["trace"])
_SEE = allow(Permission.SEE_OWN)
_CHUNK = 2**18


@router.get("/trace", dependencies=[_SEE])
def where_is_it(
    desk: Desk, seeing: Seeing, q: Annotated[str, Query(min_length=1, max_length=LONGEST)]
) -> dict[str, Any]:
    """Where an invoice is: a number or part of it, names, amounts, days, regions; one answer and what it rests on."""
    return trace(desk, q, seeing)


@router.post("/trace", dependencies=[_SEE])
def where_is_this(desk: Desk, seeing: Seeing, file: UploadFile) -> dict[str, Any]:
    """Where the invoice of a file is: by its bytes, else by its name. The file is not taken in."""
    digest, size = hashlib.sha256(), 0
    while chunk := file.file.read(_CHUNK):
        size += len(chunk)
        if size > desk.settings.max_bytes:
            raise TooLarge(desk.settings.max_bytes)
        digest.update(chunk)
    return trace_file(desk, digest.hexdigest(), file.filename or "file", seeing)


@router.get("/regions", dependencies=[allow(Permission.SEE_SCOPE)])
def regions(
    desk: Desk,
    seeing: Seeing,
    since: Day = "",
    until: Day = "",
    company: Annotated[str, Query(max_length=30)] = "",
) -> dict[str, Any]:
    """How many invoices each region issued in a period: on the lists, here, waiting, refused, and only on the lists."""
    return region_counts(desk, seeing, since=since, until=until, company=company)
