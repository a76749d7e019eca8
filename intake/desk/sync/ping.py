"""A trial message, sent at once: is the endpoint there, and does it accept our signature?"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass

from intake.desk.services import Services
from intake.desk.sync.endpoints import row_of, signing_secrets
from intake.desk.sync.guard import Resolver, resolve
from intake.desk.sync.post import Message, post
from intake.store.database import reading


@dataclass(frozen=True, slots=True)
class Echo:
    """What came of a trial message: the status that was answered, a code of trouble, how long it took."""

    status: int | None
    trouble: str | None
    seconds: float


def ping(services: Services, endpoint_id: str, *, resolver: Resolver = resolve) -> Echo:
    """Send a message of the type ``ping``, also to a paused endpoint; it is no change and is not tried again.

    Raises:
        NotFound: there is no such endpoint.
    """
    with reading(services.database) as connection:
        row = row_of(connection, endpoint_id)
    mark = f"ping-{uuid.uuid4().hex}"
    told = {"id": mark, "type": "ping", "at": round(time.time(), 3), "data": {}}
    started = time.monotonic()
    message = Message(mark, json.dumps(told).encode())
    inside = services.settings.sync_inside
    answer = post(row["url"], signing_secrets(row), message, inside=inside, resolver=resolver)
    return Echo(answer.status, answer.trouble, round(time.monotonic() - started, 3))
