"""The mail door's hands: looks into the mailbox over IMAP and hands every new message to the desk, in their order.

Nothing in the mailbox is changed: messages are neither marked nor moved. What is new is known by UIDVALIDITY and UID.
"""

from __future__ import annotations

import imaplib
import re
import threading

import sqlalchemy as sa
import structlog

from intake.desk.mail import DoorShut, Place, last_taken, open_door, remember_gone, take_mail
from intake.desk.mailboxes import MailTrouble, note_look
from intake.desk.services import Services
from intake.errors import CouldNotWork
from intake.mailbox import opened
from intake.settings import MailBox, Settings
from intake.store.turns import Turn
from intake.wiring import build_services

log = structlog.get_logger()
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


def run(stop: threading.Event) -> None:
    """Look again and again until told to stop; a server or a database that is away is waited for.

    Several may run: one of them looks, the others wait until it has gone.
    """
    settings = Settings()
    if settings.mail is None:
        log.warning("mail_off", set="SHOUPIAO_MAIL__HOST")
        return
    services = build_services(settings)
    turn = Turn(services.database, settings.var)
    while not stop.is_set():
        try:
            if turn.mine(settings.mail.told):
                look_and_tell(services, settings.mail, stop)
        except sa.exc.OperationalError as trouble:
            log.warning("mail_waits", trouble=type(trouble).__name__)
        stop.wait(settings.mail.seconds)


def look_and_tell(services: Services, box: MailBox, stop: threading.Event | None = None) -> None:
    """Look once, and keep when that was and what kept the door out, for the page of operations."""
    kept_out = None
    try:
        look(services, box, stop)
    except (OSError, imaplib.IMAP4.error, CouldNotWork) as trouble:
        log.warning("mail_waits", trouble=type(trouble).__name__)
        kept_out = _named(trouble)
    note_look(services, box.told, kept_out)


def _named(trouble: Exception) -> MailTrouble:
    match trouble:
        case DoorShut():
            return MailTrouble.SHUT
        case CouldNotWork():
            return MailTrouble.FAILED
        case OSError() | imaplib.IMAP4.abort():
            return MailTrouble.UNREACHABLE
        case _:
            return MailTrouble.REFUSED


def look(services: Services, box: MailBox, stop: threading.Event | None = None) -> int:
    """Take in what is new, and tell how many messages that were.

    Raises:
        OSError: the server cannot be reached. imaplib.IMAP4.error: it refuses or is not understood.
        DoorShut: nobody may take in mail. StorageUnavailable: what came cannot be kept.
    """
    person = open_door(services, box)
    count = 0
    with opened(box) as (server, validity):
        for uid in _new(server, last_taken(services, box.told, validity)):
            if stop is not None and stop.is_set():
                break
            place = Place(box.told, validity, uid)
            size = _size(server, uid)
            if size is None:
                remember_gone(services, place)
                continue
            # Of one that is too large the head alone is fetched: whoever sent it is told.
            whole = size <= box.max_bytes
            take_mail(services, box, person, place, _fetched(server, uid, whole=whole), whole=whole)
            count += 1
    return count


def _new(server: imaplib.IMAP4, last: int) -> list[int]:
    """The UIDs after one, in their order. A server answers ``n:*`` with its last message even where that is older."""
    _, told = server.uid("SEARCH", f"UID {last + 1}:*")
    return sorted(uid for uid in map(int, (told[0] or b"").split()) if uid > last)


def _size(server: imaplib.IMAP4, uid: int) -> int | None:
    _, told = server.uid("FETCH", str(uid), "(RFC822.SIZE)")
    found = _SIZE.search(told[0]) if told and isinstance(told[0], bytes) else None
    return int(found[1]) if found else None


def _fetched(server: imaplib.IMAP4, uid: int, *, whole: bool) -> bytes:
    _, told = server.uid("FETCH", str(uid), "(BODY.PEEK[])" if whole else "(BODY.PEEK[HEADER])")
    if not told or not isinstance(told[0], tuple):
        raise imaplib.IMAP4.error(f"message {uid} was not given")
    content: bytes = told[0][1]
    return content
