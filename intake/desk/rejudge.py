"""Judging again, by another pack, what was judged before: first to see what would change, then to do it.

Nothing is read anew, and what stands in the ledger stays there: an entry that the pack would refuse is only named.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.check import CheckContext, check
from intake.decide import decide
from intake.desk.policies import day_of
from intake.desk.seen import documents_seen
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.history import append, move
from intake.store.tables import documents, invoices
from models.document import State
from models.finding import Finding, Severity, Verdict
from models.invoice import Invoice
from models.outcome import Format
from models.policy import Policy
from models.serial import invoice_from, invoice_to
from models.sight import EVERYTHING, Sight

_STATES = {Verdict.ACCEPT: State.REGISTERED, Verdict.REVIEW: State.IN_REVIEW, Verdict.REJECT: State.REJECTED}
#: Where the machine's verdict stands, and not a person's.
_JUDGED = (State.REGISTERED, State.IN_REVIEW, State.REJECTED)


@dataclass(frozen=True, slots=True)
class Change:
    """An invoice that the pack would judge differently, and the rules that make the difference."""

    invoice_id: str
    document_id: str
    number: str | None
    before: State
    after: State
    rules: tuple[str, ...]


def rejudge(services: Services, sight: Sight, policy: Policy, *, since: float = 0.0) -> list[Change]:
    """What a pack would change in what was received since a moment and decided by no person. Changes nothing."""
    with reading(services.database) as connection:
        return [change for row in _rows(connection, sight, since) if (change := _change(row, policy))]


def apply_changes(services: Services, policy: Policy, *, actor: str, since: float = 0.0) -> list[Change]:
    """Send to review what the pack judges differently and is not registered: a person decides, never a rerun alone."""
    done = []
    with services.database.begin() as connection:
        for row in list(_rows(connection, EVERYTHING, since)):
            change = _change(row, policy)
            if change is None or change.before is State.REGISTERED:
                continue
            judged = _judged(row, policy)
            _review(connection, row, judged)
            details = {"invoice": row.id, "policy": policy.label, "rules": list(change.rules)}
            append(connection, "rejudged", actor=actor, document_id=row.document_id, details=details)
            if row.document_state == State.REJECTED.value:
                move(connection, row.document_id, State.IN_REVIEW, actor=actor)
            done.append(change)
    return done


def _rows(connection: sa.Connection, sight: Sight, since: float) -> Iterator[Any]:
    query = (
        sa.select(invoices, documents.c.received_at, documents.c.outcome, documents.c.state.label("document_state"))
        .join(documents, invoices.c.document_id == documents.c.id)
        .where(documents.c.received_at >= since, invoices.c.decided_by.is_(None), documents_seen(sight))
        .where(invoices.c.state.in_([state.value for state in _JUDGED]))
        .order_by(documents.c.received_at)
    )
    yield from connection.execute(query)


def _judged(row: Any, policy: Policy) -> Invoice:
    """The invoice judged by the pack; what the reading itself found (a void mark, missing pages) still counts."""
    stored = invoice_from(json.loads(row.data))
    form = Format(json.loads(row.outcome)["format"]) if row.outcome else Format.UNKNOWN
    bare = decide(check(dataclasses.replace(stored, findings=()), CheckContext(day_of(row.received_at), form, policy)))
    kept = [one for one in stored.findings if _from_reading(one)]
    judged = dataclasses.replace(bare, findings=(*kept, *bare.findings))
    grave = {finding.severity for finding in judged.findings}
    verdict = Verdict.REJECT if Severity.REJECT in grave else Verdict.REVIEW if Severity.REVIEW in grave else (
        Verdict.ACCEPT
    )  # fmt: skip
    return dataclasses.replace(judged, verdict=verdict)


def _from_reading(finding: Finding) -> bool:
    return finding.rule.startswith(("PRINT-", "FILE-", "DUP-", "SEQ-"))


def _change(row: Any, policy: Policy) -> Change | None:
    judged = _judged(row, policy)
    before, after = State(row.state), _STATES[judged.verdict or Verdict.REVIEW]
    if before is after:
        return None
    known = {one.rule for one in invoice_from(json.loads(row.data)).findings}
    told = {one.rule for one in judged.findings if one.severity in (Severity.REVIEW, Severity.REJECT)}
    rules = tuple(sorted(told - known if told - known else known - told))
    return Change(row.id, row.document_id, judged.value("invoice_number"), before, after, rules)


def _review(connection: sa.Connection, row: Any, judged: Invoice) -> None:
    invoice = dataclasses.replace(judged, verdict=Verdict.REVIEW)
    values = {"state": State.IN_REVIEW.value, "data": json.dumps(invoice_to(invoice), ensure_ascii=False)}
    connection.execute(invoices.update().where(invoices.c.id == row.id).values(**values))
