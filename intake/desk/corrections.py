"""What a reviewer says an invoice says: the values in due form, and the rules that their word does not answer."""

from __future__ import annotations

import dataclasses
import re
import time
import unicodedata
from collections.abc import Iterable, Mapping

from intake.check import CheckContext, check
from intake.check.catalogue import Checked, rules
from intake.errors import IntakeError
from models.clock import day_of
from models.dates import iso_date
from models.fields import DATE_FIELDS, FIELD_LABELS, MONEY_FIELDS
from models.finding import Finding, Severity
from models.invoice import Invoice
from models.kinds import KIND_INFO, Kind
from models.money import is_total, money_text, parse_money
from models.outcome import Format
from models.policy import Policy
from models.reading import Field, Reading, Source
from models.tax_id import normal

#: A person stands in for proof, so these findings are answered by the confirmation itself.
_ANSWERED = frozenset({"GATE-UNPROVEN", "GATE-NAME", "BUYER-ID-MISSING", "AMT-NEGATIVE"})
_NUMBERS = frozenset({"invoice_number", "invoice_code", "ticket_number", "check_code"})


class UnknownField(IntakeError):
    """There is no field of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no field {name}")
        self.name = name


class StillWrong(ValueError):
    """The corrected invoice breaks a rule that a person cannot wave through, or has not yet."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(", ".join(finding.rule for finding in findings))
        self.findings = findings


def corrected(invoice: Invoice, corrections: Mapping[str, str], kind: Kind | None) -> Invoice:
    """The invoice with a person's words in front of the readings; an empty word says that the field is not there.

    Raises:
        UnknownField: a correction is for a field that there is not.
    """
    fields = dict(invoice.fields)
    for name, text in corrections.items():
        if name not in FIELD_LABELS:
            raise UnknownField(name)
        value = in_form(name, text)
        if not value:
            fields.pop(name, None)
            continue
        readings = fields[name].readings if name in fields else ()
        fields[name] = Field(name, value, (Reading(value, Source.DERIVED, 1.0, invoice.page), *readings))
    return dataclasses.replace(invoice, fields=fields, kind=kind or invoice.kind)


def in_form(name: str, text: str) -> str:
    """A typed value as readings have it: two decimals, an ISO date, a number without blanks; else as it was typed."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if name in MONEY_FIELDS:
        amount = parse_money(plain)
        return money_text(amount) if amount is not None and is_total(plain) else plain
    if name in DATE_FIELDS:
        return iso_date(plain) or plain
    if name.endswith("tax_id"):
        return normal(plain)
    return re.sub(r"\s", "", plain) if name in _NUMBERS else plain


def still_wrong(
    policy: Policy, received_at: float, invoice: Invoice, typed: Iterable[str], waived: Iterable[str]
) -> tuple[Finding, ...]:
    """What keeps a corrected invoice from being confirmed.

    Every rule that rejects; and every rule that asks about a field that was typed (``typed``), for whoever mends one
    misreading may make another. ``waived`` are the rules that the person lets pass: those of the company, and those
    that only ask.
    """
    told = _told(policy, received_at, invoice)
    passed = _ANSWERED | {name for name in waived if may_waive(name)}
    names = frozenset(typed)
    grave = [one for one in told if one.severity is Severity.REJECT or _asks_about(one, names)]
    return tuple(finding for finding in grave if finding.rule not in passed)


def silenced(policy: Policy, received_at: float, known: Invoice, invoice: Invoice) -> frozenset[str]:
    """The rules that spoke of what was read and are silent about what was corrected: they were right to speak."""
    before, after = ({one.rule for one in _told(policy, received_at, each)} for each in (known, invoice))
    return frozenset(before - after)


def may_waive(rule: str) -> bool:
    """Whether a person may let a rule pass: one of the company, or one that only asks."""
    known = rules().get(rule)
    if known is None or rule in _ANSWERED:
        return False
    return known.checked is Checked.POLICY or known.severity is Severity.REVIEW


def _asks_about(finding: Finding, typed: frozenset[str]) -> bool:
    return finding.severity is Severity.REVIEW and finding.field in typed


def _told(policy: Policy, received_at: float, invoice: Invoice) -> tuple[Finding, ...]:
    """What the rules say of the settled values alone, as if they were certain."""
    if not KIND_INFO[invoice.kind].supported:
        return (Finding("TYPE-UNKNOWN", Severity.REJECT),)
    settled = {
        name: Field(name, field.value, (Reading(field.value, Source.DERIVED),))
        for name, field in invoice.fields.items()
    }
    plain = dataclasses.replace(invoice, fields=settled, findings=())
    context = CheckContext(day_of(time.time()), Format.UNKNOWN, policy, day_of(received_at))
    told = check(plain, context).findings
    missing = () if invoice.key else (Finding("INV-NUM-MISSING", Severity.REJECT, params=_NUMBER),)
    return (*missing, *told)


_NUMBER = {"field": "@field.invoice_number"}
