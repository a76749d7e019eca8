"""An id for every request, in every line that is logged for it, and a count of the answers."""

from __future__ import annotations

import uuid

import structlog
from prometheus_client import Counter
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake.logs import is_request_id

log = structlog.get_logger()
_HEADER = "x-request-id"
_PROBES = ("/healthz", "/readyz")
#: Of this process; each web process tells its own.
ANSWERS = Counter("shoupiao_http_answers", "Answers of this web process, but for probes.", ["status"], registry=None)


class RequestIds:
    """Takes over the id that a caller or proxy gives (``X-Request-Id``), or makes one, and gives it back.

    An id that has not the form of one is replaced, so that nobody writes into the logs what they like.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(_HEADER, "")
        identity = given if is_request_id(given) else uuid.uuid4().hex

        scope["request_id"] = identity
        status = 500  # what the server answers to whatever escapes from here

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[_HEADER] = identity
            await send(message)

        with structlog.contextvars.bound_contextvars(request=identity):
            try:
                await self._app(scope, receive, marked)
            finally:
                _note(scope, status)


def _note(scope: Scope, status: int) -> None:
    if scope["path"] in _PROBES:
        return  # a part that is away is what they are asked for, and no error of theirs
    ANSWERS.labels(f"{status // 100}xx").inc()
    if status >= 500:
        log.error("answered", status=status, method=scope["method"], path=scope["path"])
