"""What routes are given."""

from __future__ import annotations

import re
import urllib.parse
from typing import Annotated

from fastapi import Depends, Header, Request

from intake.desk.services import Services
from models.sight import EVERYTHING, Sight


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _sender(x_sender: Annotated[str | None, Header(description="Who sends; URL-encoded if not ASCII.")] = None) -> str:
    return urllib.parse.unquote(x_sender or "").strip()[:100] or "前台"


def _sight() -> Sight:
    return EVERYTHING


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
Sender = Annotated[str, Depends(_sender)]
Expected = Annotated[frozenset[int] | None, Depends(_expected)]
#: What the one who asks may see; everything, until there are logins.
Seeing = Annotated[Sight, Depends(_sight)]
