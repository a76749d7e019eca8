"""What can go wrong, in two trees.

IntakeError
├── UnreadableInput      this input cannot be worked on: becomes a finding (rule id) and a refusal, never a retry
├── UnstorableText       what somebody typed holds a character that no database keeps: they are told, nothing is stored
└── CouldNotWork         the work could not be done this time: the attempt fails and may be repeated
    ├── EngineUnavailable    models missing or the OCR engine does not start
    ├── StorageUnavailable   database, blobs or queue cannot be reached
    ├── LimitExceeded        the bounded child gave no answer in time: the machine is too busy
    └── ReaderKilled         somebody else ended the bounded child: the machine has no memory left
"""

from __future__ import annotations

from collections.abc import Mapping


class IntakeError(Exception):
    """Base of all errors of the service."""


class UnreadableInput(IntakeError):
    """The input breaks a FILE-/IMG- rule so badly that nothing can be read from it."""

    def __init__(self, rule: str, params: Mapping[str, str] | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.params = dict(params or {})


class UnstorableText(IntakeError):
    """A text holds a NUL: PostgreSQL refuses it, and SQLite takes it for the end of the text in some functions."""


class CouldNotWork(IntakeError):
    """The work could not be done; the same input may succeed later."""


class EngineUnavailable(CouldNotWork):
    """The OCR engine or its models are missing; run ``python -m intake doctor``."""


class StorageUnavailable(CouldNotWork):
    """The database, the blob store or the queue cannot be reached."""


class LimitExceeded(CouldNotWork):
    """Reading gave no answer in time although it kept its bounds; the child was ended."""


class ReaderKilled(CouldNotWork):
    """Somebody else than its parent killed the child that read; that says nothing about what it read."""
