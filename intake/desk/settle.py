"""From a reading to the ledger: claim a document, settle its outcome in one transaction, or give it back."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from intake.desk.services import Services
from intake.store.blobs import picture_key
from intake.store.history import append, move
from intake.store.tables import documents, entries, invoices, submissions
from models.document import State
from models.finding import Finding, Severity, Verdict
from models.invoice import Invoice
from models.money import parse_money
from models.outcome import Format, Outcome
from models.serial import finding_to, invoice_to, outcome_to

_COPIED = (
    "invoice_code",
    "invoice_number",
    "issue_date",
    "total",
    "buyer_name",
    "buyer_tax_id",
    "seller_name",
    "seller_tax_id",
)
_ENTRY_PRECEDENCE = (State.IN_REVIEW, State.REJECTED, State.REGISTERED, State.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on a document for one attempt."""

    document_id: str
    attempt: int
    sha256: str
    filename: str


def begin(services: Services, document_id: str) -> Claim | None:
    """Take a waiting document for one attempt; None when it is not waiting (done, or in another worker's hands)."""
    with services.database.begin() as connection:
        row = connection.execute(sa.select(documents).where(documents.c.id == document_id)).one_or_none()
        if row is None or row.state not in (State.RECEIVED.value, State.QUEUED.value):
            return None
        attempt = row.attempt + 1
        lease = time.time() + services.settings.lease_seconds
        taken = _take(connection, document_id, attempt, lease)
    return Claim(document_id, attempt, row.sha256, row.filename) if taken else None


def _take(connection: sa.Connection, document_id: str, attempt: int, lease: float) -> bool:
    moved = move(connection, document_id, State.PROCESSING, actor="worker", attempt=attempt - 1, lease_until=lease)
    if moved:
        connection.execute(documents.update().where(documents.c.id == document_id).values(attempt=attempt))
    return moved


def settle(services: Services, claim: Claim, outcome: Outcome) -> bool:
    """Write the outcome of an attempt; False, and nothing written, when the document has passed to another attempt."""
    for picture in outcome.pictures:
        services.blobs.put(picture_key(claim.sha256, picture.page), Path(picture.path))
    with services.database.begin() as connection:
        sender = connection.execute(
            sa.select(submissions.c.sender)
            .join(documents, documents.c.submission_id == submissions.c.id)
            .where(documents.c.id == claim.document_id)
        ).scalar_one()
        if not _still_ours(connection, claim):
            return False
        connection.execute(invoices.delete().where(invoices.c.document_id == claim.document_id))
        settled = [
            _settle_invoice(connection, claim, outcome.format, position, invoice, sender)
            for position, invoice in enumerate(outcome.invoices)
        ]
        state = _document_state(outcome, [one.state for one in settled])
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


@dataclass(frozen=True, slots=True)
class _Settled:
    state: State
    first: str | None = None


def _still_ours(connection: sa.Connection, claim: Claim) -> bool:
    row = connection.execute(
        sa.select(documents.c.state, documents.c.attempt).where(documents.c.id == claim.document_id).with_for_update()
    ).one()
    return bool(row.state == State.PROCESSING.value and row.attempt == claim.attempt)


def _settle_invoice(
    connection: sa.Connection, claim: Claim, form: Format, position: int, invoice: Invoice, sender: str
) -> _Settled:
    entry_id: str | None = None
    first: str | None = None
    extra: Iterable[Finding] = ()
    state = {Verdict.ACCEPT: State.REGISTERED, Verdict.REVIEW: State.IN_REVIEW}.get(
        invoice.verdict or Verdict.REVIEW, State.REJECTED
    )
    if state is State.REGISTERED:
        state, entry_id, first, extra = register(connection, claim.document_id, form, invoice, sender)
    data = invoice_to(invoice)
    data["findings"] += [finding_to(finding) for finding in extra]
    connection.execute(
        invoices.insert().values(
            id=uuid.uuid4().hex,
            document_id=claim.document_id,
            position=position,
            state=state.value,
            key=invoice.key,
            entry_id=entry_id,
            data=json.dumps(data, ensure_ascii=False),
        )
    )
    return _Settled(state, first)


def register(
    connection: sa.Connection, document_id: str, form: Format, invoice: Invoice, sender: str
) -> tuple[State, str | None, str | None, tuple[Finding, ...]]:
    """Enter an accepted invoice into the ledger, once.

    Gives its state, its entry, the document that came first, and what is to be said about it.

    A further format of the same invoice joins its entry as a carrier; the same format again is a duplicate; other
    figures under the same number are for a person.
    """
    key = invoice.key
    if key is None:
        return State.IN_REVIEW, None, None, (Finding("GATE-UNPROVEN", Severity.REVIEW, params={"fields": "发票号码"}),)
    identity = uuid.uuid4().hex
    if _insert_entry(connection, identity, key, invoice, sender):
        append(connection, "entered", actor="desk", document_id=document_id, details={"entry": identity, "key": key})
        return State.REGISTERED, identity, None, ()
    entry = connection.execute(sa.select(entries).where(entries.c.key == key)).one()
    carriers = connection.execute(
        sa.select(documents.c.id, documents.c.outcome)
        .join(invoices, invoices.c.document_id == documents.c.id)
        .where(invoices.c.entry_id == entry.id, invoices.c.state == State.REGISTERED.value)
    ).all()
    first = next((row.id for row in carriers if row.id != document_id), None)
    if (entry.total, entry.issue_date) != (invoice.value("total"), invoice.value("issue_date")):
        other = Finding("DUP-NUM-OTHER-DATA", Severity.REVIEW, "invoice_number", params={"num": entry.invoice_number})
        return State.IN_REVIEW, None, first, (other,)
    if form.value in {json.loads(row.outcome)["format"] for row in carriers if row.outcome}:
        params = {
            "num": entry.invoice_number,
            "id": entry.id[:8],
            "who": entry.sender,
            "time": _day(entry.registered_at),
        }
        return (
            State.DUPLICATE,
            entry.id,
            first,
            (Finding("DUP-INVOICE", Severity.INFO, "invoice_number", params=params),),
        )
    return State.REGISTERED, entry.id, None, (Finding("DUP-COMPANION", Severity.INFO),)


def _insert_entry(connection: sa.Connection, identity: str, key: str, invoice: Invoice, sender: str) -> bool:
    total = parse_money(invoice.value("total"))
    values = {name: invoice.value(name) for name in _COPIED}
    # A paper itinerary has no number but that of its ticket.
    values["invoice_number"] = values["invoice_number"] or invoice.value("ticket_number")
    try:
        with connection.begin_nested():
            connection.execute(
                entries.insert().values(
                    id=identity,
                    key=key,
                    kind=invoice.kind.value,
                    total_cents=int(total * Decimal(100)) if total is not None else None,
                    sender=sender,
                    registered_at=time.time(),
                    **values,
                )
            )
    except sa.exc.IntegrityError:
        return False
    return True


def _document_state(outcome: Outcome, states: list[State]) -> State:
    """The state of a document with several invoices is that of the one that needs people most."""
    if outcome.verdict is Verdict.REJECT:
        return State.REJECTED
    if not states or (outcome.verdict is Verdict.REVIEW and set(states) <= {State.REGISTERED}):
        return State.IN_REVIEW
    if State.REJECTED in states and set(states) != {State.REJECTED}:
        return State.IN_REVIEW
    return next(state for state in _ENTRY_PRECEDENCE if state in states)


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
