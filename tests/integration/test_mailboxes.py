"""What the operator sees of the mail door: the last look, what kept it out, what came today."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.mailboxes import SILENT_SECONDS, Mailbox, looked_into
from intake.desk.people import disable
from intake.desk.services import Services
from intake.settings import MailBox
from intake.store.tables import mailboxes, mails
from tests.fakes.imap_server import Mailbox as Served
from tests.fakes.imap_server import imap_server
from tests.integration.invoices import einvoice, number
from tests.integration.people import boss, key_headers
from tests.integration.test_mail import letter
from workers.mail import look_and_tell


@pytest.fixture
def served() -> Iterator[Served]:
    with imap_server(Served()) as running:
        yield running


def look(services: Services, served: Served, **other: object) -> Mailbox:
    """Let the door look once; what is told of the mailbox then."""
    wanted = {"host": "127.0.0.1", "port": served.port, "user": "fapiao", "password": served.password, "tls": False}
    look_and_tell(services, MailBox.model_validate({**wanted, **other}))
    (told,) = looked_into(services)
    return told


def test_a_look_that_went_well_is_told_with_what_came(services: Services, served: Served) -> None:
    served.bring(letter(("a.xml", einvoice(number(1)))), letter(), letter(("b.xml", einvoice(number(2)))))
    before = time.time()
    told = look(services, served)
    assert told.mailbox == "fapiao@127.0.0.1/INBOX"
    assert (told.messages_today, told.without_file_today, told.trouble, told.silent) == (3, 1, None, False)
    assert told.looked_at == told.read_at >= before
    assert told.last_message_at is not None
    assert before <= told.last_message_at <= told.read_at


def test_a_password_that_has_ended_is_told_and_when_it_was_read_last(services: Services, served: Served) -> None:
    well = look(services, served)
    told = look(services, served, password="of last year")
    assert (told.trouble, told.read_at) == ("refused", well.read_at)
    assert told.looked_at > well.looked_at
    assert look(services, served).trouble is None


def test_a_server_that_is_away_a_line_that_breaks_and_a_door_that_is_shut(services: Services, served: Served) -> None:
    served.bring(letter(("a.xml", einvoice(number(1)))))
    assert look(services, served, port=1).trouble == "unreachable"
    served.hang_up = 1
    assert look(services, served).trouble == "unreachable"
    disable(services, "mailbox", actor="boss")
    told = look(services, served)
    assert (told.trouble, told.read_at) == ("shut", 0.0)


def test_page_and_api_name_it_and_tell_a_door_that_does_not_run(services: Services, served: Served) -> None:
    client = TestClient(create_app(services), headers=key_headers(services, boss(services)))
    assert client.get("/api/v1/mailboxes").json() == {"mailboxes": []}
    assert 'id="mailboxes"' not in client.get("/operations").text
    look(services, served, password="of last year")
    (told,) = client.get("/api/v1/mailboxes").json()["mailboxes"]
    assert (told["mailbox"], told["trouble"], told["silent"]) == ("fapiao@127.0.0.1/INBOX", "refused", False)
    assert "服务器拒绝：密码或文件夹" in client.get("/operations").text
    with services.database.begin() as connection:
        connection.execute(mailboxes.update().values(looked_at=time.time() - SILENT_SECONDS - 1))
    assert client.get("/api/v1/mailboxes").json()["mailboxes"][0]["silent"] is True
    assert "没有消息" in client.get("/operations").text


def test_a_door_that_is_busy_with_many_messages_is_not_silent(services: Services, served: Served) -> None:
    look(services, served)
    with services.database.begin() as connection:
        long_ago = time.time() - SILENT_SECONDS - 1
        connection.execute(mailboxes.update().values(looked_at=long_ago, read_at=long_ago))
        values = {"mailbox": "fapiao@127.0.0.1/INBOX", "validity": 1, "uid": 7, "at": time.time() - 5}
        connection.execute(mails.insert().values(**values))
    (told,) = looked_into(services)
    assert not told.silent
    assert told.read_at == values["at"]
