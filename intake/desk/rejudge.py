"""Judging again, by another pack, what was judged before: first to see what would change, then to do it.

Nothing is read anew, and what stands in the ledger stays there: an entry that the pack would refuse is only named.
Both go through the invoices in pieces, so that a year of them neither fills the memory nor holds up the desk.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.check import CheckContext, check, weigh
from intake.decide import bounded, decide, verdict_of
from intake.desk.seen import documents_seen
from intake.desk.services import Services
from intake.desk.settle import STATE_AFTER
from intake.desk.statistics import note_findings
from intake.errors import IntakeError
from intake.store.database import reading
from intake.store.history import append, move
from intake.store.tables import documents, invoices
from models.clock import day_of
from models.document import State
from models.finding import Finding, Verdict
from models.invoice import Invoice
from models.outcome import Format
from models.policy import Policy
from models.serial import finding_from, invoice_from, invoice_to
from models.sight import EVERYTHING, Sight

#: Where the machine's verdict stands, and not a person's.
_JUDGED = (State.REGISTERED, State.IN_REVIEW, State.REJECTED)
_PIECE = 200
#: What only the reading, the desk or its people could find still counts.
_KEPT = ("PRINT-", "FILE-", "DUP-", "SEQ-", "DESK-")


class NotAsTried(IntakeError):
    """Other invoices would change than the dry run named: look again before doing it."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} would change")
        self.count = count


@dataclass(frozen=True, slots=True)
class Change:
    """An invoice that the pack would judge differently, and the rules that make the difference."""

    invoice_id: str
    document_id: str
    number: str | None
    before: State
    after: State
    rules: tuple[str, ...]


def rejudge(services: Services, sight: Sight, policy: Policy, *, since: float = 0.0) -> Iterator[Change]:
    """What a pack would change in what may be seen, came since a moment and no person decided. Changes nothing."""
    for rows in _pieces(services, sight, since):
        yield from (change for row in rows if (change := _change(row, _judged(row, policy))))


def apply_changes(
    services: Services, policy: Policy, *, actor: str, since: float = 0.0, expected: int | None = None
) -> list[Change]:
    """Send to review what the pack judges differently and is not registered: a person decides, never a rerun alone.

    ``expected`` is how many the dry run said that would be.

    Raises:
        NotAsTried: it would be another number; nothing was changed.
    """
    if expected is not None:
        count = sum(
            change.before is not State.REGISTERED for change in rejudge(services, EVERYTHING, policy, since=since)
        )
        if count != expected:
            raise NotAsTried(count)
    done: list[Change] = []
    for rows in _pieces(services, EVERYTHING, since):
        judged = [(row, _judged(row, policy)) for row in rows]
        todo = [(row, one, change) for row, one in judged if (change := _change(row, one))]
        done += _send(services, policy, actor, [one for one in todo if one[2].before is not State.REGISTERED])
    return done


def _pieces(services: Services, sight: Sight, since: float) -> Iterator[Sequence[Any]]:
    place = sa.tuple_(documents.c.received_at, invoices.c.id)
    query = (
        sa.select(invoices, documents.c.received_at, documents.c.outcome)
        .join(documents, invoices.c.document_id == documents.c.id)
        .where(documents.c.received_at >= since, invoices.c.decided_by.is_(None), documents_seen(sight))
        .where(invoices.c.state.in_([state.value for state in _JUDGED]))
        .order_by(documents.c.received_at, invoices.c.id)
        .limit(_PIECE)
    )
    further = query
    while True:
        with reading(services.database) as connection:
            rows = connection.execute(further).all()
        if not rows:
            return
        yield rows
        further = query.where(place > sa.tuple_(rows[-1].received_at, rows[-1].id))


def _judged(row: Any, policy: Policy) -> Invoice:
    """The invoice judged by the pack, with what is said of its document."""
    stored = invoice_from(json.loads(row.data))
    outcome = json.loads(row.outcome) if row.outcome else {}
    came, form = day_of(row.received_at), Format(outcome.get("format", Format.UNKNOWN))
    context = CheckContext(day_of(time.time()), form, policy, came)
    bare = decide(check(dataclasses.replace(stored, findings=()), context))
    kept = [one for one in stored.findings if one.rule.startswith(_KEPT)]
    told = (*kept, *bare.findings)
    of_document = [weigh(None, finding_from(one), policy) for one in outcome.get("findings", [])]
    return dataclasses.replace(bare, findings=told, verdict=bounded(verdict_of(told), of_document))


def _change(row: Any, judged: Invoice) -> Change | None:
    before, after = State(row.state), STATE_AFTER[judged.verdict or Verdict.REVIEW]
    if before is after:
        return None
    known = {one.rule for one in invoice_from(json.loads(row.data)).findings}
    told = {one.rule for one in _grave(judged.findings)}
    rules = tuple(sorted(told - known if told - known else known - told))
    return Change(row.id, row.document_id, judged.value("invoice_number"), before, after, rules)


def _grave(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if verdict_of([one]) is not Verdict.ACCEPT]


def _send(services: Services, policy: Policy, actor: str, todo: Sequence[tuple[Any, Invoice, Change]]) -> list[Change]:
    """Send a piece to review, but for what changed since it was read: somebody decided, or it was read anew."""
    if not todo:
        return []
    done = []
    with services.database.begin() as connection:
        for row, judged, change in todo:
            if not _open_again(connection, row, judged):
                continue
            known = {one.rule for one in invoice_from(json.loads(row.data)).findings}
            new = [one for one in judged.findings if one.rule not in known]
            note_findings(connection, row.document_id, new, row.id)
            _say_which(connection, row, policy)
            details = {"invoice": row.id, "policy": policy.label, "rules": list(change.rules)}
            append(connection, "rejudged", actor=actor, document_id=row.document_id, details=details)
            move(connection, row.document_id, State.IN_REVIEW, actor=actor)
            done.append(change)
    return done


def _open_again(connection: sa.Connection, row: Any, judged: Invoice) -> bool:
    same = (invoices.c.id == row.id) & (invoices.c.data == row.data) & (invoices.c.state == row.state)
    data = json.dumps(invoice_to(dataclasses.replace(judged, verdict=Verdict.REVIEW)), ensure_ascii=False)
    query = invoices.update().where(same, invoices.c.decided_by.is_(None))
    return connection.execute(query.values(state=State.IN_REVIEW.value, data=data)).rowcount == 1


def _say_which(connection: sa.Connection, row: Any, policy: Policy) -> None:
    """A document says which pack judged it: the one that did so last."""
    if row.outcome:
        outcome = json.dumps({**json.loads(row.outcome), "policy": policy.label}, ensure_ascii=False)
        connection.execute(documents.update().where(documents.c.id == row.document_id).values(outcome=outcome))
