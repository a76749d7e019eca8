"""How the processes tell what happens: one JSON object a line, or lines for people at a terminal; nothing personal.

What belongs together carries the same ids: ``request`` from the web through the queue to the worker, ``document`` in
the worker. Also what libraries log passes here, and the traces of errors, which quote what the code was at work on.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from models.masking import masked

#: What these say is a person's, or may be anything that a person typed; it is not for a log.
_PRIVATE = frozenset({"passenger", "buyer_name", "seller_name", "filename", "words", "text"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_TRACE = "exception"
#: The web server brings handlers of its own, which would write around ours.
_OF_THE_SERVER = ("uvicorn", "uvicorn.error", "uvicorn.access")
#: Of the formatter of the standard library; not ours to rewrite.
_INNER = ("_record", "_from_structlog")


def set_up_logs(process: str) -> None:
    """Make this process and the libraries in it log to standard error; ``process`` is its name in every line."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Traces become text here and are hidden with the rest; the pretty ones would show what variables held.
        structlog.processors.format_exc_info,
        without_personal,
    ]
    if sys.stderr.isatty():
        shown: Processor = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    else:
        shown = structlog.processors.JSONRenderer(ensure_ascii=False)
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, shown],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # A line that cannot be written (a full disk, a closed pipe) would be shown raw by the library's own complaint.
    logging.raiseExceptions = False
    for name in _OF_THE_SERVER:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    structlog.configure(
        processors=[*shared, shown],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(process=process)


def is_request_id(text: str) -> bool:
    """Whether a caller's own id can be taken over: letters, digits and ``. _ -``, 8 to 64 of them."""
    return _REQUEST_ID.fullmatch(text) is not None


def request_id() -> str | None:
    """The id of the request that this is done for; None outside of one."""
    told = structlog.contextvars.get_contextvars().get("request")
    return str(told) if told else None


def without_personal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event with personal data hidden in its values, which keep to their line: a processor of structlog."""
    return {name: _told(name, value) for name, value in event.items()}


def one_line(text: str) -> str:
    r"""A text in one line: a line break becomes ``\n``, an escape character ``\x1b``, so that none begins a line."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _told(name: str, value: Any) -> Any:
    if name in _INNER:
        return value
    return "***" if name in _PRIVATE else _hidden(name, value)


def _hidden(name: str, value: Any) -> Any:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, dict):
        return {key: _told(str(key), one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(name, one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    told = masked(str(value))
    return told if name == _TRACE else one_line(told)
