"""Log lines that nobody but the service can write: what comes from strangers stays within its own line."""

from __future__ import annotations

import unicodedata

import structlog
from structlog.typing import EventDict, WrappedLogger

#: Control and format characters, surrogates, and the two that part lines: what moves a terminal or starts a line.
_MOVING = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def set_up_log() -> None:
    """Write log lines as structlog does by default, with every text in them escaped."""
    structlog.reset_defaults()
    processors = structlog.get_config()["processors"]
    structlog.configure(processors=[*processors[:-1], _escape, processors[-1]])


def escaped(text: str) -> str:
    r"""A text in one line: a line break becomes ``\n``, an escape character ``\x1b``."""
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in _MOVING else char for char in text
    )


def _escape(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    return {name: escaped(str(value)) if _is_from_outside(value) else value for name, value in line.items()}


def _is_from_outside(value: object) -> bool:
    return not isinstance(value, bool | int | float | None)
