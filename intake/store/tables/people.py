"""Who may act: people, their sessions, and the keys of programs."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, String, Table, Text, UniqueConstraint

from intake.store.tables.metadata import metadata

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
