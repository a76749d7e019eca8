"""Contests: whoever sent it says that a returned invoice is right, and a person looks."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.desk.register import copied
from intake.desk.services import Services
from intake.desk.statistics import note_contest
from intake.desk.views import NotFound
from intake.errors import IntakeError
from intake.store.history import append, move
from intake.store.tables import documents, findings, invoices
from models.document import State
from models.finding import Severity
from models.invoice import Invoice
from models.kinds import Kind
from models.serial import invoice_to


class NotItsRule(IntakeError):
    """The invoice was not returned because of this rule."""

    def __init__(self, rule: str, known: Sequence[str]) -> None:
        super().__init__(rule)
        self.rule, self.known = rule, tuple(known)


def contest(services: Services, invoice_id: str, *, actor: str, words: str, rule: str | None = None) -> bool:
    """Ask a person to look at a returned invoice; False when it was not returned.

    ``rule`` is the one that is said to be wrong; None: every rule that returned it.

    Raises:
        NotFound: no such invoice. NotItsRule: ``rule`` did not return it.
    """
    with services.database.begin() as connection:
        query = sa.select(invoices).where(invoices.c.id == invoice_id).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(invoice_id)
        return row.state == State.REJECTED.value and _open(connection, row, actor, words, rule)


def contest_document(services: Services, document_id: str, *, actor: str, words: str) -> str | None:
    """Ask a person to look at a returned document in which no invoice was found; None when it was not returned.

    Gives the invoice, empty as yet, that stands in the review queue for it.

    Raises:
        NotFound: no such document.
    """
    with services.database.begin() as connection:
        document = connection.execute(sa.select(documents).where(documents.c.id == document_id)).one_or_none()
        if document is None:
            raise NotFound(document_id)
        known = connection.execute(sa.select(invoices.c.id).where(invoices.c.document_id == document_id)).first()
        if document.state != State.REJECTED.value or known:
            return None
        identity = write_blank(connection, document_id, 0, State.REJECTED)
        row = connection.execute(sa.select(invoices).where(invoices.c.id == identity)).one()
        _open(connection, row, actor, words, None)
    return identity


def write_blank(connection: sa.Connection, document_id: str, position: int, state: State) -> str:
    """Keep an invoice of which nothing was read, so that a person can fill it in or return it; gives its id."""
    identity, blank = uuid.uuid4().hex, Invoice(Kind.UNKNOWN, 1, {})
    data = json.dumps(invoice_to(blank), ensure_ascii=False)
    values = {"id": identity, "document_id": document_id, "position": position, "state": state.value, "data": data}
    connection.execute(invoices.insert().values(**values, **copied(blank)))
    return identity


def _open(connection: sa.Connection, row: Any, actor: str, words: str, rule: str | None) -> bool:
    known = _returning(connection, row)
    if rule is not None and rule not in known:
        raise NotItsRule(rule, known)
    named = [rule] if rule else known
    move(connection, row.document_id, State.IN_REVIEW, actor=actor)
    values = {"state": State.IN_REVIEW.value, "decided_by": None, "decided_at": None, "confirmed_by": None}
    connection.execute(invoices.update().where(invoices.c.id == row.id).values(**values))
    note_contest(connection, row.document_id, row.id, named)
    submission = connection.execute(
        sa.select(documents.c.submission_id).where(documents.c.id == row.document_id)
    ).scalar_one()
    append(
        connection, "contested", actor=actor, document_id=row.document_id, submission_id=submission,
        details={"invoice": row.id, "words": words, "rules": named},
    )  # fmt: skip
    return True


def _returning(connection: sa.Connection, row: Any) -> list[str]:
    """The rules that returned an invoice, or the whole document that it came in."""
    mine = (findings.c.invoice_id == row.id) | findings.c.invoice_id.is_(None)
    query = (
        sa.select(findings.c.rule)
        .where(findings.c.document_id == row.document_id, mine, findings.c.severity == Severity.REJECT.value)
        .order_by(findings.c.id)
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))
