"""The systems of partners, and what is on its way to them."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from intake.store.tables.metadata import Serial, metadata

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
    Column("cursor", Serial, nullable=False),
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
    Column("event_id", Serial, ForeignKey("events.id"), primary_key=True, autoincrement=False),
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
