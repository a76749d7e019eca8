"""What came in, what was read in it, the ledger, and the chain of everything that happened."""

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
    text,
)

from intake.store.tables.metadata import Serial, metadata

submissions = Table(
    "submissions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("client_key", String(200), unique=True),
    Column("sender", String(200), nullable=False),
    #: Whose session or key it was. It differs from the sender where an app sends for others.
    Column("person", String(200)),
    #: Where the sender belongs, as far as it is known; it says who else may see what was sent.
    Column("department", String(100)),
    Column("door", String(20), nullable=False),
    Column("created_at", Float, nullable=False),
    Index(None, "sender", "created_at"),
    Index(None, "person"),
    Index(None, "department"),
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
    #: How many fields it has, and how many of them are proven (``intake.check.proof``).
    Column("field_count", Integer, nullable=False, server_default="0"),
    Column("proven_count", Integer, nullable=False, server_default="0"),
    #: Who is looking at it, and until when nobody else may decide.
    Column("held_by", String(200)),
    Column("held_until", Float),
    #: The first of two people who must confirm it.
    Column("confirmed_by", String(200)),
    Column("decided_by", String(200)),
    Column("decided_at", Float),
    UniqueConstraint("document_id", "position"),
    Index(None, "key"),
    #: Both, or SQLite, which keeps no statistics here, takes the state for the rarer of the two.
    Index(None, "entry_id", "state"),
    Index(None, "state"),
    Index(None, "total_cents"),
    Index(None, "invoice_number"),
    Index(None, "number_end"),
)

events = Table(
    "events",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
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
    Index(None, "actor", "id"),
    Index(None, "what", "id"),
    Index(None, "at"),
)

#: Legal holds: while one is not lifted, no file of the document, or of any document of the entry, is deleted.
holds = Table(
    "holds",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("document_id", String(32), ForeignKey("documents.id")),
    Column("entry_id", String(32), ForeignKey("entries.id")),
    Column("at", Float, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("lifted_at", Float),
    Index(None, "document_id"),
    Index(None, "entry_id"),
)

#: One row for every time that a rule spoke against an invoice, so that a bad rule shows.
findings = Table(
    "findings",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
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
