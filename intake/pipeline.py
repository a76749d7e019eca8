"""The whole way of a document on one screen: what arrived -> pages -> readings -> invoices -> findings -> verdict."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intake.check import CheckContext, weigh
from intake.check.policy import law
from intake.decide import decide_document
from intake.errors import UnreadableInput
from intake.extract import extract
from intake.page import Look, ReadPage, read_page
from intake.preprocess.likeness import likeness_of
from intake.read.engine import OcrEngine
from intake.read.structured import read_structured
from intake.second_look import judge, look_again
from intake.source import Limits, Opened, open_source
from models.finding import Finding, Severity, Verdict
from models.invoice import Invoice
from models.outcome import Format, Outcome
from models.policy import Policy
from models.reading import PageReading, Source, Word


def read_document(
    path: Path,
    engine: OcrEngine | None,
    *,
    today: dt.date,
    scratch: Path | None = None,
    limits: Limits | None = None,
    policy: Policy | None = None,
    received: dt.date | None = None,
) -> Outcome:
    """Read one file and say what it is worth.

    ``policy`` is the pack that judges (None: the law's), ``received`` the day from which it counts (None: today).
    ``engine`` may be None when only files with text or data are expected. With ``scratch``, every page picture is
    written there as ``page-<n>.webp``. A file that cannot be read is a rejecting outcome, not an error.

    Raises:
        EngineUnavailable: a page needs OCR and there is no engine.
    """
    policy = policy or law()
    watch = _Watch()
    engine = _Timed(engine, watch) if engine else None
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    try:
        with watch.stage("source"):
            opened = open_source(path, limits or Limits())
        with watch.stage("read"):
            data = read_structured(part for one in _parts(opened) for part in one.data)
            read: list[ReadPage] = []
            for page in (page for one in _parts(opened) for page in one.pages):
                read += read_page(page, len(read) + 1, engine, bool(data), scratch)
    except UnreadableInput as refusal:
        finding = Finding(refusal.rule, Severity.REJECT, params=refusal.params)
        return Outcome(sha256, Format.UNKNOWN, 0, Verdict.REJECT, (finding,), timings_ms=watch.times)

    with watch.stage("extract"):
        looks = {page.reading.page: page.look for page in read if page.look}
        extracted = extract([page.reading for page in read], data)
    with watch.stage("check"):
        context = CheckContext(today, opened.format, policy, received)
        invoices = tuple(judge(invoice, context) for invoice in extracted)
    if engine is not None:
        with watch.stage("second look"):
            invoices = tuple(
                look_again(invoice, judged, looks, engine, context)
                for invoice, judged in zip(extracted, invoices, strict=True)
            )
    invoices = tuple(_with_likeness(invoice, looks) for invoice in invoices)
    findings = tuple(weigh(None, finding, policy) for finding in _findings(opened, read, invoices))
    return Outcome(
        sha256=sha256,
        format=opened.format,
        pages=max(1, len(read)),
        verdict=decide_document(findings, invoices),
        findings=findings,
        invoices=invoices,
        pictures=tuple(page.stored for page in read if page.stored),
        timings_ms=watch.times,
        policy=policy.label,
    )


def _parts(opened: Opened) -> tuple[Opened, ...]:
    return opened.parts or (opened,)


def _findings(opened: Opened, read: Sequence[ReadPage], invoices: Sequence[Invoice]) -> Iterator[Finding]:
    """What there is to say of the file as a whole."""
    for one in (opened, *opened.parts):
        yield from one.findings
    for page in read:
        yield from page.findings
    if not invoices:
        yield _nothing([page.reading for page in read])
    elif len(invoices) > 1:
        yield Finding("FILE-SPLIT", Severity.INFO, params={"n": str(len(invoices))})


def _with_likeness(invoice: Invoice, looks: Mapping[int, Look]) -> Invoice:
    look = looks.get(invoice.page)
    return dataclasses.replace(invoice, likeness=likeness_of(look.picture)) if look else invoice


def _nothing(pages: Sequence[PageReading]) -> Finding:
    """What to say of a file without an invoice: pages that show nothing at all are blank."""
    if pages and all(page.source is Source.OCR and not page.words for page in pages):
        return Finding("TYPE-NOT-INVOICE", Severity.REJECT, params={"what": "@other.blank"})
    return Finding("TYPE-UNKNOWN", Severity.REVIEW)


class _Watch:
    """Milliseconds per stage; ``total`` grows with each. ``ocr`` is what the engine took of them."""

    def __init__(self) -> None:
        self.times: dict[str, float] = {"total": 0.0}

    @contextmanager
    def engine(self) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.times["ocr"] = self.times.get("ocr", 0.0) + (time.perf_counter() - start) * 1000

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            took = (time.perf_counter() - start) * 1000
            self.times[name] = self.times.get(name, 0.0) + took
            self.times["total"] += took


class _Timed:
    """An engine whose time is taken."""

    def __init__(self, engine: OcrEngine, watch: _Watch) -> None:
        self._engine, self._watch = engine, watch
        self.name, self.version = engine.name, engine.version

    def turns(self, picture: NDArray[np.uint8]) -> int:
        with self._watch.engine():
            return self._engine.turns(picture)

    def read(self, picture: NDArray[np.uint8]) -> tuple[Word, ...]:
        with self._watch.engine():
            return self._engine.read(picture)
