"""A Redis on another host: with a password, behind TLS, signed by an authority of the house."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from limits import parse

from intake.desk.receive import open_submission, receive
from intake.queue import JobQueue
from intake.redis_server import find_server, free_port, start_redis
from intake.settings import Settings
from intake.wiring import build_services
from tests.integration.certificates import self_signed
from tests.integration.hosts import Host
from tests.integration.invoices import einvoice, number
from tests.integration.receiver import wait_for
from tests.integration.test_crash import registered
from tests.integration.test_doctor import run_doctor

PASSWORD = "a-secret-7c1f"


@dataclass(frozen=True)
class Apart:
    """A server that asks for a password and speaks TLS only, and the certificates of its authority."""

    address: str
    authority: Path


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    folder, port = tmp_path_factory.mktemp("redis-tls"), free_port()
    certificate = str(self_signed("127.0.0.1", folder))
    command = [
        find_server(), "--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--requirepass", PASSWORD,
        "--tls-cert-file", certificate, "--tls-key-file", certificate, "--tls-ca-cert-file", certificate,
        "--tls-auth-clients", "no", "--dir", str(folder), "--save", "", "--appendonly", "yes",
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    told = Apart(f"rediss://:{PASSWORD}@127.0.0.1:{port}/0", Path(certificate))
    wait_for(lambda: _answers(told), 20)
    yield told
    server.terminate()
    server.wait(10)


def _answers(told: Apart) -> bool:
    client = JobQueue(told.address, told.authority).connection
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()


@pytest.mark.ocr
@pytest.mark.timeout(120)
def test_a_document_goes_its_way_by_a_redis_behind_tls(apart: Apart, tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "host" / "var", redis_url=apart.address, redis_ca_file=apart.authority)
    environment = {**os.environ, "REDIS_URL": apart.address, "SHOUPIAO_REDIS_CA_FILE": str(apart.authority)}
    host = Host(tmp_path / "host", environment, "worker", "sweeper")
    services = build_services(settings)
    try:
        submission = open_submission(services, sender="小王", door="api")
        receive(
            services, [einvoice(number(1))], filename="a.xml", submission_id=submission, sender="小王", express=True
        )
        assert services.throttle.wait(parse("1/minute"), "小王") == 0.0
        assert services.throttle.wait(parse("1/minute"), "小王") > 0.0
        wait_for(lambda: registered(services, submission) == 1, 90)
    finally:
        host.cut_off()
        services.database.dispose()
        services.queue.connection.close()


def test_a_server_of_another_authority_is_not_trusted(apart: Apart, tmp_path: Path) -> None:
    for authority in (self_signed("127.0.0.1", tmp_path), None):
        client = JobQueue(apart.address, authority).connection
        with pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            client.ping()
        client.close()


def test_without_the_password_nothing_is_told(apart: Apart) -> None:
    client = JobQueue(apart.address.replace(PASSWORD, "another"), apart.authority).connection
    with pytest.raises(redis.AuthenticationError):
        client.ping()
    client.close()


def test_the_doctor_reaches_it_and_does_not_quote_the_password(apart: Apart, tmp_path: Path) -> None:
    _, lines = run_doctor(
        SHOUPIAO_VAR=str(tmp_path), REDIS_URL=apart.address, SHOUPIAO_REDIS_CA_FILE=str(apart.authority)
    )
    assert (lines["redis"]["level"], lines["clocks"]["level"]) == ("ok", "ok")
    _, lines = run_doctor(SHOUPIAO_VAR=str(tmp_path), REDIS_URL=apart.address)
    assert lines["redis"]["level"] == "fail"
    assert PASSWORD not in str(lines)


def test_one_that_stays_silent_is_taken_for_away(tmp_path: Path) -> None:
    """Its host hangs, its connections stay: nobody who sends a file is to wait for it without end."""
    address, process = start_redis(tmp_path)
    try:
        queue = JobQueue(address)
        assert queue.depth() == {"express": 0, "batch": 0}
        process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(redis.TimeoutError):
            queue.depth()
        assert time.monotonic() - began < 30
    finally:
        process.kill()
        process.wait()
