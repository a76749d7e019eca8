"""What a check may know besides the invoice."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from intake.check.catalogue import rules
from intake.check.policy import law
from models.finding import Finding, Severity
from models.invoice import Invoice
from models.kinds import KIND_INFO
from models.outcome import Format
from models.policy import Policy
from models.reading import Source

#: Rules that rest on the lines of goods as well, which are never proven.
_OF_LINES = frozenset({"AMT-LINES", "AMT-LINE-TAX", "AMT-TAX-CUM", "AMT-QTY", "RATE-UNKNOWN", "RATE-PERIOD"})


@dataclass(frozen=True, slots=True)
class CheckContext:
    """The day of the check (Asia/Shanghai), the format of the file, and the pack that holds (the law's, if none).

    ``received`` is the day on which it arrived, from which the company counts; None is today.
    """

    today: dt.date
    format: Format
    policy: Policy = dataclasses.field(default_factory=law)
    received: dt.date | None = None


def find(
    invoice: Invoice, rule: str, field: str | None = None, /, *, rests_on: Iterable[str] = (), **params: object
) -> Finding:
    """Make a finding at the place of a field; ``rests_on`` are further fields without which it would not be made.

    A rejection that rests on recognised text becomes a review unless the field is proven: a second look agreed surely.
    The rule book asks for 0.90; a meter's print was misread twice alike at 0.98, so the gate's own measure is taken.
    """
    severity = rules()[rule].severity
    known = invoice.fields.get(field) if field else None
    if severity is Severity.REJECT and not all(_certain(invoice, name) for name in (field, *rests_on)):
        severity = Severity.REVIEW
    return Finding(
        rule=rule,
        severity=severity,
        field=field,
        page=known.shown.page if known else invoice.page,
        box=known.shown.box if known else None,
        params={name: str(value) for name, value in params.items()},
    )


def weigh(invoice: Invoice | None, finding: Finding, policy: Policy) -> Finding:
    """Give a finding the gravity that the pack asks for; what rests on unsure recognition still rejects nothing.

    ``invoice`` is None for a finding on the file, which rests on measurement.
    """
    asked = policy.severities.get(finding.rule)
    if asked is None or finding.severity is Severity.REJECT:
        return finding
    if asked is Severity.REJECT and invoice is not None and not _rests_surely(invoice, finding):
        asked = Severity.REVIEW
    return dataclasses.replace(finding, severity=asked)


def _rests_surely(invoice: Invoice, finding: Finding) -> bool:
    lines_too = finding.rule in _OF_LINES and invoice.items_source is Source.OCR
    return _certain(invoice, finding.field) and not lines_too


def _certain(invoice: Invoice, field: str | None) -> bool:
    if field is None or field not in invoice.fields:
        return not read_by_ocr(invoice)
    known = invoice.fields[field]
    return known.best.source is not Source.OCR or known.proven


def dated_by(invoice: Invoice) -> str:
    """The field that says of which day an invoice is: its issue, or the journey where a ticket prints no other day."""
    return "issue_date" if "issue_date" in {*KIND_INFO[invoice.kind].gate, *invoice.fields} else "travel_date"


def day(invoice: Invoice, name: str = "issue_date") -> dt.date | None:
    """The day that a field names; None when it is missing or no calendar date."""
    try:
        return dt.date.fromisoformat(invoice.value(name) or "")
    except ValueError:
        return None


def read_by_ocr(invoice: Invoice) -> bool:
    """Whether any value of the invoice comes from recognised text, which may be misread or missed."""
    return any(reading.source is Source.OCR for field in invoice.fields.values() for reading in field.readings)
