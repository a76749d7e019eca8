"""What a check has to say: a rule, how bad it is, and where on the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.reading import Box


class Severity(StrEnum):
    """How bad a finding is; ``reject`` sends the invoice back, ``review`` asks a person."""

    REJECT = "reject"
    REVIEW = "review"
    WARN = "warn"
    INFO = "info"


class Verdict(StrEnum):
    """What the pipeline says of an invoice or of a whole document."""

    ACCEPT = "accept"
    REVIEW = "review"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Finding:
    """One outcome of one rule. The sentences for people come from the catalogue, filled with ``params``."""

    rule: str
    severity: Severity
    field: str | None = None
    page: int | None = None
    box: Box | None = None
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)
