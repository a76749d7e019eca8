"""From a reading to the ledger: claim a document, settle its outcome in one transaction, or give it back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from intake.decide import bounded, verdict_of
from intake.desk.contest import write_blank
from intake.desk.likeness import consecutive, resembled, returned_before
from intake.desk.policies import policy_at
from intake.desk.register import Registered, Sender, copied, register
from intake.desk.services import Services
from intake.desk.statistics import forget_findings, note_findings
from intake.store.blobs import picture_key
from intake.store.history import move
from intake.store.tables import documents, invoices, submissions
from models.clock import day_of
from models.document import UNREAD, State
from models.finding import Finding, Severity, Verdict
from models.invoice import Invoice
from models.outcome import Outcome
from models.policy import Policy
from models.serial import invoice_to, outcome_to

#: What becomes of an invoice after its verdict; and, of the states of its invoices, which is that of a document.
STATE_AFTER = {Verdict.ACCEPT: State.REGISTERED, Verdict.REVIEW: State.IN_REVIEW, Verdict.REJECT: State.REJECTED}
_PRECEDENCE = (State.IN_REVIEW, State.REJECTED, State.REGISTERED, State.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on a document for one attempt, the day on which it arrived, and the pack of that day."""

    document_id: str
    attempt: int
    sha256: str
    filename: str
    policy: Policy
    received: dt.date


def begin(services: Services, document_id: str) -> Claim | None:
    """Take a waiting document for one attempt; None when it is not waiting (done, or in another worker's hands)."""
    with services.database.begin() as connection:
        row = connection.execute(sa.select(documents).where(documents.c.id == document_id)).one_or_none()
        if row is None or row.state not in UNREAD:
            return None
        attempt = row.attempt + 1
        lease = time.time() + services.settings.lease_seconds
        taken = _take(connection, document_id, attempt, lease)
        policy = policy_at(connection, row.received_at)
    return Claim(document_id, attempt, row.sha256, row.filename, policy, day_of(row.received_at)) if taken else None


def _take(connection: sa.Connection, document_id: str, attempt: int, lease: float) -> bool:
    moved = move(connection, document_id, State.PROCESSING, actor="worker", attempt=attempt - 1, lease_until=lease)
    if moved:
        connection.execute(documents.update().where(documents.c.id == document_id).values(attempt=attempt))
    return moved


def settle(services: Services, claim: Claim, outcome: Outcome) -> bool:
    """Write the outcome of an attempt; False, and nothing written, when the document has passed to another attempt.

    What is said of the document itself (a broken signature) holds for every invoice in it. Where a person is to look
    and no invoice waits for one, an empty one does, so that whatever is in review can be decided.
    """
    for picture in outcome.pictures:
        services.blobs.put(picture_key(claim.sha256, picture.page), Path(picture.path))
    with services.database.begin() as connection:
        sender = _sender(connection, claim.document_id)
        if not _still_ours(connection, claim):
            return False
        connection.execute(invoices.delete().where(invoices.c.document_id == claim.document_id))
        forget_findings(connection, claim.document_id)
        note_findings(connection, claim.document_id, outcome.findings, None)
        settled = [
            _settle_invoice(connection, claim, outcome, position, sender) for position in range(len(outcome.invoices))
        ]
        states = [one.state for one in settled]
        if State.IN_REVIEW not in states and _asks_beside_them(outcome):
            write_blank(connection, claim.document_id, len(states), State.IN_REVIEW)
            states.append(State.IN_REVIEW)
        state = document_state(states)
        duplicate_of = next((one.first for one in settled if one.first), None) if state is State.DUPLICATE else None
        return move(
            connection,
            claim.document_id,
            state,
            actor="worker",
            attempt=claim.attempt,
            lease_until=None,
            outcome=json.dumps(outcome_to(outcome), ensure_ascii=False),
            duplicate_of=duplicate_of,
            reason=None,
        )


def fail(services: Services, claim: Claim, reason: str) -> None:
    """Note that an attempt could not do the work: the document waits for another, or has failed after the last one."""
    with services.database.begin() as connection:
        last = claim.attempt >= services.settings.attempts
        after = State.FAILED if last else State.QUEUED
        move(
            connection, claim.document_id, after, actor="worker", attempt=claim.attempt, lease_until=None, reason=reason
        )


def _still_ours(connection: sa.Connection, claim: Claim) -> bool:
    row = connection.execute(
        sa.select(documents.c.state, documents.c.attempt).where(documents.c.id == claim.document_id).with_for_update()
    ).one()
    return bool(row.state == State.PROCESSING.value and row.attempt == claim.attempt)


def _sender(connection: sa.Connection, document_id: str) -> Sender:
    joined = submissions.join(documents, documents.c.submission_id == submissions.c.id)
    query = sa.select(submissions.c.sender, submissions.c.department).select_from(joined)
    return Sender(*connection.execute(query.where(documents.c.id == document_id)).one())


def _settle_invoice(
    connection: sa.Connection, claim: Claim, outcome: Outcome, position: int, sender: Sender
) -> Registered:
    invoice, document_id = outcome.invoices[position], claim.document_id
    state = STATE_AFTER[bounded(invoice.verdict or Verdict.REVIEW, outcome.findings)]
    settled = Registered(state)
    extra: list[Finding] = []
    if state is State.REGISTERED:
        settled = register(connection, document_id, outcome.format, invoice, sender)
        extra += consecutive(connection, invoice, sender.name)
    if settled.state is State.IN_REVIEW:
        extra += resembled(connection, document_id, invoice)
    extra += _mending(connection, document_id, invoice)
    invoice = dataclasses.replace(invoice, findings=(*invoice.findings, *settled.findings, *extra))
    write_invoice(connection, document_id, position, invoice, settled)
    return settled


def _mending(connection: sa.Connection, document_id: str, invoice: Invoice) -> Iterator[Finding]:
    """Link a document to the one that it mends: named when it was sent, or returned with the same number before."""
    known = connection.execute(sa.select(documents.c.mends).where(documents.c.id == document_id)).scalar()
    earlier = known or returned_before(connection, document_id, invoice)
    if earlier:
        connection.execute(documents.update().where(documents.c.id == document_id).values(mends=earlier))
        yield Finding("DUP-INVOICE-REJECTED", Severity.INFO, params={"id": earlier[:8], "document": earlier})


def write_invoice(
    connection: sa.Connection, document_id: str, position: int, invoice: Invoice, settled: Registered
) -> None:
    """Keep an invoice as it was read and judged, and note every rule that spoke against it."""
    identity = uuid.uuid4().hex
    connection.execute(
        invoices.insert().values(
            id=identity,
            document_id=document_id,
            position=position,
            state=settled.state.value,
            entry_id=settled.entry_id,
            data=json.dumps(invoice_to(invoice), ensure_ascii=False),
            likeness=invoice.likeness,
            **copied(invoice),
        )
    )
    note_findings(connection, document_id, invoice.findings, identity)


def _asks_beside_them(outcome: Outcome) -> bool:
    """Whether a person is to look at what became no invoice: the whole file, or one file of an archive."""
    parts = [finding for finding in outcome.findings if "file" in finding.params]
    return verdict_of(parts) is Verdict.REVIEW or (not outcome.invoices and outcome.verdict is Verdict.REVIEW)


def document_state(states: Sequence[State]) -> State:
    """The state of a document is that of the invoice that needs people most; without invoices it was returned."""
    return next((state for state in _PRECEDENCE if state in states), State.REJECTED)
