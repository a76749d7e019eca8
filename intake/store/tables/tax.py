"""What the tax authority tells, and what its lists came to beside the ledger."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text, text

from intake.store.tables.metadata import Serial, metadata
from models.numbers import number_end

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
    Column("id", Serial, primary_key=True, autoincrement=True),
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
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("run_id", String(32), ForeignKey("reconciliations.id"), nullable=False),
    Column("bucket", String(12), nullable=False),
    #: JSON list of reasons (``models.reconciliation``), the gravest first.
    Column("reasons", Text, nullable=False),
    Column("tax_row_id", Serial, ForeignKey("tax_rows.id")),
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
