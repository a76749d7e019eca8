"""The tables. Times are seconds since 1970 (UTC); money is kept as printed and as whole cents."""

from __future__ import annotations

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
)

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
    #: Whose session or key it was. It differs from the sender where an app sends for others.
    Column("person", String(200)),
    #: Where the sender belongs, as far as it is known; it says who else may see what was sent.
    Column("department", String(100)),
    Column("door", String(20), nullable=False),
    Column("created_at", Float, nullable=False),
    Index(None, "sender"),
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
    Index(None, "mends"),
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
    #: All of it that can be searched, in the form of ``models.search_text``.
    Column("words", Text, nullable=False),
    Index(None, "registered_at", "id"),
    Index(None, "issue_date"),
    Index(None, "total_cents"),
    Index(None, "region"),
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
    #: Every other column of the list, as a JSON object.
    Column("extra", Text, nullable=False),
    Index(None, "key"),
    Index(None, "list_id", "line"),
    Index(None, "invoice_number"),
    Index(None, "total_cents"),
)

#: Everybody who may act. Nobody is ever deleted and no name given twice: what is theirs never becomes another's.
users = Table(
    "users",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(60), nullable=False),
    #: The name as it is compared (``models.person.folded``).
    Column("folded", String(200), nullable=False, unique=True),
    Column("display_name", String(100), nullable=False),
    Column("sign_in", String(10), nullable=False),
    #: argon2id, with its parameters; None where nobody signs in with a password.
    Column("password", Text),
    Column("must_change", Boolean, nullable=False),
    #: Who they are to the company's own provider, once they have come from there.
    Column("issuer", String(200)),
    Column("subject", String(255)),
    #: JSON lists; "null" where all companies or departments are seen.
    Column("roles", Text, nullable=False),
    Column("companies", Text, nullable=False),
    Column("departments", Text, nullable=False),
    Column("department", String(100)),
    Column("created_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("signed_in_at", Float),
    Column("disabled_at", Float),
    UniqueConstraint("issuer", "subject"),
)

#: Who has signed in, and until when. The token itself is known to the browser alone.
sessions = Table(
    "sessions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("user_id", String(32), ForeignKey("users.id"), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", String(200), nullable=False),
    Index(None, "user_id"),
)

#: Keys of programs. The secret is known to the program alone; the prefix names the key in lists and events.
api_keys = Table(
    "api_keys",
    metadata,
    Column("prefix", String(16), primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("user_id", String(32), ForeignKey("users.id"), nullable=False),
    Column("name", String(100), nullable=False),
    #: What it was made for, a JSON list; it never gives more than its owner may do at the time.
    Column("scopes", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("expires_at", Float),
    Column("used_at", Float),
    Column("used_from", String(64)),
    Column("revoked_at", Float),
    Index(None, "user_id"),
)
