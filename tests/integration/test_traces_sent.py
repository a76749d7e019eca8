"""Traces of OpenTelemetry: one for each document from upload to entry, and none of it in the way of the work."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.services import Services
from intake.desk.tally import count_lost_traces, tallied
from intake.redis_server import free_port
from intake.store.tables import documents
from intake.tracing import end_tracing, set_up_tracing, step
from models.document import State
from tests.fakes.collector import Collector, collecting
from tests.integration.invoices import SELLER, einvoice, number
from tests.integration.people import boss, key_headers
from tests.integration.programs import surroundings

ROOT = Path(__file__).resolve().parents[2]
_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
#: A worker as the real one, without the engine that pictures need.
_WORK = """
from functools import partial
from intake.desk.tally import count_lost_traces
from intake.logs import set_up_logs
from intake.settings import Settings
from intake.tracing import end_tracing, set_up_tracing
from intake.wiring import build_services
from workers.jobs import install
from workers.worker import OurJob, OurWorker

set_up_logs("worker-express")
services = build_services(Settings())
set_up_tracing("worker-express", partial(count_lost_traces, services))
install(None, services)
worker = OurWorker(["express"], connection=services.queue.connection, serializer="json", job_class=OurJob)
worker.work(burst=True, logging_level="WARNING")
end_tracing()
"""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as running:
        monkeypatch.setenv(_ENDPOINT, running.endpoint)
        yield running


@pytest.fixture
def tracing_ends() -> Iterator[None]:
    yield
    end_tracing()


def work(services: Services) -> str:
    """Let a worker do what waits; what it logs."""
    command = [sys.executable, "-c", _WORK]
    done = subprocess.run(command, cwd=ROOT, env=surroundings(services), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stderr


def send(services: Services) -> str:
    """Send an invoice over the API; the id of its document."""
    client = TestClient(create_app(services), headers=key_headers(services, boss(services)))
    answer = client.post("/api/v1/submissions", files=[("files", ("secret.xml", einvoice(number(1))))])
    return str(answer.json()["documents"][0]["document_id"])


def state(services: Services, document: str) -> str:
    with services.database.connect() as connection:
        return str(connection.execute(sa.select(documents.c.state).where(documents.c.id == document)).scalar_one())


@pytest.mark.usefixtures("tracing_ends")
def test_an_upload_is_one_trace_to_its_entry(services: Services, collector: Collector) -> None:
    set_up_tracing("web", partial(count_lost_traces, services))
    document = send(services)
    end_tracing()
    logged = work(services)

    receive, process, read = map(collector.named, ("receive", "process", "read document"))
    assert {span.trace_id for span in collector.spans} == {receive.trace_id}
    assert receive.parent_span_id == b""
    parents = {span.name: span.parent_span_id for span in collector.spans}
    assert parents["process"] == receive.span_id
    assert parents["queue"] == parents["read document"] == parents["settle"] == process.span_id
    assert {"source", "read", "extract", "check"} <= {n for n, up in parents.items() if up == read.span_id}
    known = {one.key: one.value.string_value for one in receive.attributes}
    assert known["shoupiao.document"] == document
    assert f'"trace_id": "{receive.trace_id.hex()}"' in logged
    assert state(services, document) == State.REGISTERED
    told = b"".join(span.SerializeToString() for span in collector.spans)
    assert not any(private.encode() in told for private in ("secret", SELLER, number(1)))


@pytest.mark.usefixtures("tracing_ends")
def test_a_collector_that_is_away_is_one_line_and_a_count(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(_ENDPOINT, f"http://127.0.0.1:{free_port()}")
    set_up_tracing("web", partial(count_lost_traces, services))
    document = send(services)
    began = time.perf_counter()
    end_tracing()
    assert time.perf_counter() - began < 5  # it tries once and does not wait for it
    logged = work(services)

    assert state(services, document) == State.REGISTERED
    assert (of_worker := logged.count("traces_lost")) > 0
    assert tallied(services).lost_traces == 1 + of_worker  # one sending of the web, what the worker sent


def test_nothing_is_sent_when_no_collector_is_named(
    services: Services, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(_ENDPOINT)
    set_up_tracing("web", partial(count_lost_traces, services))
    document = send(services)
    logged = work(services)

    assert collector.spans == []
    assert "trace_id" not in logged
    assert state(services, document) == State.REGISTERED


@pytest.mark.usefixtures("tracing_ends")
def test_an_error_is_told_by_its_type_alone(services: Services, collector: Collector) -> None:
    set_up_tracing("web", partial(count_lost_traces, services))
    with pytest.raises(ValueError, match="secret"), step("process"):
        raise ValueError("secret")
    end_tracing()

    failed = collector.named("process")
    assert failed.status.message == "ValueError"
    assert b"secret" not in failed.SerializeToString()
