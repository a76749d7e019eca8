"""What a person may see, as conditions of queries: the one place that every list, count, search and answer asks."""

from __future__ import annotations

import sqlalchemy as sa

from intake.store.tables import (
    documents,
    entries,
    events,
    invoices,
    reconciliation_rows,
    submissions,
    tax_lists,
    tax_rows,
)
from models.sight import Sight

Condition = sa.ColumnElement[bool]


def entries_seen(sight: Sight, rows: sa.FromClause = entries) -> Condition:
    """The entries that somebody may see; ``rows`` are the entries, or what copies their columns."""
    if sight.everything:
        return sa.true()
    if sight.own_only:
        return rows.c.sender == sight.name
    fits = sa.and_(_among(rows.c.buyer_tax_id, sight.companies), _among(rows.c.department, sight.departments))
    return sa.or_(rows.c.sender == sight.name, fits)


def documents_seen(sight: Sight) -> Condition:
    """The documents that somebody may see: a company counts once an invoice of it names one as its buyer."""
    if sight.everything:
        return sa.true()
    bought = invoices.alias("bought")
    names_ours = sa.and_(bought.c.document_id == documents.c.id, _among(bought.c.buyer_tax_id, sight.companies))
    of_company = sa.select(bought.c.id).where(names_ours).correlate(documents).exists()
    theirs = _among(submissions.c.department, sight.departments)
    fits = theirs if sight.companies is None else sa.and_(theirs, of_company)
    # Asked of one document after the other: the lists of all that is seen would be made anew by every query.
    sent = sa.and_(submissions.c.id == documents.c.submission_id, sa.or_(_own(sight), fits))
    return sa.select(submissions.c.id).where(sent).correlate(documents).exists()


def reconciled_seen(sight: Sight) -> Condition:
    """The rows of a reconciliation that somebody may see; its query has ``entries`` joined.

    An invoice that only the tax authority knows has no sender and no department: the company alone says whose it is.
    """
    if sight.everything:
        return sa.true()
    of_company = _among(reconciliation_rows.c.company, sight.companies)
    listed = sa.false() if sight.departments is not None else of_company
    here = reconciliation_rows.c.entry_id.is_not(None)
    return sa.or_(sa.and_(here, entries_seen(sight)), sa.and_(~here, listed))


def invoices_seen(sight: Sight) -> Condition:
    """The invoices that somebody may see: those of the documents that they may see."""
    if sight.everything:
        return sa.true()
    own = sa.select(documents.c.id).where(documents.c.id == invoices.c.document_id, documents_seen(sight))
    return own.correlate(invoices).exists()


def tax_rows_seen(sight: Sight) -> Condition:
    """The rows of the tax authority's lists that somebody may see: no sender stands behind them, so no department."""
    if sight.departments is not None:
        return sa.false()
    return _among(tax_rows.c.buyer_tax_id, sight.companies)


def tax_lists_seen(sight: Sight) -> Condition:
    """The lists of whose existence and coverage somebody may know: those of their companies."""
    return sa.or_(tax_lists.c.company.is_(None), _among(tax_lists.c.company, sight.companies))


def submissions_seen(sight: Sight) -> Condition:
    """The submissions that somebody may see: their own, and those that hold a document that they may see."""
    if sight.everything:
        return sa.true()
    return sa.or_(_own(sight), submissions.c.id.in_(sa.select(documents.c.submission_id).where(documents_seen(sight))))


def events_seen(sight: Sight) -> Condition:
    """The events of documents that somebody may see; those of no document are seen with what they belong to."""
    if sight.everything:
        return sa.true()
    visible = sa.select(documents.c.id).where(documents.c.id == events.c.document_id, documents_seen(sight))
    return sa.or_(events.c.document_id.is_(None), visible.correlate(events).exists())


def audited(sight: Sight) -> Condition:
    """The events that an auditor may see: those of documents and entries that they may see.

    What belongs to neither (sign-ins, rights, keys, packs, lists) is for those who see everything.
    """
    if sight.everything:
        return sa.true()
    of_document = sa.select(documents.c.id).where(documents.c.id == events.c.document_id, documents_seen(sight))
    of_entry = sa.select(entries.c.id).where(entries.c.id == events.c.entry_id, entries_seen(sight))
    return sa.or_(of_document.correlate(events).exists(), of_entry.correlate(events).exists())


def unseen(connection: sa.Connection, named: frozenset[str], sight: Sight) -> frozenset[str]:
    """Which of these entries and documents somebody may not see."""
    if sight.everything or not named:
        return frozenset()
    seen = sa.union(
        sa.select(entries.c.id).where(entries.c.id.in_(named), entries_seen(sight)),
        sa.select(documents.c.id).where(documents.c.id.in_(named), documents_seen(sight)),
    )
    return named - set(connection.execute(seen).scalars())


def _own(sight: Sight) -> Condition:
    """What they sent, or what an app sent for them or they for others: either is theirs."""
    return sa.or_(submissions.c.sender == sight.name, submissions.c.person == sight.name)


def _among(column: sa.ColumnElement[str | None], allowed: frozenset[str] | None) -> Condition:
    return sa.true() if allowed is None else column.in_(sorted(allowed))
