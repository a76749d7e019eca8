"""How each rule fares: how often it spoke, was contested, and was overturned. A bad rule shows here."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from intake.desk.seen import documents_seen
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import documents, findings
from models.finding import Finding, Severity
from models.sight import Sight

OVERTURNED, UPHELD = "overturned", "upheld"


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """One rule over a period: how often it spoke and how gravely, was contested, and what came of the contests."""

    rule: str
    rejected: int
    asked: int
    warned: int
    contested: int
    overturned: int
    upheld: int


def note_findings(connection: sa.Connection, document_id: str, told: Sequence[Finding], invoice_id: str | None) -> None:
    """Note which rules spoke against a document or an invoice, each once and as gravely as it did."""
    grave: dict[str, Severity] = {}
    for severity in (Severity.WARN, Severity.REVIEW, Severity.REJECT):
        grave |= {one.rule: severity for one in told if one.severity is severity}
    rows = [
        {"at": time.time(), "rule": rule, "severity": severity.value, "document_id": document_id,
         "invoice_id": invoice_id}
        for rule, severity in grave.items()
    ]  # fmt: skip
    if rows:
        connection.execute(findings.insert(), rows)


def forget_findings(connection: sa.Connection, document_id: str) -> None:
    """Drop what an earlier reading of a document said; what was contested stays."""
    mine = findings.c.document_id == document_id
    connection.execute(findings.delete().where(mine, findings.c.contested_at.is_(None)))


def forget_rule(connection: sa.Connection, invoice_id: str, rule: str) -> None:
    """Drop that a rule spoke, as what it said was taken back; what was contested stays."""
    mine = (findings.c.invoice_id == invoice_id) & (findings.c.rule == rule)
    connection.execute(findings.delete().where(mine, findings.c.contested_at.is_(None)))


def note_contest(connection: sa.Connection, document_id: str, invoice_id: str, rules: Iterable[str]) -> None:
    """Note that somebody says rules were wrong about an invoice, or about the document that it came in."""
    mine = _about(document_id, invoice_id)
    named = findings.c.rule.in_(list(rules))
    connection.execute(findings.update().where(mine, named).values(contested_at=time.time(), ruling=None))


def note_ruling(
    connection: sa.Connection, document_id: str, invoice_id: str, ruling: str | None, rules: Iterable[str] | None = None
) -> None:
    """Note what became of the contests about an invoice, of all rules or of some; None: they are open again."""
    mine = _about(document_id, invoice_id)
    if rules is not None:
        mine &= findings.c.rule.in_(list(rules))
    connection.execute(findings.update().where(mine, findings.c.contested_at.is_not(None)).values(ruling=ruling))


def _about(document_id: str, invoice_id: str) -> sa.ColumnElement[bool]:
    own = (findings.c.invoice_id == invoice_id) | findings.c.invoice_id.is_(None)
    return (findings.c.document_id == document_id) & own


def rule_records(services: Services, sight: Sight, *, since: float = 0.0) -> list[RuleRecord]:
    """The record of every rule that spoke about what somebody may see, the most overturned first."""

    def count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((condition, 1), else_=0))

    query = (
        sa.select(
            findings.c.rule,
            count(findings.c.severity == Severity.REJECT.value).label("rejected"),
            count(findings.c.severity == Severity.REVIEW.value).label("asked"),
            count(findings.c.severity == Severity.WARN.value).label("warned"),
            count(findings.c.contested_at.is_not(None)).label("contested"),
            count(findings.c.ruling == OVERTURNED).label(OVERTURNED),
            count(findings.c.ruling == UPHELD).label(UPHELD),
        )
        .join(documents, findings.c.document_id == documents.c.id)
        .where(findings.c.at >= since, documents_seen(sight))
        .group_by(findings.c.rule)
    )
    with reading(services.database) as connection:
        rows = [RuleRecord(*row) for row in connection.execute(query)]
    return sorted(rows, key=lambda one: (-one.overturned, -one.contested, -one.rejected - one.asked, one.rule))
