"""Three machines that share PostgreSQL, Redis and S3, of which one is cut off or held up in the middle of its work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from rq import Worker

from intake.desk.services import Services
from intake.store.database import reading
from intake.store.history import verify
from intake.store.tables import documents, entries, events
from models.document import UNFINISHED, State
from tests.integration.hosts import Host, forked_by
from tests.integration.invoices import einvoice, number
from tests.integration.people import boss, key_headers
from tests.integration.programs import surroundings
from tests.integration.receiver import wait_for

pytestmark = [pytest.mark.ocr, pytest.mark.timeout(300)]
_COUNT = 80
_HASTE = {
    "SHOUPIAO_LEASE_SECONDS": "4",
    "SHOUPIAO_REQUEUE_SECONDS": "1",
    "SHOUPIAO_SWEEP_SECONDS": "0.5",
}


@dataclass
class Hosts:
    """The machines, what was sent to them, and the key that it was sent with."""

    services: Services
    a: Host
    b: Host
    c: Host
    headers: dict[str, str]
    #: Document ids by the number of their invoice.
    sent: dict[str, str]

    def caught_at_work(self) -> str:
        """Bring invoices, hold host C up while it reads one, which it has a lease on, and give that document's id."""
        with ThreadPoolExecutor(1) as sender:
            sending = sender.submit(self._send)
            try:
                return self._catch_c()
            finally:
                sending.result()

    def _send(self) -> None:
        """Bring invoices to both webs in turn."""
        with httpx.Client(headers=self.headers, timeout=30) as client:
            for serial in range(1, _COUNT + 1):
                web = (self.a, self.b)[serial % 2]
                address = f"{web.address}/api/v1/submissions/three-hosts-{serial}/{serial}.xml"
                answer = client.put(address, content=einvoice(number(serial))).raise_for_status()
                self.sent[number(serial)] = answer.json()["documents"][0]["document_id"]

    def _catch_c(self) -> str:
        end = time.monotonic() + 90
        while time.monotonic() < end:
            if forked_by(self.c.id_of("worker")):
                self.c.stop()
                document = self._held_by_c()
                if document:
                    return document
                self.c.go_on()
            time.sleep(0.001)
        raise AssertionError("host C was never at work")

    def _held_by_c(self) -> str | None:
        """The document that C reads, if it is still reading: what it forks for that lives no longer than that."""
        if not forked_by(self.c.id_of("worker")):
            return None
        (worker,) = [
            one for one in Worker.all(connection=self.services.queue.connection) if one.pid == self.c.id_of("worker")
        ]
        _, document, _ = str(worker.get_current_job_id()).split("_")
        return document if self.state_of(document) is State.PROCESSING else None

    def state_of(self, document: str) -> State:
        with reading(self.services.database) as connection:
            found = connection.execute(sa.select(documents.c.state).where(documents.c.id == document)).scalar_one()
        return State(found)

    def done(self) -> bool:
        """Whether nothing waits or is being read."""
        query = sa.select(sa.func.count()).select_from(documents).where(documents.c.state.in_(UNFINISHED))
        with reading(self.services.database) as connection:
            return connection.execute(query).scalar_one() == 0


@pytest.fixture
def hosts(services: Services, tmp_path: Path) -> Iterator[Hosts]:
    headers = key_headers(services, boss(services))
    environment = {**surroundings(services), **_HASTE}
    with ExitStack() as stack:

        def host(name: str, *processes: str) -> Host:
            started = Host(tmp_path / name, environment, *processes)
            stack.callback(started.cut_off)
            return started

        a, b = host("a", "web", "sweeper"), host("b", "web", "worker")
        three = Hosts(services, a, b, host("c", "worker", "sweeper", "nightly"), headers, {})
        wait_for(lambda: all(map(_answers, (three.a, three.b))) and services.queue.readers(express=True) == 2, 120)
        yield three


def _answers(host: Host) -> bool:
    try:
        return httpx.get(f"{host.address}/healthz", timeout=2).is_success
    except httpx.TransportError:
        return False


def _cut_off(hosts: Hosts, document: str) -> None:
    hosts.c.cut_off()


def _held_up_past_its_lease(hosts: Hosts, document: str) -> None:
    """Let B read the document meanwhile; then C goes on with what it read, and comes too late."""
    wait_for(lambda: hosts.state_of(document) is State.REGISTERED, 60)
    hosts.c.go_on()
    wait_for(lambda: any(document in line and '"late"' in line for line in hosts.c.log.read_text().splitlines()), 60)


@pytest.mark.parametrize("harm", [_cut_off, _held_up_past_its_lease])
@pytest.mark.parametrize("services", ["postgresql"], indirect=True)
def test_what_a_host_was_at_is_done_by_another_and_by_it_alone(
    hosts: Hosts, harm: Callable[[Hosts, str], None]
) -> None:
    document = hosts.caught_at_work()
    harm(hosts, document)
    wait_for(hosts.done, 120)

    assert hosts.state_of(document) is State.REGISTERED
    _assert_each_is_registered_once(hosts)
    _assert_both_webs_say_the_same(hosts)


def _assert_each_is_registered_once(hosts: Hosts) -> None:
    registered = sa.select(events.c.document_id).where(events.c.what == State.REGISTERED.value)
    with reading(hosts.services.database) as connection:
        settled = list(connection.execute(registered).scalars())
        numbers = list(connection.execute(sa.select(entries.c.invoice_number)).scalars())
        assert verify(connection).ok
    assert sorted(settled) == sorted(hosts.sent.values())
    assert sorted(numbers) == sorted(hosts.sent)


def _assert_both_webs_say_the_same(hosts: Hosts) -> None:
    with httpx.Client(headers=hosts.headers, timeout=30) as client:
        for serial, document in enumerate(hosts.sent.values(), 1):
            here, there = (client.get(f"{host.address}/api/v1/documents/{document}") for host in (hosts.a, hosts.b))
            assert here.raise_for_status().json() == there.raise_for_status().json()
            for host in (hosts.a, hosts.b):
                original = client.get(f"{host.address}/api/v1/documents/{document}/original").raise_for_status()
                assert original.content == einvoice(number(serial))
