"""Sending files and following them."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, BinaryIO, Literal

from fastapi import Form, Header, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.deps import Desk, Seeing, Sending, SendingFor
from api.guard import allow, guarded
from intake.desk.reach import reach_document, seen_or_none
from intake.desk.receive import Receipt, TooLarge, open_submission, receive
from intake.desk.services import Services
from intake.desk.views import history, submission_done, submission_view
from models.rights import Permission
from models.sight import Sight

router = guarded(tags=["submissions"])
_SUBMIT, _SEE = allow(Permission.SUBMIT), allow(Permission.SEE_OWN)
_CHUNK = 2**18
#: A stream ends after a minute and the browser comes again: nobody follows for longer after losing the right to.
_LOOK_SECONDS, _STREAM_SECONDS = 0.7, 60.0
#: A stream that is silent for longer is held back by something on the way; whoever follows then asks instead.
_BEAT_SECONDS = 3.0


@router.post("/submissions", status_code=202, dependencies=[_SUBMIT])
def send_files(
    desk: Desk,
    sending: SendingFor,
    sight: Seeing,
    files: list[UploadFile],
    mends: Annotated[str | None, Form(description="The returned document that these files mend.")] = None,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> dict[str, Any]:
    """Send one or several files. The answer comes at once; what becomes of them is in ``GET /submissions/{id}``."""
    return take_files(desk, sending, sight, files, key=idempotency_key, door="api", mends=mends)


def take_files(
    desk: Services,
    sending: Sending,
    sight: Sight,
    files: list[UploadFile],
    *,
    key: str | None,
    door: str,
    mends: str | None = None,
) -> dict[str, Any]:
    """Receive uploaded files as one submission; a file over the limit refuses only itself."""
    if mends:
        reach_document(desk, sight, mends)
    submission = _open(desk, sending, door, sending.client_key("key", key) if key else None)
    documents: list[dict[str, Any]] = []
    for file in files:
        name = file.filename or "file"
        try:
            chunks = _chunks(file.file)
            receipt = receive(
                desk, chunks, filename=name, submission_id=submission, sender=sending.person, express=True, mends=mends
            )
        except TooLarge as refusal:
            if len(files) == 1:
                raise
            documents.append({"filename": name, "error": "too_large", "limit": refusal.limit})
            continue
        documents.append({"filename": name, **_receipt(desk, sight, receipt)})
    return {"id": submission, "url": f"/api/v1/submissions/{submission}", "documents": documents}


@router.put("/submissions/{client_id}", dependencies=[_SUBMIT])
def open_for(
    client_id: str, desk: Desk, sending: SendingFor, door: Literal["app", "page", "phone"] = "app"
) -> dict[str, Any]:
    """Open a submission before its first file, so that it has an address; opening it again changes nothing."""
    submission = _open(desk, sending, door, sending.client_key("client", client_id))
    return {"id": submission, "url": f"/api/v1/submissions/{submission}"}


@router.put("/submissions/{client_id}/{filename}", status_code=202, dependencies=[_SUBMIT])
async def send_stream(
    client_id: str, filename: str, request: Request, desk: Desk, sending: SendingFor, sight: Seeing
) -> dict[str, Any]:
    """Send one file as the raw body; sending it again under the same ``client_id`` changes nothing."""
    limit = desk.settings.max_bytes
    with tempfile.SpooledTemporaryFile(max_size=2**20) as spool:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise TooLarge(limit)
            spool.write(chunk)
        spool.seek(0)
        return await run_in_threadpool(_receive_stream, desk, sending, sight, client_id, filename, spool)


def _receive_stream(
    desk: Services, sending: Sending, sight: Sight, client_id: str, filename: str, spool: Any
) -> dict[str, Any]:
    submission = _open(desk, sending, "app", sending.client_key("client", client_id))
    receipt = receive(
        desk, _chunks(spool), filename=filename, submission_id=submission, sender=sending.person, express=True
    )
    taken = _receipt(desk, sight, receipt)
    return {"id": submission, "url": f"/api/v1/submissions/{submission}", "documents": [taken]}


def _open(desk: Services, sending: Sending, door: str, client_key: str | None) -> str:
    return open_submission(
        desk, sender=sending.sender, person=sending.person, department=sending.department, door=door,
        client_key=client_key,
    )  # fmt: skip


@router.get("/submissions/{submission_id}", dependencies=[_SEE])
def follow(submission_id: str, desk: Desk, sight: Seeing) -> dict[str, Any]:
    """Where each document of a submission stands."""
    return submission_view(desk, sight, submission_id)


@router.get("/submissions/{submission_id}/events", dependencies=[_SEE])
async def events(
    submission_id: str,
    request: Request,
    desk: Desk,
    sight: Seeing,
    last_event_id: Annotated[str | None, Header()] = None,
) -> EventSourceResponse:
    """Server-sent events, one a change of state, resumed after ``Last-Event-ID``. A hint; the GET is the truth.

    While nothing changes a ``beat`` comes every three seconds, so that a listener notices when they stay out.
    """
    await run_in_threadpool(submission_view, desk, sight, submission_id)
    after = int(last_event_id) if last_event_id and re.fullmatch("[0-9]{1,9}", last_event_id) else 0
    return EventSourceResponse(_changes(desk, sight, submission_id, after, request), ping=15)


async def _changes(
    desk: Services, sight: Sight, submission_id: str, after: int, request: Request
) -> AsyncIterator[ServerSentEvent]:
    end, beat = time.monotonic() + _STREAM_SECONDS, 0.0
    while time.monotonic() < end and not await request.is_disconnected():
        for one in await run_in_threadpool(history, desk, sight, submission_id=submission_id, after=after):
            after = one.id
            data = json.dumps({"document_id": one.document_id, "state": one.what})
            yield ServerSentEvent(data=data, id=str(one.id), event="change")
        if await run_in_threadpool(submission_done, desk, sight, submission_id):
            yield ServerSentEvent(data="{}", event="done")
            return
        if time.monotonic() - beat >= _BEAT_SECONDS:
            beat = time.monotonic()
            yield ServerSentEvent(data="{}", event="beat")
        await asyncio.sleep(_LOOK_SECONDS)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _receipt(desk: Services, sight: Sight, receipt: Receipt) -> dict[str, Any]:
    return {
        "document_id": receipt.document_id,
        "sha256": receipt.sha256,
        "state": receipt.state.value,
        "duplicate_of": seen_or_none(desk, sight, receipt.duplicate_of),
    }
