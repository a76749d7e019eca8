"""Files go when their time is over, unless they are held; what is known of them stays, and the ledger holds."""

from __future__ import annotations

import dataclasses
import io
import json
import threading
import time
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from intake.cli import app
from intake.desk import receive as receiving
from intake.desk import retention
from intake.desk.holds import hold_document, hold_entry, release, standing
from intake.desk.receive import open_submission, receive, retry
from intake.desk.retention import delete_due, due
from intake.desk.services import Services
from intake.desk.verify import verify
from intake.desk.views import NotFound
from intake.store.blobs import original_key, picture_key
from intake.store.database import reading
from intake.store.tables import documents, entries, events
from models.finding import Verdict
from models.integrity import Part
from models.retention import Kept
from models.rights import Role
from models.sight import EVERYTHING, Sight
from tests.integration.people import boss, key_headers, session_of, somebody
from tests.integration.programs import overwrite
from tests.integration.test_rules_of_the_desk import settled, slip
from workers.nightly import prove_if_due

DAY, YEAR = 86_400.0, 366 * 86_400.0


def returned(services: Services) -> str:
    """A returned document with a picture of its page."""
    document = settled(services, slip(Verdict.REJECT, invoice_number="00000007"))
    services.blobs.put(picture_key(sha_of(services, document), 1), b"a picture")
    return document


def sha_of(services: Services, document: str) -> str:
    with reading(services.database) as connection:
        return str(connection.execute(sa.select(documents.c.sha256).where(documents.c.id == document)).scalar_one())


def there(services: Services, document: str) -> tuple[bool, bool]:
    """Whether original and picture of a document are there."""
    sha256 = sha_of(services, document)
    return services.blobs.has(original_key(sha256)), services.blobs.has(picture_key(sha256, 1))


def run(services: Services, days: float = 181) -> list[str]:
    return [one for over in delete_due(services, time.time() + days * DAY) for one in over.documents]


def holds_true(services: Services) -> bool:
    return all(one.ok for one in verify(services, [], bytes_per_second=0))


def send_again(services: Services, document: str, content: bytes) -> str:
    submission = open_submission(services, sender="小王", door="api")
    receipt = receive(
        services, io.BytesIO(content), filename="a.jpg", submission_id=submission, sender="小王", express=True
    )
    return receipt.document_id


def test_a_returned_file_goes_after_its_days_with_its_pictures_and_an_event(services: Services) -> None:
    document = returned(services)
    assert run(services, days=179) == []
    assert there(services, document) == (True, True)

    assert run(services) == [document]
    assert there(services, document) == (False, False)
    with reading(services.database) as connection:
        (told,) = connection.execute(sa.select(events).where(events.c.what == "file_deleted")).mappings()
        assert connection.execute(sa.select(documents.c.state).where(documents.c.id == document)).scalar() == "rejected"
    assert (told["document_id"], json.loads(told["details"])["kept"]) == (document, "returned")
    assert run(services) == []


def test_a_voucher_stays_thirty_years_and_a_file_in_work_for_ever(services: Services) -> None:
    voucher, waiting = settled(services, slip(Verdict.ACCEPT)), settled(services, slip(Verdict.REVIEW))

    assert run(services, days=29 * 366) == []
    assert run(services, days=40 * 366) == [voucher]
    assert there(services, waiting)[0]


def test_what_was_booked_later_is_kept_from_then(services: Services) -> None:
    settled(services, slip(Verdict.ACCEPT))
    with services.database.begin() as connection:
        connection.execute(entries.update().values(archived_at=time.time() + 5 * YEAR))

    assert run(services, days=33 * 366) == []


def test_asking_what_is_due_deletes_nothing(services: Services) -> None:
    document = returned(services)

    (over,) = due(services, time.time() + 181 * DAY)
    assert (over.documents, over.kept) == ((document,), Kept.RETURNED)
    assert there(services, document) == (True, True)


def test_the_proof_knows_what_was_deleted_and_misses_what_was_lost(services: Services) -> None:
    document, lost = returned(services), settled(services, slip(Verdict.REJECT, invoice_number="00000008"))
    with services.database.begin() as connection:
        connection.execute(documents.update().where(documents.c.id == lost).values(updated_at=time.time() + 10 * DAY))
    assert run(services) == [document]
    assert holds_true(services)

    services.blobs.delete(original_key(sha_of(services, lost)))
    (files,) = verify(services, [], parts=[Part.FILES], bytes_per_second=0)
    assert (files.broken, files.first and files.first.where["document"]) == (1, lost)


def test_a_held_document_stays_until_the_hold_is_lifted(services: Services) -> None:
    document = returned(services)
    hold = hold_document(services, EVERYTHING, document, "诉讼", actor="小王")
    assert run(services) == []

    release(services, EVERYTHING, hold, "结案", actor="小王")
    assert standing(services, EVERYTHING) == []
    assert run(services) == [document]
    assert holds_true(services)


def test_a_held_entry_keeps_all_its_files_and_stays_as_its_events_build_it(services: Services) -> None:
    document = settled(services, slip(Verdict.ACCEPT))
    with reading(services.database) as connection:
        entry = connection.execute(sa.select(entries.c.id)).scalar_one()
    hold_entry(services, EVERYTHING, entry, "稽查", actor="小王")
    assert [one["reason"] for one in standing(services, EVERYTHING, document_id=document)] == ["稽查"]

    assert run(services, days=40 * 366) == []
    assert holds_true(services)


def test_what_cannot_be_seen_can_be_neither_held_nor_released(services: Services) -> None:
    document = returned(services)
    stranger = Sight("外人", frozenset(), frozenset())
    with pytest.raises(NotFound):
        hold_document(services, stranger, document, "x", actor="外人")
    hold = hold_document(services, EVERYTHING, document, "诉讼", actor="小王")
    with pytest.raises(NotFound):
        release(services, stranger, hold, "x", actor="外人")
    assert standing(services, stranger) == []


def test_the_same_file_of_a_younger_document_keeps_it(services: Services) -> None:
    document = returned(services)
    content = services.blobs.get(original_key(sha_of(services, document)))
    younger = send_again(services, document, content)

    assert run(services) == []
    assert there(services, younger)[0]


def test_a_file_that_comes_again_after_its_deletion_is_there_and_missed_when_lost(services: Services) -> None:
    document = returned(services)
    content = services.blobs.get(original_key(sha_of(services, document)))
    run(services)

    send_again(services, document, content)
    assert there(services, document)[0]
    services.blobs.delete(original_key(sha_of(services, document)))
    assert not holds_true(services)


def test_a_file_that_arrives_while_it_is_deleted_is_not_lost(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = returned(services)
    content = services.blobs.get(original_key(sha_of(services, document)))
    real = receiving._enter

    def deleted_meanwhile(*given: Any) -> Any:
        assert run(services) == [document]  # after the bytes were stored, before the row is there
        return real(*given)

    monkeypatch.setattr(receiving, "_enter", deleted_meanwhile)
    younger = send_again(services, document, content)

    assert there(services, younger)[0]
    assert holds_true(services)


def test_a_crash_between_the_event_and_the_files_is_made_up_for(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = returned(services)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(retention, "_remove", die)
        with pytest.raises(KeyboardInterrupt):
            run(services)
    assert there(services, document) == (True, True)
    assert holds_true(services)

    assert run(services) == []
    assert there(services, document) == (False, False)


def test_the_night_deletes_only_where_the_house_asked_for_it_and_the_ledger_holds(services: Services) -> None:
    document, later = returned(services), time.time() + 200 * DAY
    prove_if_due(services, later, threading.Event())
    assert there(services, document)[0]

    asked = dataclasses.replace(services, settings=services.settings.model_copy(update={"retention": True}))
    broken = settled(services, slip(Verdict.ACCEPT))
    overwrite(services, original_key(sha_of(services, broken)), b"spoilt")
    prove_if_due(asked, later + 2 * DAY, threading.Event())
    assert there(services, document)[0]


def test_the_night_deletes(services: Services) -> None:
    document = returned(services)
    asked = dataclasses.replace(services, settings=services.settings.model_copy(update={"retention": True}))

    prove_if_due(asked, time.time() + 200 * DAY, threading.Event())
    assert there(services, document) == (False, False)
    assert retry(services, document, actor="小王") is False


def test_pages_and_api_tell_that_a_file_is_gone(services: Services) -> None:
    document = returned(services)
    client = TestClient(create_app(services), headers=key_headers(services, boss(services)))
    run(services)

    answer = client.get(f"/api/v1/documents/{document}/original")
    assert (answer.status_code, answer.json()["code"]) == (410, "file_deleted")
    page = client.get(f"/documents/{document}").text
    assert "已按规定删除" in page
    assert f"/api/v1/documents/{document}/original" not in page
    assert "文件到期删除" in page


def test_finance_holds_and_releases_from_the_page_and_others_only_see_it(services: Services) -> None:
    document = returned(services)
    finance, viewer = somebody(services, "小钱", Role.FINANCE), somebody(services, "小孙", Role.VIEWER)
    cookies, token = session_of(services, finance)
    client = TestClient(create_app(services), cookies=cookies, headers={**token, "origin": "http://testserver"})

    held = client.post(f"/documents/{document}/legal-hold", data={"reason": "诉讼"})
    assert held.status_code == 200
    assert "小钱 已冻结：诉讼" in held.text
    onlooker = TestClient(create_app(services), cookies=session_of(services, viewer)[0])
    assert "小钱 已冻结：诉讼" in onlooker.get(f"/documents/{document}").text
    (one,) = client.get("/api/v1/legal-holds").json()["holds"]
    assert "没有冻结" in client.post(f"/legal-holds/{one['id']}/release", data={"reason": "结案"}).text
    assert client.post("/api/v1/legal-holds", json={"reason": "x"}).status_code == 422


def test_the_command_line_tells_and_deletes_only_once_it_is_allowed(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = returned(services)
    with services.database.begin() as connection:
        connection.execute(documents.update().values(updated_at=time.time() - 181 * DAY))
    monkeypatch.setattr("intake.wiring.build_services", lambda settings: services)

    told = CliRunner().invoke(app, ["retention"])
    assert (told.exit_code, "would delete: 1" in told.stdout, document in told.stdout) == (0, True, True)
    assert CliRunner().invoke(app, ["retention", "--apply"]).exit_code == 2
    assert there(services, document) == (True, True)

    monkeypatch.setenv("SHOUPIAO_RETENTION", "true")
    assert "deleted: 1" in CliRunner().invoke(app, ["retention", "--apply"]).stdout
    assert there(services, document) == (False, False)
