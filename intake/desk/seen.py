"""What a person may see, as conditions of queries: the one place that every list, count, search and answer asks."""

from __future__ import annotations

import sqlalchemy as sa

from intake.store.tables import documents, entries, events, invoices, submissions
from models.sight import Sight

Condition = sa.ColumnElement[bool]


def entries_seen(sight: Sight) -> Condition:
    """The entries that somebody may see."""
    if sight.everything:
        return sa.true()
    fits = sa.and_(
        _among(entries.c.buyer_tax_id, sight.companies), _among(entries.c.department, sight.departments)
    )  # fmt: skip
    return sa.or_(entries.c.sender == sight.name, fits)


def documents_seen(sight: Sight) -> Condition:
    """The documents that somebody may see: a company counts once an invoice of it names one as its buyer."""
    if sight.everything:
        return sa.true()
    mine = sa.select(submissions.c.id).where(_own(sight))
    theirs = sa.select(submissions.c.id).where(_among(submissions.c.department, sight.departments))
    bought = sa.select(invoices.c.document_id).where(_among(invoices.c.buyer_tax_id, sight.companies))
    of_company = sa.true() if sight.companies is None else documents.c.id.in_(bought)
    return sa.or_(
        documents.c.submission_id.in_(mine), sa.and_(documents.c.submission_id.in_(theirs), of_company)
    )  # fmt: skip


def submissions_seen(sight: Sight) -> Condition:
    """The submissions that somebody may see: their own, and those that hold a document that they may see."""
    if sight.everything:
        return sa.true()
    return sa.or_(_own(sight), submissions.c.id.in_(sa.select(documents.c.submission_id).where(documents_seen(sight))))


def events_seen(sight: Sight) -> Condition:
    """The events of documents that somebody may see; those of no document are seen with what they belong to."""
    if sight.everything:
        return sa.true()
    visible = sa.select(documents.c.id).where(documents_seen(sight))
    return sa.or_(events.c.document_id.is_(None), events.c.document_id.in_(visible))


def _own(sight: Sight) -> Condition:
    return sa.or_(submissions.c.sender == sight.name, submissions.c.person == sight.name)


def _among(column: sa.ColumnElement[str | None], allowed: frozenset[str] | None) -> Condition:
    return sa.true() if allowed is None else column.in_(sorted(allowed))
