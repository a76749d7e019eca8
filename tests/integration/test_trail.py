"""What can be seen of a document's way: the id of its request in the logs, and what its worker counted."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import structlog
from fastapi.testclient import TestClient
from rq import SimpleWorker
from structlog.testing import capture_logs

from api.app import create_app
from intake.desk.backup import BACKUP, backups
from intake.desk.runs import last_run
from intake.desk.services import Services
from intake.desk.tally import tallied
from tests.integration.invoices import einvoice, number
from tests.integration.people import boss, key_headers
from tests.integration.programs import take_away
from workers import jobs
from workers.backup import back_up_if_due
from workers.pulse import SILENT_SECONDS, Stop, is_alive

ROOT = Path(__file__).resolve().parents[2]
GOOD = "proxy-7f3a.0001"
DAY = 86_400.0


@pytest.fixture
def client(services: Services) -> TestClient:
    return TestClient(
        create_app(services), headers=key_headers(services, boss(services)), raise_server_exceptions=False
    )


@pytest.fixture
def one_world(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker opens what the environment names, in a process of its own; here it is to work at the same desk."""
    monkeypatch.setattr(jobs, "_services", services)


def test_an_id_that_was_given_is_taken_over(client: TestClient) -> None:
    assert client.get("/healthz", headers={"x-request-id": GOOD}).headers["x-request-id"] == GOOD


@pytest.mark.parametrize("given", ["", "short", "x" * 65, 'a"b\\c{d}e;f', "with blanks in it"])
def test_what_has_not_the_form_of_an_id_is_replaced(given: str, client: TestClient) -> None:
    assert re.fullmatch(
        r"[0-9a-f]{32}", client.get("/healthz", headers={"x-request-id": given}).headers["x-request-id"]
    )


@pytest.mark.usefixtures("one_world")
def test_the_request_is_known_to_the_worker_that_reads_its_document(client: TestClient, services: Services) -> None:
    files = [("files", ("a.xml", einvoice(number(77))))]
    answer = client.post("/api/v1/submissions", files=files, headers={"x-request-id": GOOD})
    (document,) = (one["document_id"] for one in answer.json()["documents"])
    (job,) = services.queue._queue(True).jobs
    assert (job.func_name, job.meta) == ("workers.jobs.process", {"request": GOOD})

    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        worker = SimpleWorker([services.queue._queue(True)], connection=services.queue.connection, serializer="json")
        worker.work(burst=True, logging_level="ERROR")
    (told,) = [line for line in logs if line["event"] == "settled"]
    assert (told["request"], told["document"], told["verdict"]) == (GOOD, document, "accept")

    tally = tallied(services)
    assert tally.verdicts == {"accept": 1}
    assert {"source", "read", "extract", "check", "total"} <= set(tally.stages)
    assert all(sum(spread.counts) == 1 for spread in tally.stages.values())


def test_lines_are_json_with_what_belongs_to_them() -> None:
    script = (
        "import logging, structlog\n"
        "from intake.logs import set_up_logs\n"
        "set_up_logs('worker-express')\n"
        "structlog.contextvars.bind_contextvars(request='proxy-7f3a', document='d1')\n"
        "structlog.get_logger().info('settled', verdict='accept')\n"
        "logging.getLogger('rq.worker').warning('of a library')\n"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    ours, theirs = map(json.loads, run.stderr.splitlines())

    assert (ours["event"], ours["level"], ours["verdict"]) == ("settled", "info", "accept")
    assert (theirs["event"], theirs["level"]) == ("of a library", "warning")
    for line in (ours, theirs):
        assert (line["process"], line["request"], line["document"]) == ("worker-express", "proxy-7f3a", "d1")


def test_readiness_names_storage_that_is_gone(client: TestClient, services: Services) -> None:
    assert client.get("/readyz").json() == dict.fromkeys(("database", "tables", "queue", "storage"), "ok")
    take_away(services)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["storage"]) == (503, "StorageUnavailable")


@pytest.mark.parametrize(("revision", "told"), [("0003", "behind"), ("9999", "ok")])
def test_readiness_tells_tables_of_an_older_version(
    revision: str, told: str, client: TestClient, services: Services
) -> None:
    with services.database.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    assert client.get("/readyz").json()["tables"] == told


def test_a_backup_is_made_once_a_day_and_remembered(services: Services, tmp_path: Path) -> None:
    now, stop = time.time(), Stop(None)
    assert back_up_if_due(services, tmp_path, now, stop) is not None
    assert back_up_if_due(services, tmp_path, now + 60, stop) is None
    run = last_run(services, BACKUP)
    assert run is not None
    assert [one.moment for one in backups(tmp_path)] == [run.details["moment"]]


def test_a_backup_that_cannot_be_made_is_loud_and_tried_again(services: Services, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    now, stop = time.time(), Stop(None)
    with capture_logs() as logs:
        assert back_up_if_due(services, blocked, now, stop) is None
    assert [line["event"] for line in logs] == ["backup_failed"]
    assert last_run(services, BACKUP) is None
    assert back_up_if_due(services, tmp_path / "good", now + 1_000, stop) is not None


def test_whoever_waits_gives_a_sign_of_life_and_whoever_hangs_does_not(tmp_path: Path) -> None:
    pulse = tmp_path / "pulse"
    stop = Stop(pulse)
    assert not is_alive(pulse, time.time())
    stop.wait(0)
    assert is_alive(pulse, time.time())
    assert not is_alive(pulse, time.time() + SILENT_SECONDS + 1)


@pytest.mark.parametrize(("touched", "code"), [(True, 0), (False, 1)])
def test_a_container_asks_whether_its_process_lives(touched: bool, code: int, tmp_path: Path) -> None:
    if touched:
        (tmp_path / "pulse").touch()
    command = [sys.executable, "-m", "workers", "alive"]
    run = subprocess.run(command, cwd=ROOT, env={"SHOUPIAO_PULSE": str(tmp_path / "pulse")}, check=False)
    assert run.returncode == code


def test_a_worker_gives_a_sign_of_life_when_it_waits(services: Services, tmp_path: Path) -> None:
    from workers.worker import OurWorker

    worker = OurWorker(["express"], connection=services.queue.connection, serializer="json", worker_ttl=30)
    worker.pulse = tmp_path / "pulse"
    worker.heartbeat()
    assert is_alive(worker.pulse, time.time())
