"""How fast documents come into the ledger and how much of it is proven, by day, on both databases."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.receive import open_submission, receive
from intake.desk.services import Services
from intake.desk.speed import speed_by_day
from intake.store.tables import documents, invoices
from models.document import State
from tests.integration.invoices import einvoice, number
from tests.integration.people import boss, key_headers
from tests.integration.test_desk import work

DAY = 86_400.0


def registered(services: Services, tmp_path: Path, serial: int, seconds: float, days_ago: int = 0) -> str:
    """A registered document that took so many seconds, so many days ago."""
    batch = open_submission(services, sender="王", door="page")
    document = receive(
        services, [einvoice(number(serial))], filename="a.xml", submission_id=batch, sender="王", express=True
    ).document_id
    assert work(services, document, tmp_path) is State.REGISTERED
    then = time.time() - days_ago * DAY
    with services.database.begin() as connection:
        mine = documents.c.id == document
        connection.execute(documents.update().where(mine).values(received_at=then - seconds, updated_at=then))
    return document


def test_each_day_tells_the_median_and_the_slowest_of_twenty(services: Services, tmp_path: Path) -> None:
    for serial, seconds in enumerate((2.0, 4.0, 90.0)):
        registered(services, tmp_path, serial + 1, seconds)
    registered(services, tmp_path, 9, 7.0, days_ago=5)
    days = speed_by_day(services)
    assert len(days) == 30
    assert [place for place, one in enumerate(days) if one.documents] == [24, 29]
    assert (days[29].documents, days[24].documents) == (3, 1)
    assert days[29].median == pytest.approx(4.0, abs=0.01)
    assert days[29].p95 == pytest.approx(81.4, abs=0.1)
    assert days[24].p95 == pytest.approx(7.0, abs=0.01)
    assert days[0].median is None


def test_what_a_person_decided_does_not_count_as_registered_alone(services: Services, tmp_path: Path) -> None:
    registered(services, tmp_path, 1, 2.0)
    decided = registered(services, tmp_path, 2, 2.0)
    with services.database.begin() as connection:
        mine = invoices.c.document_id == decided
        connection.execute(invoices.update().where(mine).values(decided_by="李", proven_count=0, field_count=10))
        first = connection.execute(sa.select(invoices).where(~mine)).one()
    assert first.field_count >= first.proven_count > 0
    today = speed_by_day(services)[-1]
    assert today.alone == 0.5
    assert today.proven == first.proven_count / (first.field_count + 10)


def test_the_page_draws_both_plots_once_there_is_something_to_draw(services: Services, tmp_path: Path) -> None:
    with TestClient(create_app(services), headers=key_headers(services, boss(services))) as client:
        assert 'id="time-title"' not in client.get("/operations").text
        registered(services, tmp_path, 1, 2.0)
        page = client.get("/operations").text
    assert 'id="time-title"' in page
    assert 'id="proof-rate-title"' in page
