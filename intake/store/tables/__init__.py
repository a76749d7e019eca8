"""The tables. Times are seconds since 1970 (UTC); money is kept as printed and as whole cents."""

from __future__ import annotations

from intake.store.tables.desk import folders, mailboxes, mails, report_notes, reports, runs, saved_views
from intake.store.tables.ledger import documents, entries, events, findings, holds, invoices, policies, submissions
from intake.store.tables.metadata import metadata
from intake.store.tables.partners import deliveries, endpoints
from intake.store.tables.people import api_keys, sessions, users
from intake.store.tables.tax import (
    alarms,
    checks,
    reconciliation_links,
    reconciliation_rows,
    reconciliations,
    tax_lists,
    tax_rows,
)

__all__ = [
    "alarms",
    "api_keys",
    "checks",
    "deliveries",
    "documents",
    "endpoints",
    "entries",
    "events",
    "findings",
    "folders",
    "holds",
    "invoices",
    "mailboxes",
    "mails",
    "metadata",
    "policies",
    "reconciliation_links",
    "reconciliation_rows",
    "reconciliations",
    "report_notes",
    "reports",
    "runs",
    "saved_views",
    "sessions",
    "submissions",
    "tax_lists",
    "tax_rows",
    "users",
]
