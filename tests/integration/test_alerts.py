"""Every alert that is shipped fires once its plight is there, and not before."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa
import yaml
from fastapi.testclient import TestClient
from rq import Worker

from api.app import create_app
from intake.desk import versions
from intake.desk.backup import make_backup, note_backup
from intake.desk.folders import Look, Stuck, note_look
from intake.desk.mailboxes import note_look as note_mail
from intake.desk.runs import note
from intake.desk.services import Services
from intake.desk.sync.endpoints import Plan, add
from intake.desk.sync.fan_out import fan_out
from intake.desk.tally import count_failure, count_outcome
from intake.desk.verify_runs import NIGHTLY
from intake.queue import QUEUES
from intake.store import tables
from models.finding import Finding, Severity, Verdict
from models.outcome import Format, Outcome
from tests.integration.partners import register, with_partners
from tests.integration.people import boss, key_headers
from tests.integration.programs import take_away
from tests.integration.scrape import firing, names_in, scrape
from tests.integration.test_rules_of_the_desk import settled, slip

ROOT = Path(__file__).resolve().parents[2]
(GROUP,) = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text("utf-8"))["groups"]
ALERTS = {rule["alert"]: rule["expr"] for rule in GROUP["rules"]}
DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "shoupiao.json").read_text("utf-8"))
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
TWO_DAYS = 2 * 86_400.0 + 60


class Desk(NamedTuple):
    """A service that is well and watched."""

    services: Services
    client: TestClient
    workers: list[Worker]
    patch: pytest.MonkeyPatch
    folder: Path


@pytest.fixture
def desk(services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    """One worker for each queue, a partner that is up to date, a watched folder, a proof and a backup of now."""
    services = with_partners(services)
    workers = [Worker([queue], connection=services.queue.connection, serializer="json") for queue in QUEUES]
    for worker in workers:
        worker.register_birth()
    settled(services, slip(Verdict.ACCEPT))
    add(services, Plan("财务系统", "http://127.0.0.1:9/in"), actor="管理员")
    note_look(services, tmp_path, "扫描仪", Look(0, 0))
    note_mail(services, "fapiao@example.com/INBOX", None)
    proof = {"parts": [{"part": "chain", "first": None}]}
    note(services, NIGHTLY, time.time(), True, proof)
    note_backup(services, time.time(), make_backup(services, tmp_path / "backups"))
    finding = Finding("AMT-SUM", Severity.REJECT)
    took = {"ocr": 900.0, "total": 9e9}
    count_outcome(services, Outcome("0", Format.XML, 1, Verdict.REJECT, (finding,), timings_ms=took))
    count_failure(services, "StorageUnavailable")
    with TestClient(
        create_app(services), headers=key_headers(services, boss(services)), raise_server_exceptions=False
    ) as client:
        client.get("/api/v1/me")
        yield Desk(services, client, workers, monkeypatch, tmp_path)


def _key_is_lost(desk: Desk) -> None:
    desk.client.headers.pop("authorization")


def _storage_is_gone(desk: Desk) -> None:
    take_away(desk.services)


def _waits(express: bool, seconds: float) -> Callable[[Desk], None]:
    def plight(desk: Desk) -> None:
        document = settled(desk.services, slip(Verdict.ACCEPT, invoice_number="00000007"))
        stands = {"state": "queued", "express": express, "updated_at": time.time() - seconds}
        _change(desk, tables.documents.update().where(tables.documents.c.id == document).values(**stands))

    return plight


def _a_worker_ends(desk: Desk) -> None:
    desk.workers[0].register_death()


def _a_document_fails(desk: Desk) -> None:
    _change(desk, tables.documents.update().values(state="failed"))


def _attempts_fail(desk: Desk) -> None:
    for _ in range(6):
        count_failure(desk.services, "StorageUnavailable")


def _pages_fail(desk: Desk) -> None:
    _change(desk, sa.text("ALTER TABLE reports RENAME TO elsewhere"))
    for _ in range(6):
        answer = desk.client.get("/feedback", headers={"accept": "text/html"})
        assert (answer.status_code, answer.text.splitlines()[-1]) == (500, answer.headers["x-request-id"])


def _the_ledger_breaks(desk: Desk) -> None:
    note(desk.services, NIGHTLY, time.time(), False, {"parts": [{"part": "chain", "first": {"what": "edited"}}]})


def _a_partner_lags(desk: Desk) -> None:
    register(desk.services, 901)
    _change(desk, tables.endpoints.update().values(lag_limit=-1.0))


def _messages_are_given_up(desk: Desk) -> None:
    register(desk.services, 902)
    fan_out(desk.services)
    _change(desk, tables.deliveries.update().values(state="dead"))


def _a_file_is_stuck(desk: Desk) -> None:
    note_look(desk.services, desk.folder, "扫描仪", Look(1, 0, (Stuck("a.pdf", "growing", 1.0),)))


def _the_disk_fills(desk: Desk) -> None:
    desk.patch.setattr(versions.shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(10**12, 10**12, 10**9))


def _nothing(_desk: Desk) -> None:
    """Time passes, and that is all."""


#: What brings each alert about, how much later it is looked at, and what its labels name.
PLIGHTS: dict[str, tuple[Callable[[Desk], None], float, str]] = {
    "ShoupiaoAway": (_key_is_lost, 0, "shoupiao"),
    "ShoupiaoPartAway": (_storage_is_gone, 0, "storage"),
    "ShoupiaoPeopleWait": (_waits(True, 200), 0, "express"),
    "ShoupiaoBatchWaits": (_waits(False, 4000), 0, "batch"),
    "ShoupiaoNobodyReads": (_a_worker_ends, 0, "express"),
    "ShoupiaoDocumentsFailed": (_a_document_fails, 0, "failed"),
    "ShoupiaoAttemptsFail": (_attempts_fail, 0, "StorageUnavailable"),
    "ShoupiaoAnswersFail": (_pages_fail, 0, "5xx"),
    "ShoupiaoLedgerBroken": (_the_ledger_breaks, 0, ""),
    "ShoupiaoLedgerNotProven": (_nothing, TWO_DAYS, ""),
    "ShoupiaoPartnerLags": (_a_partner_lags, 0, "财务系统"),
    "ShoupiaoDeadLetters": (_messages_are_given_up, 0, "财务系统"),
    "ShoupiaoFolderSilent": (_nothing, 200, ""),
    "ShoupiaoFolderStuck": (_a_file_is_stuck, 0, ""),
    "ShoupiaoMailNotRead": (_nothing, 1000, "fapiao@example.com/INBOX"),
    "ShoupiaoBackupOld": (_nothing, TWO_DAYS, ""),
    "ShoupiaoDiskFull": (_the_disk_fills, 0, ""),
}


def _change(desk: Desk, statement: sa.Executable) -> None:
    with desk.services.database.begin() as connection:
        connection.execute(statement)


def test_every_alert_has_its_plight() -> None:
    assert set(PLIGHTS) == set(ALERTS)


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_fires_when_its_plight_is_there(alert: str, desk: Desk) -> None:
    plight, later, named = PLIGHTS[alert]
    before = scrape(desk.client)
    assert firing(ALERTS[alert], before, before) == []
    plight(desk)
    (labels,) = firing(ALERTS[alert], before, scrape(desk.client, later))
    assert not named or named in dict(labels).values()


def test_no_alert_fires_where_all_is_well(desk: Desk) -> None:
    told = scrape(desk.client)
    assert [alert for alert, expression in ALERTS.items() if firing(expression, told, told)] == []


def test_every_query_of_the_dashboard_and_every_alert_asks_for_a_figure_there_is(desk: Desk) -> None:
    there = set(scrape(desk.client).series)
    asked = {name for expression in (*QUERIES, *ALERTS.values()) for name in names_in(expression)}
    assert len(QUERIES) >= 15
    assert asked - there == set()


def test_the_page_names_every_figure_and_every_alert(desk: Desk) -> None:
    page = (ROOT / "docs" / "monitoring.md").read_text("utf-8")
    told = {re.sub(r"_(bucket|sum|count|created|total)$", "", name) for name in scrape(desk.client).series} - {"up"}
    assert [name for name in sorted(told) if name not in page] == []
    assert [alert for alert in ALERTS if alert not in page] == []


def test_the_spread_of_a_stage_is_told_as_prometheus_wants_it(desk: Desk) -> None:
    series = scrape(desk.client).series
    told = series["shoupiao_stage_seconds_bucket"].items()
    buckets = {dict(labels)["le"]: count for labels, count in told if ("stage", "ocr") in labels}
    assert (buckets["0.5"], buckets["1.0"], buckets["+Inf"]) == (0, 1, 1)
    assert series["shoupiao_stage_seconds_sum"][frozenset({("stage", "ocr")})] == pytest.approx(0.9)
