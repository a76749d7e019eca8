"""Where is my invoice? And how the regions stand."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Query, UploadFile

from api.deps import Desk, Seeing, Sender
from intake.desk.receive import TooLarge
from intake.desk.regions import region_counts
from intake.desk.trace.ask import trace, trace_file
from models.question import LONGEST
from models.sight import Sight

router = APIRouter(tags=["trace"])
_CHUNK = 2**18
_DAY = r"^(\d{4}-\d\d-\d\d)?$"


@router.get("/trace")
def where_is_it(
    desk: Desk, seeing: Seeing, sender: Sender, q: Annotated[str, Query(min_length=1, max_length=LONGEST)]
) -> dict[str, Any]:
    """Where an invoice is: a number or part of it, names, amounts, days, regions; one answer and what it rests on."""
    return trace(desk, q, _asker(seeing, sender))


@router.post("/trace")
def where_is_this(desk: Desk, seeing: Seeing, sender: Sender, file: UploadFile) -> dict[str, Any]:
    """Where the invoice of a file is: by its bytes, else by its name. The file is not taken in."""
    digest, size = hashlib.sha256(), 0
    while chunk := file.file.read(_CHUNK):
        size += len(chunk)
        if size > desk.settings.max_bytes:
            raise TooLarge(desk.settings.max_bytes)
        digest.update(chunk)
    return trace_file(desk, digest.hexdigest(), file.filename or "file", _asker(seeing, sender))


@router.get("/regions")
def regions(
    desk: Desk,
    seeing: Seeing,
    since: Annotated[str, Query(pattern=_DAY)] = "",
    until: Annotated[str, Query(pattern=_DAY)] = "",
    company: Annotated[str, Query(max_length=30)] = "",
) -> dict[str, Any]:
    """How many invoices each region issued in a period: on the lists, here, waiting, refused, and only on the lists."""
    return region_counts(desk, seeing, since=since, until=until, company=company)


def _asker(seeing: Sight, sender: str) -> Sight:
    """Who asks: the one who is logged in, else who they say they are; it only tells which files are their own."""
    return seeing if seeing.name else dataclasses.replace(seeing, name=sender)
