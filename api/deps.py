"""What routes are given."""

from __future__ import annotations

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


Desk = Annotated[Services, Depends(_services)]
Sender = Annotated[str, Depends(_sender)]
#: What the one who asks may see; everything, until there are logins.
Seeing = Annotated[Sight, Depends(_sight)]
