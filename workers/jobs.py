"""The jobs of a worker: to read a document and settle it, and to read one place of a page for a person."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import structlog
from rq import get_current_job

from intake.bounded import load_ahead, read_bounded
from intake.desk.services import Services
from intake.desk.settle import Claim, begin, fail, settle
from intake.desk.tally import count_failure, count_outcome
from intake.errors import CouldNotWork
from intake.read.engine import OcrEngine
from intake.read.place import read_box
from intake.settings import Settings
from intake.store.blobs import original_key, picture_key
from intake.tracing import continued, note, stages, step, waited
from models.clock import day_of
from models.outcome import Outcome

log = structlog.get_logger()
#: Seconds of the lease that are kept for settling what was read.
_SPARE = 5.0
#: What the worker opened before its first job. The children that read inherit the engine; connections are closed there.
_engine: OcrEngine | None = None
_services: Services | None = None


def install(engine: OcrEngine | None, services: Services) -> None:
    """Keep what all jobs to come work with; without an engine pictures wait for a worker that has one."""
    global _engine, _services
    _engine, _services = engine, services
    load_ahead()


def process(document_id: str) -> str:
    """Read one document and settle it; gives the state it was left in for RQ's log."""
    job = get_current_job()
    meta = job.meta if job else {}
    with (
        structlog.contextvars.bound_contextvars(document=document_id, request=meta.get("request")),
        continued(meta),
        step("process", document=document_id) as span,
    ):
        waited(job.enqueued_at if job else None)
        left = _process(_opened(), document_id)
        note(span, left=left)
        return left


def _process(services: Services, document_id: str) -> str:
    claim = begin(services, document_id)
    if claim is None:
        return "not waiting"
    try:
        with tempfile.TemporaryDirectory(prefix="shoupiao-") as scratch:
            path = Path(scratch) / Path(claim.filename).name
            path.write_bytes(services.blobs.get(original_key(claim.sha256)))
            settled = _read_and_settle(services, claim, path)
    except (CouldNotWork, OSError) as trouble:
        fail(services, claim, str(trouble) or type(trouble).__name__)
        log.warning("attempt_failed", attempt=claim.attempt, trouble=type(trouble).__name__)
        count_failure(services, type(trouble).__name__)
        return "failed"
    return "settled" if settled else "late"


def read_place(sha256: str, page: int, box: list[float]) -> str:
    """The text in a box of a stored page picture, for a person who pointed at it; "" where nothing is legible."""
    if _engine is None:
        return ""
    stored = _opened().blobs.get(picture_key(sha256, page))
    return read_box(stored, box, _engine)


def _opened() -> Services:
    if _services is None:
        raise RuntimeError("a job ran before install()")
    return _services


def _read_and_settle(services: Services, claim: Claim, path: Path) -> bool:
    outcome = _read(services.settings, claim, path)
    with step("settle", document=claim.document_id, verdict=outcome.verdict.value):
        settled = settle(services, claim, outcome)
    told = {"verdict": outcome.verdict.value, "attempt": claim.attempt, "ms": round(outcome.timings_ms["total"])}
    log.info("settled" if settled else "late", **told)
    if settled:
        count_outcome(services, outcome)
    return settled


def _read(settings: Settings, claim: Claim, path: Path) -> Outcome:
    began = time.time_ns()
    with step("read document", document=claim.document_id, attempt=claim.attempt) as span:
        outcome = read_bounded(
            path,
            _engine,
            scratch=path.parent,
            today=day_of(time.time()),
            keep_pictures=True,
            policy=claim.policy,
            received=claim.received,
            seconds=settings.read_seconds,
            memory_mb=settings.read_memory_mb,
            patience=max(settings.read_seconds, settings.lease_seconds - _SPARE),
        )
        stages(outcome.timings_ms, began)
        note(span, format=outcome.format.value, pages=outcome.pages, verdict=outcome.verdict.value)
    return outcome
