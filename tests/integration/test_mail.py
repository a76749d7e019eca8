"""The mail door, against a server that speaks IMAP."""

from __future__ import annotations

import contextlib
import imaplib
import os
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake.desk.mail import DoorShut
from intake.desk.people import disable
from intake.desk.reports import report_list, report_view
from intake.desk.services import Services
from intake.settings import MailBox
from intake.source.mail import Mail, read_mail
from intake.source.opened import Limits
from intake.store.database import reading
from intake.store.history import verify
from intake.store.tables import documents, mails, submissions
from models.rights import Role
from tests.fakes.imap_server import Mailbox, imap_server
from tests.integration.invoices import einvoice, number
from tests.integration.people import somebody
from tests.integration.test_desk import work
from workers import mail as door


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with imap_server(Mailbox()) as served:
        yield served


def letter(*files: tuple[str, bytes], sender: str = "li@example.com", subject: str = "十月发票") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"李 <{sender}>", "fapiao@example.com", subject
    message.set_content("请查收 https://example.com/download")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def look(services: Services, box: Mailbox, **settings: object) -> int:
    wanted = {"host": "127.0.0.1", "port": box.port, "user": "fapiao", "password": box.password, "tls": False}
    return door.look(services, MailBox.model_validate({**wanted, "domain": "example.com", **settings}))


def taken(services: Services) -> list[tuple[str, str, str]]:
    """Sender, person and file name of everything that came by mail, in its order."""
    query = sa.select(submissions.c.sender, submissions.c.person, documents.c.filename).join_from(
        documents, submissions, documents.c.submission_id == submissions.c.id
    )
    with reading(services.database) as connection:
        rows = connection.execute(query.where(submissions.c.door == "mail").order_by(documents.c.received_at)).all()
    return [(row.sender, row.person, row.filename) for row in rows]


def test_attachments_are_taken_in_for_the_person_of_the_address(
    services: Services, box: Mailbox, tmp_path: Path
) -> None:
    somebody(services, "Li", Role.SUBMITTER, department="销售部")
    box.bring(letter(("发票.xml", einvoice(number(1))), ("b.xml", einvoice(number(2)))))
    assert look(services, box) == 1
    assert taken(services) == [("Li", "mailbox", "发票.xml"), ("Li", "mailbox", "b.xml")]
    with reading(services.database) as connection:
        ids = connection.execute(sa.select(documents.c.id)).scalars().all()
        assert connection.execute(sa.select(submissions.c.department)).scalars().all() == ["销售部"]
    assert {work(services, one, tmp_path).value for one in ids} == {"registered"}


def test_a_stranger_stays_an_address(services: Services, box: Mailbox) -> None:
    somebody(services, "li", Role.SUBMITTER)
    box.bring(letter(("a.xml", einvoice(number(1))), sender="li@elsewhere.com"))
    look(services, box)
    assert taken(services) == [("li@elsewhere.com", "mailbox", "a.xml")]


def test_a_message_is_taken_once(services: Services, box: Mailbox) -> None:
    box.bring(letter(("a.xml", einvoice(number(1)))))
    assert [look(services, box), look(services, box)] == [1, 0]
    box.bring(letter(("b.xml", einvoice(number(2)))))
    assert look(services, box) == 1
    assert len(taken(services)) == 2
    assert not any("STORE" in one or one.startswith("SELECT") for one in box.asked)


def test_a_line_that_breaks_and_a_kill_lose_and_double_nothing(
    services: Services, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.bring(*(letter((f"{serial}.xml", einvoice(number(serial)))) for serial in (1, 2, 3)))
    box.hang_up = 2
    with pytest.raises(imaplib.IMAP4.abort):
        look(services, box)
    box.hang_up = None
    with monkeypatch.context() as patch:
        patch.setattr("intake.desk.mail._remember", killed)
        with pytest.raises(KeyboardInterrupt):
            look(services, box)
    assert [name for _, _, name in taken(services)] == ["1.xml", "2.xml"]
    assert look(services, box) == 2
    assert [name for _, _, name in taken(services)] == ["1.xml", "2.xml", "3.xml"]
    with reading(services.database) as connection:
        assert verify(connection).ok


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_rebuilt_mailbox_counts_anew_and_its_files_are_duplicates(services: Services, box: Mailbox) -> None:
    box.bring(letter(("a.xml", einvoice(number(1)))))
    look(services, box)
    box.validity += 1
    assert look(services, box) == 1
    with reading(services.database) as connection:
        states = connection.execute(sa.select(documents.c.state).order_by(documents.c.received_at)).scalars().all()
    assert states[1:] == ["duplicate"]


def test_a_mail_with_a_link_only_is_answered(services: Services, box: Mailbox) -> None:
    somebody(services, "li", Role.SUBMITTER)
    box.bring(letter(subject="您的电子发票"))
    look(services, box)
    look(services, box)
    (told,) = report_list(services, reporter="li")
    assert (told["state"], taken(services)) == ("answered", [])
    (note,) = report_view(services, told["id"])["notes"]
    assert "“您的电子发票”没有附件" in note["text"]
    assert "打开链接下载 PDF、OFD 或 XML" in note["text"]


def test_what_is_too_large_is_told_and_the_rest_is_taken(services: Services, box: Mailbox) -> None:
    somebody(services, "li", Role.SUBMITTER)
    services.settings.max_bytes = 5000
    box.bring(letter(("big.pdf", b"x" * 6000), ("a.xml", einvoice(number(1)))), letter(("huge.pdf", b"x" * 90_000)))
    assert look(services, box, max_bytes=50_000) == 2
    assert [name for _, _, name in taken(services)] == ["a.xml"]
    told = [one["text"] for one in report_list(services, reporter="li")]
    assert sorted(("big.pdf 超过大小上限" in one, "无法读取" in one) for one in told) == [(False, True), (True, False)]


def test_who_is_shut_out_takes_nothing_and_loses_nothing(services: Services, box: Mailbox) -> None:
    look(services, box)
    disable(services, "mailbox", actor="管理员")
    box.bring(letter(("a.xml", einvoice(number(1)))))
    with pytest.raises(DoorShut):
        look(services, box)
    with reading(services.database) as connection:
        assert connection.execute(sa.select(mails.c.uid)).all() == []


def test_a_wrong_password_is_an_error_of_the_server(services: Services, box: Mailbox) -> None:
    with pytest.raises(imaplib.IMAP4.error, match="wrong password"):
        look(services, box, password="other")


def test_a_message_that_breaks_its_reader_is_told_and_the_next_is_taken(
    services: Services, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read in a child behind walls: what it breaks there is the child alone."""

    def broken(content: bytes, limits: Limits, folder: Path) -> Mail:
        if b"bad" in content:
            os.abort()
        return read_mail(content, limits, folder)

    monkeypatch.setattr("intake.source.mail.read_mail", broken)
    box.bring(letter(("bad.xml", einvoice(number(1)))), letter(("a.xml", einvoice(number(2)))))
    assert look(services, box) == 2
    assert [name for _, _, name in taken(services)] == ["a.xml"]
    (told,) = report_list(services, reporter="mailbox")
    assert "无法读取的邮件“UID 1”" in told["text"]


def test_the_reader_of_mail_reaches_no_network_and_no_other_file(
    services: Services, box: Mailbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")

    def curious(content: bytes, limits: Limits, folder: Path) -> Mail:
        with contextlib.suppress(OSError):
            (folder / "0").write_text(secret.read_text())
            return Mail("", "", (("stolen.xml", folder / "0"),))
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", box.port), timeout=1).close()
            return Mail("", "", (("sent.xml", folder / "0"),))
        return Mail("", "walled", ())

    monkeypatch.setattr("intake.source.mail.read_mail", curious)
    box.bring(letter(("a.xml", einvoice(number(1)))))
    look(services, box)
    (told,) = report_list(services, reporter="mailbox")
    assert "walled" in told["text"]
    assert taken(services) == []
