"""A traveller's name and number stay in the house: not in logs of worker and web, not in messages to partners."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.services import Services
from intake.desk.sync.feed import Wanted, changes
from intake.store.blobs import original_key
from intake.store.database import reading
from intake.store.entries import enter
from intake.store.tables import documents, entries, reports
from models.sight import EVERYTHING
from tests.integration.entered import USUAL, entered
from tests.integration.invoices import SELLER, einvoice, number
from tests.integration.people import boss, key_headers
from tests.integration.programs import surroundings

ROOT = Path(__file__).resolve().parents[2]
CITIZEN, NAME = "11010519491231002X", "张小明"
#: What the reader's child does in a worker, without the model that pictures need.
_WORK = """import sys
from intake.logs import set_up_logs
from intake.settings import Settings
from intake.wiring import open_services
from workers.jobs import install, process

set_up_logs("test")
install(None, open_services(Settings()))
print(process(sys.argv[1]))
"""


def ticket() -> bytes:
    """An invoice of which everything names who travels."""
    return einvoice(number(1), name=f"旅客姓名：{NAME} {CITIZEN}", buyer=(CITIZEN, NAME), seller=(SELLER, "中国铁路"))


@pytest.fixture
def client(services: Services) -> TestClient:
    return TestClient(create_app(services), headers=key_headers(services, boss(services)))


def work(services: Services, document: str) -> str:
    """What a worker says while it reads a document, on both of its streams."""
    command = [sys.executable, "-c", _WORK, document]
    done = subprocess.run(command, cwd=ROOT, env=surroundings(services), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_logs_of_web_and_worker_name_nobody(
    client: TestClient, services: Services, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    files = {"files": (f"{NAME} {CITIZEN}.xml", ticket())}
    document = client.post("/api/v1/submissions", files=files).json()["documents"][0]["document_id"]
    client.get("/ledger", params={"q": CITIZEN})
    said = work(services, document)
    assert "settled" in said
    with reading(services.database) as connection:
        sha256 = connection.execute(sa.select(documents.c.sha256)).scalar_one()
    services.blobs.delete(original_key(sha256))
    with services.database.begin() as connection:
        connection.execute(documents.update().values(state="queued"))
    said += work(services, document)
    assert "attempt_failed" in said

    shown = capsys.readouterr()
    # The client of the test tells the addresses that it asks for; it is not of the service.
    logged = "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith("httpx"))
    for told in (said, logged, shown.out, shown.err):
        assert CITIZEN not in told
        assert NAME not in told


def test_an_error_of_the_database_quotes_no_invoice(services: Services) -> None:
    entered(services, 1, buyer_name=NAME)
    with reading(services.database) as connection:
        row = dict(connection.execute(sa.select(entries)).mappings().one())
    with pytest.raises(sa.exc.IntegrityError) as trouble, services.database.begin() as connection:
        connection.execute(entries.insert().values(**row))

    assert NAME not in str(trouble.value)


def test_a_message_to_a_partner_names_nobody(services: Services) -> None:
    facts = {
        **USUAL, "invoice_number": number(1), "key": number(1), "kind": "digital_rail", "buyer_name": NAME,
        "buyer_tax_id": None, "items": f"旅客姓名：{NAME} {CITIZEN}", "seller_tax_id": CITIZEN, "seller_name": NAME,
    }  # fmt: skip
    with services.database.begin() as connection:
        assert enter(connection, "e" * 32, facts, actor="test", document_id=None)

    (change,) = changes(services, 0, 10, Wanted(EVERYTHING, None)).changes
    assert number(1) in change.body.decode()
    assert CITIZEN not in change.body.decode()
    assert NAME not in change.body.decode()


def test_a_report_is_kept_without_a_persons_number(client: TestClient, services: Services) -> None:
    told = {"text": f"找不到 {NAME}，乘车人：{NAME}，{CITIZEN}，13800138000", "page": f"/ledger?q={CITIZEN}"}
    report = client.post("/api/v1/feedback", json=told).json()["id"]
    client.post(f"/api/v1/feedback/{report}/answer", json={"text": f"已找到 {CITIZEN}"})

    with reading(services.database) as connection:
        row = connection.execute(sa.select(reports)).mappings().one()
    assert row["text"] == f"找不到 {NAME}，乘车人：张**，110***********002X，138****8000"
    assert CITIZEN not in row["page"]
    assert CITIZEN not in client.get(f"/api/v1/feedback/{report}").text
