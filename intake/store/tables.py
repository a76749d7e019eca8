"""The tables. Times are seconds since 1970 (UTC); money is kept as printed and as whole cents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from models.numbers import number_end

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("client_key", String(200), unique=True),
    Column("sender", String(200), nullable=False),
    #: Where the sender belongs, as far as it is known; it says who else may see what was sent.
    Column("department", String(100)),
    Column("door", String(20), nullable=False),
    Column("created_at", Float, nullable=False),
    Index(None, "sender", "created_at"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("submission_id", String(32), ForeignKey("submissions.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("filename", String(400), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("express", Boolean, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("lease_until", Float),
    Column("received_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Column("outcome", Text),
    Column("reason", Text),
    Column("duplicate_of", String(32)),
    #: The earlier document that this one was sent to mend.
    Column("mends", String(32)),
    Index(None, "submission_id"),
    Index(None, "sha256"),
    Index(None, "state", "updated_at"),
    Index(None, "mends", sqlite_where=text("mends IS NOT NULL"), postgresql_where=text("mends IS NOT NULL")),
    Index(None, "filename"),
    Index(None, "received_at"),
)

#: The ledger. Every row is what its events make of it (``intake.store.entries``), and is changed nowhere else.
entries = Table(
    "entries",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("invoice_code", String(12)),
    Column("invoice_number", String(20), nullable=False),
    Column("issue_date", String(10)),
    Column("amount_excl_tax", String(30)),
    Column("tax", String(30)),
    Column("total", String(30)),
    Column("amount_cents", BigInteger),
    Column("tax_cents", BigInteger),
    Column("total_cents", BigInteger),
    Column("buyer_name", String(400)),
    Column("buyer_tax_id", String(30)),
    Column("seller_name", String(400)),
    Column("seller_tax_id", String(30)),
    #: What was bought: the names of the line items, a line each.
    Column("items", Text),
    #: The issuing region: digits 3-4 of a 20-digit number, 91 to 95 for the plan cities (``models.regions``).
    Column("region", String(2)),
    Column("sender", String(200), nullable=False),
    Column("department", String(100)),
    Column("registered_at", Float, nullable=False),
    #: Set when the decision that made it was undone; an entry is never deleted.
    Column("withdrawn_at", Float),
    #: The claim that it was paid with: one, for ever.
    Column("used_by", String(200)),
    Column("used_at", Float),
    #: Its life beside registration (``models.entry``).
    Column("verification", String(12), nullable=False),
    Column("verified_at", Float),
    Column("reconciliation", String(12), nullable=False),
    Column("booking", String(12), nullable=False),
    Column("booked_as", String(40)),
    Column("archived_at", Float),
    #: How many events made it, and when the last one happened.
    Column("revision", Integer, nullable=False),
    Column("changed_at", Float, nullable=False),
    #: All of it that can be searched, in the forms of ``models.search_text``: joined, and laid out for an index.
    Column("words", Text, nullable=False),
    Column("searched", Text, nullable=False),
    Index(None, "registered_at", "id"),
    Index(None, "issue_date", "id"),
    Index(None, "total_cents", "id"),
    Index(None, "invoice_number"),
    Index(None, "region", "issue_date"),
)

invoices = Table(
    "invoices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("document_id", String(32), ForeignKey("documents.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("key", String(64)),
    Column("entry_id", String(32), ForeignKey("entries.id")),
    Column("data", Text, nullable=False),
    #: Copies of what its fields say, so that it is found before it is registered, and when it never is.
    Column("invoice_number", String(20)),
    #: Its last four characters, by which a number is found from its end.
    Column("number_end", String(4)),
    Column("issue_date", String(10)),
    Column("total_cents", BigInteger),
    Column("seller_name", String(400)),
    Column("buyer_tax_id", String(30)),
    Column("region", String(2)),
    Column("words", Text),
    #: What its page looks like: 1024 bits in hexadecimal.
    Column("likeness", String(256)),
    #: Who is looking at it, and until when nobody else may decide.
    Column("held_by", String(200)),
    Column("held_until", Float),
    #: The first of two people who must confirm it.
    Column("confirmed_by", String(200)),
    Column("decided_by", String(200)),
    Column("decided_at", Float),
    UniqueConstraint("document_id", "position"),
    Index(None, "key"),
    Index(None, "entry_id"),
    Index(None, "state"),
    Index(None, "total_cents"),
    Index(None, "invoice_number"),
    Index(None, "number_end"),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("what", String(40), nullable=False),
    Column("document_id", String(32)),
    Column("submission_id", String(32)),
    Column("entry_id", String(32)),
    Column("details", Text, nullable=False),
    Column("algorithm", String(20), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "document_id"),
    Index(None, "submission_id", "id"),
    Index(None, "entry_id", "id"),
)

#: One row for every time that a rule spoke against an invoice, so that a bad rule shows.
findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("rule", String(40), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("document_id", String(32), ForeignKey("documents.id"), nullable=False),
    Column("invoice_id", String(32)),
    Column("contested_at", Float),
    #: What became of a contest: overturned, upheld, or nothing yet.
    Column("ruling", String(12)),
    Index(None, "rule", "at"),
    Index(None, "document_id"),
)

#: The packs of the company, as they were installed; one is never changed, a later one takes its place.
policies = Table(
    "policies",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("version", String(200), nullable=False),
    Column("valid_from", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("installed_at", Float, nullable=False),
    UniqueConstraint("name", "version"),
    Index(None, "valid_from"),
)

#: Every list of the tax authority that was loaded, as it was; a later one adds to what is known and replaces nothing.
tax_lists = Table(
    "tax_lists",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("filename", String(400), nullable=False),
    #: Which export it is (``full_query``, ``deduction_template`` …); whether it lists what we got or what we issued.
    Column("form", String(40), nullable=False),
    Column("direction", String(10), nullable=False),
    #: Our tax id on its rows; None where several are.
    Column("company", String(30)),
    #: What it covers: days of issue, and sources (发票来源) and kinds (票种), each a JSON list; [] where it says none.
    Column("first_day", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),
    Column("sources", Text, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    #: Rows that could not be taken, a JSON list of line and rule.
    Column("refused", Text, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("imported_at", Float, nullable=False),
    Index(None, "imported_at"),
    Index(None, "first_day", "last_day"),
)


def _end_of_number(context: Any) -> str | None:
    """What ``number_end`` is for the row that is being written."""
    return number_end(context.get_current_parameters()["invoice_number"])


#: One invoice as one list tells it.
tax_rows = Table(
    "tax_rows",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("list_id", String(32), ForeignKey("tax_lists.id"), nullable=False),
    Column("line", Integer, nullable=False),
    #: As in ``entries.key``: the 20-digit number, or code and number.
    Column("key", String(64), nullable=False),
    Column("invoice_code", String(12)),
    Column("invoice_number", String(20), nullable=False),
    Column("number_end", String(4), default=_end_of_number),
    Column("kind", String(60)),
    Column("issue_date", String(10)),
    Column("seller_name", String(400)),
    Column("seller_tax_id", String(30)),
    Column("buyer_name", String(400)),
    Column("buyer_tax_id", String(30)),
    Column("amount_cents", BigInteger),
    Column("tax_cents", BigInteger),
    Column("total_cents", BigInteger),
    #: 发票状态 (正常, 已作废, 已红冲-全额 …), 发票来源, 发票风险等级, as written.
    Column("status", String(40)),
    Column("source", String(40)),
    Column("risk", String(40)),
    Column("region", String(2)),
    #: The key of the invoice that a red-letter one takes back, as its remark says; and what was mended in the row.
    Column("cancels", String(64)),
    Column("notes", Text),
    #: Every other column of the list, as a JSON object.
    Column("extra", Text, nullable=False),
    Index(None, "key", "list_id"),
    Index(None, "list_id", "line"),
    Index(None, "invoice_number"),
    Index(None, "total_cents"),
    Index(None, "number_end"),
    Index(None, "region", "issue_date"),
    Index(None, "cancels"),
)

#: Every time that a list was held against the ledger: what was known then. Unfinished ones are not shown.
reconciliations = Table(
    "reconciliations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("list_id", String(32), ForeignKey("tax_lists.id"), nullable=False),
    Column("started_at", Float, nullable=False),
    Column("finished_at", Float),
    Column("actor", String(200), nullable=False),
    #: What the list covered for this run, and the pack whose companies are ours.
    Column("first_day", String(10)),
    Column("last_day", String(10)),
    Column("companies", Text, nullable=False),
    Column("policy", String(400), nullable=False),
    #: SHA-256 of all its rows; the event of the run holds it too.
    Column("digest", String(64), nullable=False),
    Index(None, "finished_at"),
    Index(None, "list_id", "finished_at"),
)

#: One invoice of one run: a row of the list, an entry of the ledger, or both.
reconciliation_rows = Table(
    "reconciliation_rows",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run_id", String(32), ForeignKey("reconciliations.id"), nullable=False),
    Column("bucket", String(12), nullable=False),
    #: JSON list of reasons (``models.reconciliation``), the gravest first.
    Column("reasons", Text, nullable=False),
    Column("tax_row_id", Integer, ForeignKey("tax_rows.id")),
    Column("entry_id", String(32), ForeignKey("entries.id")),
    #: Our tax id on the row of the list; it says who may see a row without an entry.
    Column("company", String(30)),
    Column("listed_cents", BigInteger),
    Column("entry_cents", BigInteger),
    #: JSON: what differed, and which other entries may be meant.
    Column("details", Text, nullable=False),
    Index(None, "run_id", "bucket", "id"),
    Index(None, "tax_row_id"),
    Index(None, "entry_id"),
)

#: A person's word that an invoice of the tax authority's lists (by its key) is an entry with another number.
reconciliation_links = Table(
    "reconciliation_links",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("entry_id", String(32), ForeignKey("entries.id"), nullable=False),
    Column("reason", String(400), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("linked_at", Float, nullable=False),
    Column("undone_by", String(200)),
    Column("undone_at", Float),
    Column("undone_reason", String(400)),
    Index(
        "uq_reconciliation_links_key", "key", unique=True,
        sqlite_where=text("undone_at IS NULL"), postgresql_where=text("undone_at IS NULL"),
    ),
    Index(
        "uq_reconciliation_links_entry_id", "entry_id", unique=True,
        sqlite_where=text("undone_at IS NULL"), postgresql_where=text("undone_at IS NULL"),
    ),
)  # fmt: skip

#: What became known of an entry after it was registered and must be looked at by a person.
alarms = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("rule", String(40), nullable=False),
    Column("entry_id", String(32), ForeignKey("entries.id"), nullable=False),
    #: Where it was seen.
    Column("list_id", String(32), ForeignKey("tax_lists.id")),
    #: What the sentence of the rule needs, as JSON.
    Column("params", Text, nullable=False),
    Column("seen_by", String(200)),
    Column("seen_at", Float),
    Index(None, "seen_at", "id"),
    Index(None, "entry_id"),
)

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

#: Every time that an invoice was asked for at the tax authority (查验): five a day for each, shared by everybody.
checks = Table(
    "checks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("entry_id", String(32), ForeignKey("entries.id"), nullable=False),
    #: The day in Shanghai that it counts for.
    Column("day", String(10), nullable=False),
    Column("at", Float, nullable=False),
    Column("actor", String(200), nullable=False),
    #: What came back, in the words of ``models.handoff``; None while nothing has.
    Column("result", String(20)),
    Index(None, "entry_id", "day"),
)

#: The systems of partners that are told what happens. The secret signs, so it is kept as it is.
endpoints = Table(
    "endpoints",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("secret", String(100), nullable=False),
    #: After a change of the secret both sign for a while.
    Column("previous_secret", String(100)),
    Column("previous_until", Float),
    #: What it is told of: types of changes, buyers by tax id, departments, each a JSON list; None is all.
    Column("types", Text),
    Column("companies", Text),
    Column("departments", Text),
    #: How old what it has not got may become before somebody should look; seconds.
    Column("lag_limit", Float, nullable=False),
    #: The last event that was looked at for it: what is public of those up to here has its delivery.
    Column("cursor", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    #: Why nothing is sent: a person's pause, or its own doing (``gone``, ``failing``).
    Column("disabled_at", Float),
    Column("disabled_reason", String(20)),
    #: How often in a row it did not take something, since when, and until when it is left alone.
    Column("failures", Integer, nullable=False),
    Column("failing_since", Float),
    Column("rest_until", Float, nullable=False),
    Column("last_success_at", Float),
    Column("last_failure_at", Float),
    Column("last_trouble", String(40)),
)

#: One event on its way to one endpoint.
deliveries = Table(
    "deliveries",
    metadata,
    Column("endpoint_id", String(32), ForeignKey("endpoints.id"), primary_key=True),
    Column("event_id", Integer, ForeignKey("events.id"), primary_key=True, autoincrement=False),
    #: The entry or document that it is about; what is about the same one is sent in order.
    Column("subject", String(32), nullable=False),
    Column("state", String(10), nullable=False),
    #: How often it was tried: also what tells one attempt from a later one.
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Float),
    #: How often in a row it failed, since when, and when it is tried again.
    Column("failures", Integer, nullable=False),
    Column("failing_since", Float),
    Column("next_at", Float, nullable=False),
    Column("last_trouble", String(40)),
    Column("delivered_at", Float),
    Column("dead_at", Float),
    Index(None, "endpoint_id", "state", "failures", "event_id"),
    Index(None, "endpoint_id", "subject", "event_id"),
    Index(None, "subject"),
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
