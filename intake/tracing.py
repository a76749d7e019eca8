"""Traces of a document's way, from upload to entry, for a collector of OpenTelemetry; off unless one is named.

``OTEL_EXPORTER_OTLP_ENDPOINT``, the variable that every program with OpenTelemetry reads, names it. Spans carry ids,
states, verdicts, formats, sizes and times: no file names, numbers or names. A trace is for looking; it may be lost, and
losing it neither breaks nor delays the work (docs/decisions/0021).
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from opentelemetry import context, trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

log = structlog.get_logger()
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
#: Seconds for one sending. Below 0.8 the exporter's first pause between attempts, so that it tries only once.
_SEND_SECONDS = 0.5
_CARRIER = "traceparent"
_FORM = TraceContextTextMapPropagator()
_tracer: trace.Tracer = trace.NoOpTracer()
_provider: TracerProvider | None = None


def set_up_tracing(process: str, lost: Callable[[], None]) -> None:
    """Send the spans of this process if a collector is named; ``lost`` is called for each batch it did not take."""
    global _provider, _tracer
    if not any(os.environ.get(name) for name in _ENDPOINTS) or os.environ.get("OTEL_SDK_DISABLED", "") == "true":
        return
    # Loaded here: who does not trace does not pay for it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)  # ours is the one line about it
    _provider = TracerProvider(resource=Resource.create({"service.name": "shoupiao", "shoupiao.process": process}))
    exporter = _noting(OTLPSpanExporter(timeout=_SEND_SECONDS), lost)
    _provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    _tracer = _provider.get_tracer("shoupiao")


def end_tracing() -> None:
    """Send what waits and trace no more."""
    global _provider, _tracer
    if _provider is not None:
        _provider.shutdown()
    _provider, _tracer = None, trace.NoOpTracer()


@contextmanager
def step(name: str, **attributes: str | int) -> Iterator[trace.Span]:
    """A span around what is done inside; log lines in it carry ``trace_id``. Off, it does nothing.

    An error that passes is noted by its type alone: its text may quote an invoice.
    """
    told = {f"shoupiao.{key}": value for key, value in attributes.items()}
    with _tracer.start_as_current_span(
        name, attributes=told, record_exception=False, set_status_on_exception=False
    ) as span:
        known = span.get_span_context()
        bound = {"trace_id": trace.format_trace_id(known.trace_id)} if known.is_valid else {}
        with structlog.contextvars.bound_contextvars(**bound):
            try:
                yield span
            except Exception as trouble:
                span.set_status(trace.StatusCode.ERROR, type(trouble).__name__)
                raise


def note(span: trace.Span, **attributes: str | int) -> None:
    """Add to a span what was known only later."""
    span.set_attributes({f"shoupiao.{key}": value for key, value in attributes.items()})


def carried() -> dict[str, str]:
    """The trace that this is done in, to travel with a job (W3C traceparent); empty when there is none."""
    carrier: dict[str, str] = {}
    _FORM.inject(carrier)
    return {name: carrier[name] for name in (_CARRIER,) if name in carrier}


@contextmanager
def continued(carrier: Mapping[str, object]) -> Iterator[None]:
    """Go on in the trace that travelled here; a new one begins where none did, or what did has not its form."""
    token = context.attach(_FORM.extract({_CARRIER: str(carrier.get(_CARRIER) or "")}))
    try:
        yield
    finally:
        context.detach(token)


def waited(since: datetime | None) -> None:
    """A span for the wait in the queue that ends now."""
    if since is not None:
        _past("queue", int(since.timestamp() * 1e9), time.time_ns())


def stages(timings_ms: Mapping[str, float], began: int) -> None:
    """A span for each stage that took time, laid end to end from ``began`` (nanoseconds).

    The child that reads has no network, so only its sums come back: lengths are true, and places are where they would
    be if each stage ran once. ``ocr`` is inside others and ``total`` is around them, so neither is one.
    """
    for name, milliseconds in timings_ms.items():
        if name in {"total", "ocr"} or not milliseconds:
            continue
        end = began + int(milliseconds * 1e6)
        _past(name, began, end)
        began = end


def _past(name: str, start: int, end: int) -> None:
    _tracer.start_span(name, start_time=start).end(end)


def _noting(inner: SpanExporter, lost: Callable[[], None]) -> SpanExporter:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class Noting(SpanExporter):
        """Sends, and says in one line and one count what could not be sent."""

        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            result = inner.export(spans)
            if result is not SpanExportResult.SUCCESS:
                log.warning("traces_lost", spans=len(spans))
                lost()
            return result

        def shutdown(self) -> None:
            inner.shutdown()

    return Noting()
