"""What people decide: hold, confirm with corrections, refuse with a reason, undo, contest a return."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from intake.check import CheckContext, check
from intake.check.catalogue import Checked, rules
from intake.desk.policies import day_of, policy_at
from intake.desk.register import Sender, copied, register, total_cents
from intake.desk.services import Services
from intake.desk.statistics import OVERTURNED, UPHELD, note_contest, note_ruling
from intake.desk.views import NotFound
from intake.errors import IntakeError
from intake.store.entries import change
from intake.store.history import append, move
from intake.store.tables import documents, entries, invoices, submissions
from models.document import State
from models.entry import Booking
from models.fields import FIELD_LABELS, MONEY_FIELDS
from models.finding import Finding, Severity, Verdict
from models.invoice import Invoice
from models.kinds import Kind
from models.money import money_text, parse_money
from models.outcome import Format
from models.policy import Policy
from models.reading import Field, Reading, Source
from models.serial import invoice_from, invoice_to
from models.terms import REFUSALS as REFUSALS

#: A person stands in for proof, so these findings are answered by the confirmation itself.
_ANSWERED = frozenset({"GATE-UNPROVEN", "GATE-NAME", "TYPE-UNKNOWN", "BUYER-ID-MISSING", "AMT-NEGATIVE"})
#: For how long a document stays with who opened it, and for how long a decision can be taken back; seconds.
HOLD_SECONDS, UNDO_SECONDS = 600.0, 1800.0


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


class StillWrong(ValueError):
    """The corrected invoice breaks a rule that a person cannot wave through."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(", ".join(finding.rule for finding in findings))
        self.findings = findings


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

    ``waived``: rules of the company (not of the law) that the person lets pass this time. From the policy's amount on
    the first word only prepares it: it stays in review until a second person confirms.

    Raises:
        NotFound, NotInReview, Held. StillWrong: it breaks a rejecting rule. SecondPersonNeeded: it was this person who
        confirmed it first.
    """
    with services.database.begin() as connection:
        row, document = _waiting(connection, invoice_id, actor)
        policy = policy_at(connection, document.received_at)
        invoice = _corrected(invoice_from(json.loads(row.data)), corrections, kind)
        wrong = _wrong(policy, document.received_at, invoice, waived)
        if wrong:
            raise StillWrong(wrong)
        details = {"invoice": invoice_id, "corrections": dict(corrections), "waived": list(waived)}
        if _needs_another(policy, invoice, row.confirmed_by, actor):
            _keep(connection, invoice_id, invoice, confirmed_by=actor, held_by=None, held_until=None)
            _note(connection, "confirmed_first", actor, document, details)
            return State.IN_REVIEW
        form = Format(json.loads(document.outcome)["format"])
        sender = Sender(document.sender, document.department)
        settled = register(connection, document.id, form, invoice, sender)
        if settled.state is State.IN_REVIEW:
            raise StillWrong(settled.findings)
        _decide(connection, invoice_id, invoice, settled.state, settled.entry_id, actor)
        note_ruling(connection, invoice_id, OVERTURNED)
        _note(connection, "confirmed", actor, document, details)
        _settle_document(connection, document.id, actor)
    return settled.state


def refuse(services: Services, invoice_id: str, *, actor: str, reason: str, words: str = "") -> State:
    """Return an invoice on a person's word; ``reason`` is a key of ``REFUSALS``, ``words`` what they add.

    Raises:
        NotFound, NotInReview, Held.
    """
    with services.database.begin() as connection:
        row, document = _waiting(connection, invoice_id, actor)
        _decide(connection, invoice_id, invoice_from(json.loads(row.data)), State.REJECTED, None, actor)
        note_ruling(connection, invoice_id, UPHELD)
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
        values = {"state": State.IN_REVIEW.value, "entry_id": None, "decided_by": None, "decided_at": None}
        connection.execute(invoices.update().where(invoices.c.id == invoice_id).values(**values))
        note_ruling(connection, invoice_id, None)
        move(connection, row.document_id, State.IN_REVIEW, actor=actor)
        document = _document(connection, row.document_id)
        _note(connection, "undone", actor, document, {"invoice": invoice_id})


def contest(services: Services, invoice_id: str, *, actor: str, words: str, rule: str | None = None) -> bool:
    """Ask a person to look at a returned invoice; False when it was not returned.

    ``rule`` is the one that is said to be wrong; None: every rule that rejected it.

    Raises:
        NotFound: no such invoice.
    """
    with services.database.begin() as connection:
        row = _invoice_row(connection, invoice_id)
        if row.state != State.REJECTED.value or not move(connection, row.document_id, State.IN_REVIEW, actor=actor):
            return False
        values = {"state": State.IN_REVIEW.value, "decided_by": None, "decided_at": None}
        connection.execute(invoices.update().where(invoices.c.id == invoice_id).values(**values))
        told = invoice_from(json.loads(row.data)).findings
        named = [rule] if rule else [one.rule for one in told if one.severity is Severity.REJECT]
        note_contest(connection, invoice_id, named)
        details = {"invoice": invoice_id, "words": words, "rules": named}
        _note(connection, "contested", actor, _document(connection, row.document_id), details)
    return True


def _needs_another(policy: Policy, invoice: Invoice, first: str | None, actor: str) -> bool:
    limit, cents = policy.second_person_above, total_cents(invoice)
    if limit is None or cents is None or abs(cents) < limit * 100:
        return False
    if first == actor:
        raise SecondPersonNeeded(actor)
    return first is None


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


def _corrected(invoice: Invoice, corrections: Mapping[str, str], kind: Kind | None) -> Invoice:
    fields = dict(invoice.fields)
    for name, text in corrections.items():
        if name not in FIELD_LABELS or not text.strip():
            continue
        amount = parse_money(text) if name in MONEY_FIELDS else None
        value = money_text(amount) if amount is not None else text.strip()
        readings = fields[name].readings if name in fields else ()
        word = Reading(value, Source.DERIVED, 1.0, invoice.page)
        fields[name] = Field(name, value, (word, *readings))
    return dataclasses.replace(invoice, fields=fields, kind=kind or invoice.kind)


def _wrong(policy: Policy, received_at: float, invoice: Invoice, waived: Sequence[str]) -> tuple[Finding, ...]:
    """The rules that a person's word does not answer: what rejects, as it stands in the corrected invoice."""
    settled = {
        name: Field(name, field.value, (Reading(field.value, Source.DERIVED),))
        for name, field in invoice.fields.items()
    }
    plain = dataclasses.replace(invoice, fields=settled, findings=())
    checked = check(plain, CheckContext(day_of(received_at), Format.UNKNOWN, policy))
    missing = () if invoice.key else (Finding("INV-NUM-MISSING", Severity.REJECT),)
    passed = _ANSWERED | {rule for rule in waived if rule in rules() and rules()[rule].checked is Checked.POLICY}
    grave = (finding for finding in checked.findings if finding.severity is Severity.REJECT)
    return (*missing, *(finding for finding in grave if finding.rule not in passed))


def _decide(
    connection: sa.Connection, invoice_id: str, invoice: Invoice, state: State, entry: str | None, actor: str
) -> None:
    verdict = Verdict.REJECT if state is State.REJECTED else Verdict.ACCEPT
    decided = {"decided_by": actor, "decided_at": time.time(), "held_by": None, "held_until": None}
    invoice = dataclasses.replace(invoice, verdict=verdict)
    _keep(connection, invoice_id, invoice, state=state.value, entry_id=entry, **decided)


def _keep(connection: sa.Connection, invoice_id: str, invoice: Invoice, **values: object) -> None:
    data = json.dumps(invoice_to(invoice), ensure_ascii=False)
    query = invoices.update().where(invoices.c.id == invoice_id)
    connection.execute(query.values(data=data, **copied(invoice), **values))


def _withdraw(connection: sa.Connection, entry_id: str, invoice_id: str, actor: str) -> None:
    """Withdraw an entry that stands on this invoice alone and that nobody has used, booked or archived."""
    entry = connection.execute(sa.select(entries).where(entries.c.id == entry_id).with_for_update()).one()
    others = connection.execute(
        sa.select(sa.func.count()).where(invoices.c.entry_id == entry_id, invoices.c.id != invoice_id)
    ).scalar_one()
    if entry.used_by or entry.booking == Booking.BOOKED.value or entry.archived_at is not None:
        raise CannotUndo(invoice_id)
    if not others:
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
        after = State.REGISTERED if states & {State.REGISTERED, State.DUPLICATE} else State.REJECTED
        move(connection, document_id, after, actor=actor)
