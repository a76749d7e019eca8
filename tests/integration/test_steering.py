"""Steering what is in work: taken back before it is read, put ahead of others, followed step by step."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.receive import enqueue, open_submission, receive, retry
from intake.desk.services import Services
from intake.desk.settle import begin, fail
from intake.desk.steering import TooLate, cancel, put_ahead, work_log
from intake.desk.sweep import sweep
from intake.desk.views import document_view
from intake.settings import Settings
from intake.wiring import build_services
from models.document import State
from models.sight import EVERYTHING
from tests.integration.invoices import einvoice, number
from tests.integration.people import boss, key_headers
from tests.integration.test_desk import work


def sent(services: Services, serial: int) -> str:
    batch = open_submission(services, sender="王", door="page")
    content = [einvoice(number(serial))]
    return receive(
        services, content, filename=f"{serial}.xml", submission_id=batch, sender="王", express=False
    ).document_id


def test_a_document_taken_back_is_returned_with_the_words_and_nobody_reads_it(services: Services) -> None:
    document = sent(services, 1)
    cancel(services, document, actor="李", words=" 发错了\n文件 ")
    view = document_view(services, EVERYTHING, document)
    assert view["state"] == State.REJECTED
    assert "发错了 文件" in view["reasons"][0]["zh"]
    assert "发错了 文件" in view["reasons"][0]["en"]
    assert begin(services, document) is None
    assert services.queue.depth() == {"express": 0, "batch": 0}
    assert sweep(services) == 0


def test_what_was_taken_back_can_be_read_again_or_sent_again(services: Services, tmp_path: Path) -> None:
    document = sent(services, 2)
    cancel(services, document, actor="李", words="误")
    assert retry(services, document, actor="王")
    assert work(services, document, tmp_path) is State.REGISTERED

    other = sent(services, 3)
    cancel(services, other, actor="李", words="误")
    again = sent(services, 3)
    assert again != other
    assert work(services, again, tmp_path) is State.REGISTERED


def test_between_two_attempts_it_can_still_be_taken_back(services: Services) -> None:
    document = sent(services, 4)
    claim = begin(services, document)
    assert claim is not None
    with pytest.raises(TooLate):
        cancel(services, document, actor="李", words="晚了")
    fail(services, claim, "out of memory")
    cancel(services, document, actor="李", words="算了")
    assert document_view(services, EVERYTHING, document)["state"] == State.REJECTED


def test_a_slow_queue_does_not_call_back_what_was_taken_back(services: Services) -> None:
    document = sent(services, 5)
    cancel(services, document, actor="李", words="误")
    enqueue(services, document, attempt=1, express=False)
    assert document_view(services, EVERYTHING, document)["state"] == State.REJECTED


def test_a_document_put_ahead_is_read_by_those_who_read_at_once_and_back_again(services: Services) -> None:
    document = sent(services, 6)
    assert services.queue.depth() == {"express": 0, "batch": 1}
    put_ahead(services, document, actor="李", express=True)
    put_ahead(services, document, actor="李", express=True)
    assert services.queue.depth() == {"express": 1, "batch": 0}
    assert [step.what for step in work_log(services, document).steps].count("put_ahead") == 1
    put_ahead(services, document, actor="李", express=False)
    assert services.queue.depth() == {"express": 0, "batch": 1}
    assert begin(services, document) is not None
    with pytest.raises(TooLate):
        put_ahead(services, document, actor="李", express=True)


def test_with_redis_away_the_database_says_what_holds(services: Services) -> None:
    document = sent(services, 7)
    settings = Settings(
        var=services.settings.var,
        redis_url="redis://127.0.0.1:1/0",
        database_url=services.settings.database,
        blobs_url=services.settings.blobs_url,
    )
    cut_off = build_services(settings)
    with pytest.raises(redis.RedisError):
        cut_off.queue.depth()
    put_ahead(cut_off, document, actor="李", express=True)
    assert work_log(services, document).express
    cancel(cut_off, document, actor="李", words="误")
    cut_off.database.dispose()
    assert begin(services, document) is None


def test_the_log_tells_each_step_with_its_attempt_and_why(services: Services, tmp_path: Path) -> None:
    document = sent(services, 8)
    assert work_log(services, document).turn is not None
    claim = begin(services, document)
    assert claim is not None
    fail(services, claim, "out of memory")
    assert work(services, document, tmp_path) is State.REGISTERED

    told = work_log(services, document)
    assert [(step.what, step.attempt) for step in told.steps if step.what in set(State)] == [
        ("received", None), ("queued", None), ("processing", 1), ("queued", 1), ("processing", 2), ("registered", 2),
    ]  # fmt: skip
    assert [step.reason for step in told.steps if step.reason] == ["out of memory"]
    assert all(step.after is not None and step.after >= 0 for step in told.steps[1:])
    assert (told.attempt, told.waits, told.turn) == (2, False, None)
    assert told.stages["total"] > 0


def test_programs_steer_too_and_are_told_politely_when_it_is_too_late(services: Services) -> None:
    document = f"/documents/{sent(services, 9)}"
    with TestClient(
        create_app(services), base_url="http://test/api/v1", headers=key_headers(services, boss(services))
    ) as client:
        assert client.post(f"{document}/priority", json={"express": True}).json()["express"] is True
        assert client.post(f"{document}/cancel", json={"words": "  "}).status_code == 422
        assert client.post(f"{document}/cancel", json={"words": "误"}).json()["state"] == "rejected"
        late = client.post(f"{document}/cancel", json={"words": "误"})
        assert (late.status_code, late.json()["code"]) == (409, "too_late")
        assert client.post("/documents/nothing/cancel", json={"words": "误"}).status_code == 404
        assert client.get("/documents/nothing/log").status_code == 404
        assert client.get(f"{document}/log").json()["steps"][0]["what"] == "received"
        assert client.get("/folders").json() == {"folders": []}


def test_the_page_of_operations_leads_to_the_log_and_its_buttons(services: Services) -> None:
    document = sent(services, 10)
    address = f"/operations/documents/{document}"
    with TestClient(create_app(services), headers=key_headers(services, boss(services))) as client:
        assert f'href="{address}"' in client.get("/operations?lang=en").text
        client.post(f"{address}/priority", data={"express": "true", "list": "true"})
        assert "Put ahead" in client.get(address).text
        answer = client.post(f"{address}/cancel", data={"words": "wrong file"})
        assert "Taken back: wrong file" in answer.text
        assert "wrong file" in client.get(f"/documents/{document}").text
        assert "cannot be taken back" in client.post(f"{address}/cancel", data={"words": "again"}).text
