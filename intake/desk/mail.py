"""The mail door: a message's files become a submission; a message without any is answered under 用户反馈.

Every message is remembered by the number that its server gave it, after its files are stored and committed. Killed in
between, the same message gives the same submission again, and none of its files is taken twice.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from intake.desk.people import UnknownPerson, person_named, service_person
from intake.desk.receive import TooLarge, open_submission, receive
from intake.desk.reports import enter_answer, enter_report
from intake.desk.services import Services
from intake.errors import CouldNotWork, UnreadableInput
from intake.settings import MailBox
from intake.source.mail import Mail, read_mail_apart
from intake.source.opened import Limits
from intake.store.database import reading
from intake.store.tables import mails
from models.person import Person
from models.report import ReportClass

_NO_FILE = (
    "邮件“{subject}”没有附件，没有收到发票文件。如果正文里只有下载链接，请打开链接下载 PDF、OFD 或 XML，"
    "再作为附件重新发送，或在提交页面上传。\n"
    "Your mail “{subject}” brought no file. If it holds only a link, open it, download the PDF, OFD or XML, and send "
    "that as an attachment, or upload it."
)
_UNREADABLE = (
    "收到一封无法读取的邮件“{subject}”（损坏、过大或附件过多），其中的文件没有收下。请把发票文件单独上传或重新发送。\n"
    "A mail “{subject}” could not be read (damaged, too large, or too many files); nothing of it was taken in. Send "
    "the invoices again, or upload them."
)
_TOO_LARGE = (
    "邮件“{subject}”中的 {names} 超过大小上限，没有收下。请压缩或拆分后重新发送。\n"
    "{names} in your mail “{subject}” is over the limit and was not taken in. Compress or split it and send it again."
)


@dataclass(frozen=True, slots=True)
class Place:
    """Which message: its mailbox, the UIDVALIDITY of that, and its UID."""

    mailbox: str
    validity: int
    uid: int


def last_taken(services: Services, mailbox: str, validity: int) -> int:
    """The UID up to which everything in a mailbox was dealt with; messages are dealt with in their order."""
    mine = sa.and_(mails.c.mailbox == mailbox, mails.c.validity == validity)
    with reading(services.database) as connection:
        return connection.execute(sa.select(sa.func.max(mails.c.uid)).where(mine)).scalar() or 0


class DoorShut(CouldNotWork):
    """The one under whose name mail is taken in is shut out; everything stays where it is."""


def open_door(services: Services, box: MailBox) -> Person:
    """The one under whose name mail is taken in.

    Raises:
        DoorShut: see there.
    """
    person = service_person(services, box.name)
    if person.disabled:
        raise DoorShut(f"{box.name} is shut out")
    return person


def take_mail(
    services: Services, box: MailBox, person: Person, place: Place, content: bytes, *, whole: bool = True
) -> None:
    """Take in one message, or tell its sender what is wrong; of one that is too large only the head is at hand."""
    try:
        with read_mail_apart(content, Limits()) as mail:
            _take(services, box, person, place, mail, whole=whole)
    except UnreadableInput:
        _remember(services, place, sender=person.name, said=_UNREADABLE.format(subject=f"UID {place.uid}"))


def _take(services: Services, box: MailBox, person: Person, place: Place, mail: Mail, *, whole: bool) -> None:
    sender, department = _sender(services, box, mail)
    if not whole or not mail.files:
        told = _NO_FILE if whole else _UNREADABLE
        _remember(services, place, sender=sender, said=told.format(subject=mail.subject))
        return
    submission = open_submission(
        services, sender=sender, person=person.name, department=department or person.rights.department, door="mail",
        client_key=_client_key(place),
    )  # fmt: skip
    large = list(_received(services, mail, submission, person))
    said = _TOO_LARGE.format(subject=mail.subject, names="、".join(large)) if large else None
    _remember(services, place, sender=sender, said=said, submission=submission)


def remember_gone(services: Services, place: Place) -> None:
    """Pass over a message that was deleted before it could be fetched."""
    _remember(services, place, sender="", said=None)


def _received(services: Services, mail: Mail, submission: str, person: Person) -> Iterable[str]:
    """Take in the files, and give the names of those that are too large."""
    for name, path in mail.files:
        try:
            receive(
                services, [path.read_bytes()], filename=name, submission_id=submission, sender=person.name,
                express=False,
            )  # fmt: skip
        except TooLarge:
            yield name


def _sender(services: Services, box: MailBox, mail: Mail) -> tuple[str, str | None]:
    """The person whose address it is, and their department; of a stranger the address itself."""
    local, _, domain = mail.sender.partition("@")
    ours = bool(box.domain) and domain == box.domain.lower()
    for name in filter(None, (mail.sender, local if ours else "")):
        try:
            known = person_named(services, name)
        except UnknownPerson:
            continue
        if not known.disabled:
            return known.name, known.rights.department
    return mail.sender[:100] or box.name, None


def _client_key(place: Place) -> str:
    told = f"{place.mailbox}|{place.validity}|{place.uid}"
    return f"mail:{hashlib.sha256(told.encode()).hexdigest()}"


def _remember(
    services: Services, place: Place, *, sender: str, said: str | None, submission: str | None = None
) -> None:
    """Note that a message was dealt with, and what its sender is told, at once or not at all."""
    key = {"mailbox": place.mailbox, "validity": place.validity, "uid": place.uid}
    with services.database.begin() as connection:
        known = sa.and_(*(mails.c[name] == value for name, value in key.items()))
        if connection.execute(sa.select(mails.c.uid).where(known)).first():
            return
        report = None
        if said:
            report = enter_report(connection, said, reporter=sender, about=ReportClass.UPLOAD, page="mail")
            enter_answer(connection, report, said, actor="desk")
        connection.execute(mails.insert().values(**key, at=time.time(), submission_id=submission, report_id=report))
