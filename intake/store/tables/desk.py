"""What people and the house keep for their own work."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from intake.store.tables.metadata import metadata

#: Work that is done once a day, whoever does it: when it ran, and what came of it.
runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(20), nullable=False),
    Column("started_at", Float, nullable=False),
    #: The last sign of life of the process that runs it.
    Column("beat_at", Float, nullable=False),
    Column("ended_at", Float),
    #: Whether all was well; None while it runs, and when the work could not be done.
    Column("ok", Boolean),
    Column("details", Text, nullable=False),
    Index(None, "name", "started_at"),
)

#: What people tell us of the service itself, and where its answer stands (``models.report``).
reports = Table(
    "reports",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", Float, nullable=False),
    Column("reporter", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("about", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    #: Where it was written: the address of the page, and the document and rule that stood on it.
    Column("page", String(400), nullable=False),
    Column("document_id", String(32)),
    Column("rule", String(40)),
    Column("assignee", String(200)),
    Column("changed_at", Float, nullable=False),
    Index(None, "state", "at"),
    Index(None, "reporter", "at"),
)

#: What was said about a report since, by whom.
report_notes = Table(
    "report_notes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("report_id", String(32), ForeignKey("reports.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "report_id", "id"),
)

#: Filters of the ledger that somebody keeps under a name: a JSON object of filters, order and columns.
saved_views = Table(
    "saved_views",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(200), nullable=False),
    Column("name", String(100), nullable=False),
    Column("query", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("owner", "name"),
)

#: Each watched folder as its watcher found it last (``intake.desk.folders``); a row is overwritten at every look.
folders = Table(
    "folders",
    metadata,
    Column("path", String(400), primary_key=True),
    Column("name", String(200), nullable=False),
    #: Under whose name its files are taken in.
    Column("sender", String(200), nullable=False),
    Column("scanned_at", Float, nullable=False),
    #: Files that lie there, and files that were taken and have no outcome yet.
    Column("lying", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("stuck_count", Integer, nullable=False),
    #: The first of the stuck ones: a JSON list of file, why, since.
    Column("stuck", Text, nullable=False),
    #: What kept the watcher from looking; None when nothing did.
    Column("trouble", String(100)),
)

#: Each mailbox as the mail door found it last (``intake.desk.mailboxes``); a row is overwritten at every look.
mailboxes = Table(
    "mailboxes",
    metadata,
    Column("mailbox", String(400), primary_key=True),
    Column("looked_at", Float, nullable=False),
    #: The last look that went well; 0 before the first.
    Column("read_at", Float, nullable=False),
    #: What kept the door from reading at the last one; None when nothing did.
    Column("trouble", String(100)),
)

#: Every message of a mailbox that was dealt with, by the number that the server gave it for good (RFC 9051, 2.3.1.1).
mails = Table(
    "mails",
    metadata,
    Column("mailbox", String(400), primary_key=True),
    Column("validity", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    #: The submission that its files are, or the report that tells why there is none; neither: it was gone.
    Column("submission_id", String(32)),
    Column("report_id", String(32)),
    Index(None, "mailbox", "at"),
)
