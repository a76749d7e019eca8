"""What people decide: hold, confirm with corrections, refuse with a reason, undo."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from intake.desk.carriers import carrying
from intake.desk.corrections import StillWrong, corrected, silenced, still_wrong
from intake.desk.policies import policy_at
from intake.desk.register import Sender, copied, register
from intake.desk.services import Services
from intake.desk.settle import document_state
from intake.desk.statistics import OVERTURNED, UPHELD, forget_rule, note_findings, note_ruling
from intake.desk.views import NotFound
from intake.errors import IntakeError
from intake.store.entries import change
from intake.store.history import append, move
from intake.store.tables import documents, entries, invoices, submissions
from models.document import State
from models.entry import Booking
from models.finding import Finding, Severity, Verdict
from models.invoice import Invoice
from models.kinds import Kind
from models.money import parse_money
from models.outcome import Format
from models.policy import Policy
from models.serial import invoice_from, invoice_to
from models.terms import REFUSALS as REFUSALS

#: For how long a document stays with who opened it, and for how long a decision can be taken back; seconds.
HOLD_SECONDS, UNDO_SECONDS = 600.0, 1800.0
_REFUSED = "DESK-REFUSED"


class NotInReview(ValueError):
    """The invoice is not waiting for a person."""


class Held(IntakeError):
    """Somebody else is looking at it."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"held by {holder}")
        self.holder = holder


class SecondPersonNeeded(IntakeError):
    """Who confirmed it first cannot be the second person as well."""


class CannotUndo(IntakeError):
    """The decision is not this person's, is too old, or something was built on it."""


class UnknownReason(IntakeError):
    """``REFUSALS`` has no such reason."""


def hold(services: Services, invoice_id: str, *, actor: str) -> float:
    """Take an invoice in review for oneself, or keep it for longer; gives until when.

    Raises:
        NotFound, NotInReview. Held: somebody else has it.
    """
    until = time.time() + HOLD_SECONDS
    with services.database.begin() as connection:
        _waiting(connection, invoice_id, actor)
        values = {"held_by": actor, "held_until": until}
        connection.execute(invoices.update().where(invoices.c.id == invoice_id).values(**values))
    return until


def release(services: Services, invoice_id: str, *, actor: str) -> None:
    """Give an invoice back before its time; nothing happens when somebody else holds it."""
    mine = (invoices.c.id == invoice_id) & (invoices.c.held_by == actor)
    with services.database.begin() as connection:
        connection.execute(invoices.update().where(mine).values(held_by=None, held_until=None))


def confirm(
    services: Services,
    invoice_id: str,
    *,
    actor: str,
    corrections: Mapping[str, str],
    kind: Kind | None = None,
    waived: Sequence[str] = (),
) -> State:
    """Register an invoice on a person's word, with corrected fields; the corrections stand beside the readings.

    ``waived``: rules that the person lets pass this time (``corrections.may_waive``). From the policy's amount on the
    first word only prepares it: it stays in review until a second person confirms the same, without changing it.

    Raises:
        NotFound, NotInReview, Held, UnknownField. StillWrong: it breaks a rule. SecondPersonNeeded: it was this person
        who confirmed it first.
    """
    with services.database.begin() as connection:
        row, document = _waiting(connection, invoice_id, actor)
        policy = policy_at(connection, document.received_at)
        known = invoice_from(json.loads(row.data))
        invoice = corrected(known, corrections, kind)
        wrong = still_wrong(policy, document.received_at, invoice, _typed(known, invoice), waived)
        if wrong:
            raise StillWrong(wrong)
        details = {"invoice": invoice_id, "corrections": dict(corrections), "waived": list(waived)}
        if _needs_another(policy, known, invoice, row.confirmed_by, actor):
            _keep(connection, invoice_id, invoice, confirmed_by=actor, held_by=None, held_until=None)
            _note(connection, "confirmed_first", actor, document, details)
            return State.IN_REVIEW
        form = Format(json.loads(document.outcome)["format"])
        settled = register(connection, document.id, form, invoice, Sender(document.sender, document.department))
        if settled.state is State.IN_REVIEW:
            raise StillWrong(settled.findings)
        told = (*_without_refusal(invoice).findings, *settled.findings)
        said = dataclasses.replace(invoice, findings=told, verdict=Verdict.ACCEPT)
        _decide(connection, invoice_id, said, settled.state, settled.entry_id, actor)
        note_ruling(connection, document.id, invoice_id, OVERTURNED)
        note_ruling(connection, document.id, invoice_id, UPHELD, silenced(policy, document.received_at, known, invoice))
        _note(connection, "confirmed", actor, document, details)
        _settle_document(connection, document.id, actor)
    return settled.state


def refuse(services: Services, invoice_id: str, *, actor: str, reason: str, words: str = "") -> State:
    """Return an invoice on a person's word; ``reason`` is a key of ``REFUSALS``, ``words`` what they add.

    Raises:
        NotFound, NotInReview, Held, UnknownReason.
    """
    if reason not in REFUSALS:
        raise UnknownReason(reason)
    words = " ".join(words.split())
    with services.database.begin() as connection:
        row, document = _waiting(connection, invoice_id, actor)
        told = {"reason": f"@refusal.{reason}", "words": f" ({words})" if words else ""}
        refusal = Finding(_REFUSED, Severity.REJECT, params=told)
        known = _without_refusal(invoice_from(json.loads(row.data)))
        said = dataclasses.replace(known, findings=(refusal, *known.findings), verdict=Verdict.REJECT)
        _decide(connection, invoice_id, said, State.REJECTED, None, actor)
        note_ruling(connection, document.id, invoice_id, UPHELD)
        note_findings(connection, document.id, [refusal], invoice_id)
        _note(connection, "refused", actor, document, {"invoice": invoice_id, "reason": reason, "words": words})
        _settle_document(connection, document.id, actor)
    return State.REJECTED


def undo(services: Services, invoice_id: str, *, actor: str) -> None:
    """Take one's own decision back: the invoice waits again, and the entry that it made is withdrawn, not deleted.

    Raises:
        NotFound. CannotUndo: see there.
    """
    with services.database.begin() as connection:
        row = _invoice_row(connection, invoice_id)
        late = row.decided_at is None or time.time() - row.decided_at > UNDO_SECONDS
        if row.decided_by != actor or late:
            raise CannotUndo(invoice_id)
        if row.state == State.REGISTERED.value:
            _withdraw(connection, row.entry_id, invoice_id, actor)
        if row.state == State.REJECTED.value:
            forget_rule(connection, invoice_id, _REFUSED)
        open_again = {"state": State.IN_REVIEW.value, "entry_id": None, "decided_by": None, "decided_at": None}
        known = _before_decision(invoice_from(json.loads(row.data)))
        _keep(connection, invoice_id, dataclasses.replace(known, verdict=Verdict.REVIEW), **open_again)
        note_ruling(connection, row.document_id, invoice_id, None)
        move(connection, row.document_id, State.IN_REVIEW, actor=actor)
        _note(connection, "undone", actor, _document(connection, row.document_id), {"invoice": invoice_id})


def _without_refusal(invoice: Invoice) -> Invoice:
    return dataclasses.replace(invoice, findings=tuple(one for one in invoice.findings if one.rule != _REFUSED))


def _before_decision(invoice: Invoice) -> Invoice:
    """The invoice without what only the decision made true: the refusal, or that it joined or repeats an entry."""
    made = (_REFUSED, "DUP-INVOICE", "DUP-COMPANION")
    return dataclasses.replace(invoice, findings=tuple(one for one in invoice.findings if one.rule not in made))


def _typed(known: Invoice, invoice: Invoice) -> frozenset[str]:
    """The fields that a person gave another value, or a value at all."""
    return frozenset(name for name in {*known.fields, *invoice.fields} if known.value(name) != invoice.value(name))


def _needs_another(policy: Policy, known: Invoice, invoice: Invoice, first: str | None, actor: str) -> bool:
    """Whether a second person must confirm it as well.

    The largest total counts that was ever read or typed, or else a correction could slip below the limit. Who changes
    what another has confirmed is the first of two again: the second person confirms, and changes nothing.
    """
    limit = policy.second_person_above
    field = invoice.fields.get("total")
    said = [abs(parse_money(one.value) or Decimal(0)) for one in field.readings] if field else []
    if limit is None or max(said, default=Decimal(0)) < limit:
        return False
    if first is None or invoice.kind is not known.kind or _typed(known, invoice):
        return True
    if first == actor:
        raise SecondPersonNeeded(actor)
    return False


def _invoice_row(connection: sa.Connection, invoice_id: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(invoices).where(invoices.c.id == invoice_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(invoice_id)
    return row


def _document(connection: sa.Connection, document_id: str) -> sa.Row[Any]:
    joined = documents.join(submissions, documents.c.submission_id == submissions.c.id)
    columns = (documents, submissions.c.sender, submissions.c.department)
    query = sa.select(*columns).select_from(joined).where(documents.c.id == document_id)
    return connection.execute(query).one()


def _waiting(connection: sa.Connection, invoice_id: str, actor: str) -> tuple[sa.Row[Any], sa.Row[Any]]:
    row = _invoice_row(connection, invoice_id)
    if row.state != State.IN_REVIEW.value:
        raise NotInReview(invoice_id)
    if row.held_by not in (None, actor) and (row.held_until or 0.0) > time.time():
        raise Held(row.held_by)
    return row, _document(connection, row.document_id)


def _decide(
    connection: sa.Connection, invoice_id: str, invoice: Invoice, state: State, entry: str | None, actor: str
) -> None:
    decided = {"decided_by": actor, "decided_at": time.time(), "held_by": None, "held_until": None}
    _keep(connection, invoice_id, invoice, state=state.value, entry_id=entry, **decided)


def _keep(connection: sa.Connection, invoice_id: str, invoice: Invoice, **values: object) -> None:
    data = json.dumps(invoice_to(invoice), ensure_ascii=False)
    query = invoices.update().where(invoices.c.id == invoice_id)
    connection.execute(query.values(data=data, **copied(invoice), **values))


def _withdraw(connection: sa.Connection, entry_id: str, invoice_id: str, actor: str) -> None:
    """Withdraw an entry that stands on this invoice alone, and that no claim, no booking and no archive has used."""
    entry = connection.execute(sa.select(entries).where(entries.c.id == entry_id).with_for_update()).one()
    others = sa.select(sa.func.count()).where(carrying([entry_id]), invoices.c.id != invoice_id)
    if entry.used_by or entry.booking != Booking.OPEN.value or entry.archived_at is not None:
        raise CannotUndo(invoice_id)
    if not connection.execute(others).scalar_one():
        change(connection, entry_id, "withdrawn", actor=actor, details={"invoice": invoice_id})


def _note(
    connection: sa.Connection, what: str, actor: str, document: sa.Row[Any], details: Mapping[str, object]
) -> None:
    append(
        connection, what, actor=actor, document_id=document.id, submission_id=document.submission_id, details=details
    )


def _settle_document(connection: sa.Connection, document_id: str, actor: str) -> None:
    """Once no invoice of the document waits, the document leaves review."""
    query = sa.select(invoices.c.state).where(invoices.c.document_id == document_id)
    states = {State(state) for state in connection.execute(query).scalars()}
    if State.IN_REVIEW not in states:
        move(connection, document_id, document_state(tuple(states)), actor=actor)
