"""Sending files and following them."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, BinaryIO, Literal

from fastapi import APIRouter, Form, Header, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.deps import Desk, Sender
from intake.desk.receive import Receipt, TooLarge, open_submission, receive
from intake.desk.services import Services
from intake.desk.views import history, submission_done, submission_view

router = APIRouter(tags=["submissions"])
_CHUNK = 2**18
_LOOK_SECONDS, _STREAM_SECONDS = 0.7, 600.0
#: A stream that is silent for longer is held back by something on the way; whoever follows then asks instead.
_BEAT_SECONDS = 3.0


@router.post("/submissions", status_code=202)
def send_files(
    desk: Desk,
    sender: Sender,
    files: list[UploadFile],
    mends: Annotated[str | None, Form(description="The returned document that these files mend.")] = None,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> dict[str, Any]:
    """Send one or several files. The answer comes at once; what becomes of them is in ``GET /submissions/{id}``."""
    return take_files(desk, sender, files, key=idempotency_key, door="api", mends=mends)


def take_files(
    desk: Services, sender: str, files: list[UploadFile], *, key: str | None, door: str, mends: str | None = None
) -> dict[str, Any]:
    """Receive uploaded files as one submission; a file over the limit refuses only itself."""
    submission = open_submission(desk, sender=sender, door=door, client_key=f"key:{key}" if key else None)
    documents: list[dict[str, Any]] = []
    for file in files:
        name = file.filename or "file"
        try:
            chunks = _chunks(file.file)
            receipt = receive(
                desk, chunks, filename=name, submission_id=submission, sender=sender, express=True, mends=mends
            )
        except TooLarge as refusal:
            if len(files) == 1:
                raise
            documents.append({"filename": name, "error": "too_large", "limit": refusal.limit})
            continue
        documents.append({"filename": name, **_receipt(receipt)})
    return {"id": submission, "url": f"/api/v1/submissions/{submission}", "documents": documents}


@router.put("/submissions/{client_id}")
def open_for(
    client_id: str, desk: Desk, sender: Sender, door: Literal["app", "page", "phone"] = "app"
) -> dict[str, Any]:
    """Open a submission before its first file, so that it has an address; opening it again changes nothing."""
    submission = open_submission(desk, sender=sender, door=door, client_key=f"client:{client_id}")
    return {"id": submission, "url": f"/api/v1/submissions/{submission}"}


@router.put("/submissions/{client_id}/{filename}", status_code=202)
async def send_stream(client_id: str, filename: str, request: Request, desk: Desk, sender: Sender) -> dict[str, Any]:
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
        return await run_in_threadpool(_receive_stream, desk, client_id, filename, sender, spool)


def _receive_stream(desk: Services, client_id: str, filename: str, sender: str, spool: Any) -> dict[str, Any]:
    submission = open_submission(desk, sender=sender, door="app", client_key=f"client:{client_id}")
    receipt = receive(desk, _chunks(spool), filename=filename, submission_id=submission, sender=sender, express=True)
    return {"id": submission, "url": f"/api/v1/submissions/{submission}", "documents": [_receipt(receipt)]}


@router.get("/submissions/{submission_id}")
def follow(submission_id: str, desk: Desk) -> dict[str, Any]:
    """Where each document of a submission stands."""
    return submission_view(desk, submission_id)


@router.get("/submissions/{submission_id}/events")
async def events(
    submission_id: str, request: Request, desk: Desk, last_event_id: Annotated[str | None, Header()] = None
) -> EventSourceResponse:
    """Server-sent events, one a change of state, resumed after ``Last-Event-ID``. A hint; the GET is the truth.

    While nothing changes a ``beat`` comes every three seconds, so that a listener notices when they stay out.
    """
    await run_in_threadpool(submission_view, desk, submission_id)
    after = int(last_event_id) if last_event_id and last_event_id.isdigit() else 0
    return EventSourceResponse(_changes(desk, submission_id, after, request), ping=15)


async def _changes(desk: Services, submission_id: str, after: int, request: Request) -> AsyncIterator[ServerSentEvent]:
    end, beat = time.monotonic() + _STREAM_SECONDS, 0.0
    while time.monotonic() < end and not await request.is_disconnected():
        for one in await run_in_threadpool(history, desk, submission_id=submission_id, after=after):
            after = one.id
            data = json.dumps({"document_id": one.document_id, "state": one.what})
            yield ServerSentEvent(data=data, id=str(one.id), event="change")
        if await run_in_threadpool(submission_done, desk, submission_id):
            yield ServerSentEvent(data="{}", event="done")
            return
        if time.monotonic() - beat >= _BEAT_SECONDS:
            beat = time.monotonic()
            yield ServerSentEvent(data="{}", event="beat")
        await asyncio.sleep(_LOOK_SECONDS)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "document_id": receipt.document_id,
        "sha256": receipt.sha256,
        "state": receipt.state.value,
        "duplicate_of": receipt.duplicate_of,
    }
