"""What a person decides: confirm with corrections, refuse with a reason, contest a return."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from intake.check import CheckContext, check
from intake.desk.services import Services
from intake.desk.settle import register
from intake.desk.views import NotFound
from intake.store.history import append, move
from intake.store.tables import documents, invoices, submissions
from models.document import State
from models.fields import FIELD_LABELS, MONEY_FIELDS
from models.finding import Finding, Severity, Verdict
from models.invoice import Invoice
from models.kinds import Kind
from models.money import money_text, parse_money
from models.outcome import Format
from models.reading import Field, Reading, Source
from models.serial import invoice_from, invoice_to

#: A person stands in for proof, so these findings are answered by the confirmation itself.
_ANSWERED = frozenset({"GATE-UNPROVEN", "GATE-NAME", "TYPE-UNKNOWN", "BUYER-ID-MISSING", "AMT-NEGATIVE"})


class NotInReview(ValueError):
    """The invoice is not waiting for a person."""


class StillWrong(ValueError):
    """The corrected invoice breaks a rule that a person cannot wave through."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(", ".join(finding.rule for finding in findings))
        self.findings = findings


def confirm(
    services: Services, invoice_id: str, *, actor: str, corrections: Mapping[str, str], kind: Kind | None = None
) -> State:
    """Register an invoice on a person's word, with corrected fields; the corrections stand beside the readings.

    Raises:
        NotFound: no such invoice. NotInReview: it is not waiting. StillWrong: it breaks a rejecting rule.
    """
    with services.database.begin() as connection:
        row, document = _waiting(connection, invoice_id)
        invoice = _corrected(invoice_from(json.loads(row.data)), corrections, kind)
        wrong = _wrong(services, invoice)
        if wrong:
            raise StillWrong(wrong)
        form = Format(json.loads(document.outcome)["format"])
        state, entry, _, extra = register(connection, document.id, form, invoice, document.sender)
        if state is State.IN_REVIEW:
            raise StillWrong(tuple(extra))
        _write(connection, invoice_id, state, entry, invoice)
        details = {"invoice": invoice_id, "corrections": dict(corrections)}
        append(
            connection,
            "confirmed",
            actor=actor,
            document_id=document.id,
            submission_id=document.submission_id,
            details=details,
        )
        _settle_document(connection, document.id, actor)
    return state


def refuse(services: Services, invoice_id: str, *, actor: str, reason: str) -> State:
    """Return an invoice on a person's word.

    Raises:
        NotFound: no such invoice. NotInReview: it is not waiting.
    """
    with services.database.begin() as connection:
        row, document = _waiting(connection, invoice_id)
        _write(connection, invoice_id, State.REJECTED, None, invoice_from(json.loads(row.data)))
        details = {"invoice": invoice_id, "reason": reason}
        append(
            connection,
            "refused",
            actor=actor,
            document_id=document.id,
            submission_id=document.submission_id,
            details=details,
        )
        _settle_document(connection, document.id, actor)
    return State.REJECTED


def contest(services: Services, invoice_id: str, *, actor: str, words: str) -> bool:
    """Ask a person to look at a returned invoice; False when it was not returned.

    Raises:
        NotFound: no such invoice.
    """
    with services.database.begin() as connection:
        row = connection.execute(sa.select(invoices).where(invoices.c.id == invoice_id)).one_or_none()
        if row is None:
            raise NotFound(invoice_id)
        if row.state != State.REJECTED.value or not move(connection, row.document_id, State.IN_REVIEW, actor=actor):
            return False
        connection.execute(invoices.update().where(invoices.c.id == invoice_id).values(state=State.IN_REVIEW.value))
        details = {"invoice": invoice_id, "words": words}
        append(connection, "contested", actor=actor, document_id=row.document_id, details=details)
    return True


def _waiting(
    connection: sa.Connection, invoice_id: str
) -> tuple[sa.Row[tuple[object, ...]], sa.Row[tuple[object, ...]]]:
    row = connection.execute(sa.select(invoices).where(invoices.c.id == invoice_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(invoice_id)
    if row.state != State.IN_REVIEW.value:
        raise NotInReview(invoice_id)
    joined = documents.join(submissions, documents.c.submission_id == submissions.c.id)
    document = connection.execute(
        sa.select(documents, submissions.c.sender).select_from(joined).where(documents.c.id == row.document_id)
    ).one()
    return row, document


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
    return dataclasses.replace(invoice, fields=fields, findings=(), kind=kind or invoice.kind)


def _wrong(services: Services, invoice: Invoice) -> tuple[Finding, ...]:
    """The rules that a person's word does not answer: what rejects, as it stands in the corrected invoice."""
    today = dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()
    settled = {
        name: Field(name, field.value, (Reading(field.value, Source.DERIVED),))
        for name, field in invoice.fields.items()
    }
    plain = dataclasses.replace(invoice, fields=settled)
    checked = check(plain, CheckContext(today, Format.UNKNOWN, services.settings.own_ids))
    missing = () if invoice.key else (Finding("INV-NUM-MISSING", Severity.REJECT),)
    grave = (finding for finding in checked.findings if finding.severity is Severity.REJECT)
    return (*missing, *(finding for finding in grave if finding.rule not in _ANSWERED))


def _write(connection: sa.Connection, invoice_id: str, state: State, entry: str | None, invoice: Invoice) -> None:
    verdict = Verdict.REJECT if state is State.REJECTED else Verdict.ACCEPT
    data = json.dumps(invoice_to(dataclasses.replace(invoice, verdict=verdict)), ensure_ascii=False)
    values = {"state": state.value, "entry_id": entry, "key": invoice.key, "data": data}
    connection.execute(invoices.update().where(invoices.c.id == invoice_id).values(**values))


def _settle_document(connection: sa.Connection, document_id: str, actor: str) -> None:
    """Once no invoice of the document waits, the document leaves review."""
    query = sa.select(invoices.c.state).where(invoices.c.document_id == document_id)
    states = {State(state) for state in connection.execute(query).scalars()}
    if State.IN_REVIEW not in states:
        after = State.REGISTERED if states & {State.REGISTERED, State.DUPLICATE} else State.REJECTED
        move(connection, document_id, after, actor=actor)
