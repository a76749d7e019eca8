"""What routes are given."""

from __future__ import annotations

import hashlib
import json
import re
import urllib.parse
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import Field

from api.guard import NotAllowed, NotSignedIn
from intake.desk.people import UnknownPerson, person_named
from intake.desk.reach import reach_document, reach_invoice
from intake.desk.services import Services
from models.person import Caller, folded
from models.rights import Permission
from models.sight import Sight

#: The number of a row or an event; no column that numbers them holds a greater one.
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _expected(
    if_match: Annotated[
        str | None, Header(description="The ETag of what was looked at; 412 if it changed since.")
    ] = None,
) -> frozenset[int] | None:
    """The revisions that a change is meant for; None: any. A weak tag fits none (RFC 9110, 13.1.1)."""
    if if_match is None or if_match.strip() == "*":
        return None
    return frozenset(int(tag) for tag in re.findall(r'(?:^|[\s,])"(\d{1,9})"', if_match))


Desk = Annotated[Services, Depends(_services)]


def _caller(request: Request) -> Caller:
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None:
        raise NotSignedIn
    return caller


#: Who asks.
Asking = Annotated[Caller, Depends(_caller)]


def _sender(caller: Asking) -> str:
    return caller.person.name


def _sight(caller: Asking) -> Sight:
    return caller.sight


#: The name of who asks: it stands with everything that they do.
Sender = Annotated[str, Depends(_sender)]
Expected = Annotated[frozenset[int] | None, Depends(_expected)]
#: What the one who asks may see.
Seeing = Annotated[Sight, Depends(_sight)]


@dataclass(frozen=True, slots=True)
class Sending:
    """For whom files are sent (``sender``, of a department), and by whom (``person``): an app may send for others."""

    sender: str
    person: str
    department: str | None

    def client_key(self, kind: str, key: str) -> str:
        """A sender's own name for a submission; the same name of another sender is another one."""
        told = json.dumps([self.person, self.sender, kind, key])
        return f"{kind}:{hashlib.sha256(told.encode()).hexdigest()}"


def _sending(
    caller: Asking,
    desk: Desk,
    x_sender: Annotated[
        str | None,
        Header(description="Whom an app sends for; URL-encoded if not ASCII. Needs a key made to send for others."),
    ] = None,
) -> Sending:
    person = caller.person
    other = urllib.parse.unquote(x_sender or "").strip()[:100]
    if not other or folded(other) == folded(person.name):
        return Sending(person.name, person.name, person.rights.department)
    if caller.key is None or not caller.may(Permission.SEND_FOR_OTHERS):
        raise NotAllowed("not_for_others")
    try:
        known = person_named(desk, other)
    except UnknownPerson:
        return Sending(other, person.name, person.rights.department)
    return Sending(known.name, person.name, known.rights.department or person.rights.department)


#: For whom and by whom files are sent.
SendingFor = Annotated[Sending, Depends(_sending)]


def _seen_document(document_id: str, desk: Desk, sight: Seeing) -> str:
    reach_document(desk, sight, document_id)
    return document_id


def _seen_invoice(invoice_id: str, desk: Desk, sight: Seeing) -> str:
    reach_invoice(desk, sight, invoice_id)
    return invoice_id


#: The id of a document or an invoice in the address, once it is certain that the one who asks may see it.
SeenDocument = Annotated[str, Depends(_seen_document)]
SeenInvoice = Annotated[str, Depends(_seen_invoice)]
