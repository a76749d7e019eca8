"""Where the ledger is searched, and how a database finds words in it.

PostgreSQL searches the entries themselves: an index of pieces of three characters (``pg_trgm``) serves LIKE, and its
planner knows when to use it. SQLite searches a table of its own, ``entry_index``: what is filtered, ordered and summed,
in rows a third as long, and numbered, as its index of pieces (FTS5, ``entry_words``) finds numbers. Triggers keep both
in step with ``entries`` (migration 0011), so that nothing that writes an entry can forget them. See decision 0012.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

import sqlalchemy as sa

from intake.store.tables import entries
from models.entry import Reconciliation, Verification
from models.search_text import around, jointed, pieces

Condition = sa.ColumnElement[bool]
#: What is searched, by its name in the index; everything but the words is as in ``entries``.
COLUMNS = (
    "registered_at", "withdrawn_at", "invoice_number", "issue_date", "kind", "region", "verification",
    "reconciliation", "booking", "sender", "department", "buyer_tax_id", "total_cents", "amount_cents", "tax_cents",
)  # fmt: skip
#: What the migration makes for the search beside the tables of the metadata.
BESIDE = re.compile(r"entry_(index|words)|ix_entries_(searched|totals|sender|verification|reconciliation|kind)$")
#: The states that are not out of the ordinary, in the order in which the indexes of the others leave them out.
USUAL = {
    "verification": (Verification.UNCHECKED, Verification.MATCH),
    "reconciliation": (Reconciliation.UNSEEN, Reconciliation.MATCHED),
}
#: Not of the metadata: it is derived, a backup leaves it out, and PostgreSQL has none.
_apart = sa.MetaData()
entry_index = sa.Table(
    "entry_index",
    _apart,
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("entry_id", sa.String(32), nullable=False, unique=True),
    *(sa.Column(name, entries.c[name].type) for name in COLUMNS),
    sa.Column("words", sa.Text, nullable=False),
)
_entry_words = sa.table("entry_words", sa.column("rowid", sa.Integer), sa.column("entry_words", sa.Text))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words to be found together: in a field of an invoice or the fields from ``first`` to ``last``; None: anywhere."""

    text: str
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class SqliteIndex:
    """Searches ``entry_index``, or a part of it, and finds words through ``entry_words``."""

    rows: sa.FromClause = entry_index

    def holds(self, phrases: Sequence[Phrase], *, by_index: bool = True, among_few: bool = False) -> list[Condition]:
        """That all phrases are there; without the index, by looking into every row.

        ``among_few``: something else of the query finds few rows, so the words only choose among them.
        """
        told: list[Condition] = []
        sought: dict[str, None] = {}
        for phrase in phrases:
            parts = pieces(jointed(phrase.text)) if by_index else []
            sought |= dict.fromkeys(parts)
            if phrase.first or parts != [jointed(phrase.text)]:  # a single piece found anywhere needs no second look
                told.append(self.rows.c.words.op("GLOB")(_pattern(phrase, "*", _glob)))
        if sought:
            match = " AND ".join('"{}"'.format(piece.replace('"', '""')) for piece in sought)
            found = sa.select(_entry_words.c.rowid).where(_entry_words.c.entry_words.op("MATCH")(match))
            place = self.rows.c.place
            told.append((place + 0 if among_few else place).in_(found))  # by a sum no row is looked up
        return told


_in_place = sa.select(
    entries.c.id.label("entry_id"), *(entries.c[name] for name in COLUMNS), entries.c.searched.label("words")
)


@dataclass(frozen=True, slots=True)
class PostgresIndex:
    """Searches ``entries``, or a part of them; LIKE uses the index of pieces where that is quicker."""

    rows: sa.FromClause = field(default_factory=lambda: _in_place.subquery("entry_index"))

    def holds(self, phrases: Sequence[Phrase], *, by_index: bool = True, among_few: bool = False) -> list[Condition]:
        """That all phrases are there; the planner decides how to see that."""
        return [self.rows.c.words.like(_pattern(phrase, "%", _like), escape="\\") for phrase in phrases]


Index = SqliteIndex | PostgresIndex


@cache
def index_of(dialect: str) -> Index:
    """Where a database of this kind is searched."""
    return SqliteIndex() if dialect == "sqlite" else PostgresIndex()


def indexes_chinese(connection: sa.Connection) -> bool:
    """Whether the database takes Chinese apart into pieces; a PostgreSQL database of the locale C does not."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.execute(sa.select(sa.func.cardinality(sa.func.show_trgm("北京")))).scalar())


def _pattern(phrase: Phrase, anything: str, quoted: Callable[[str], str]) -> str:
    text = quoted(jointed(phrase.text))
    if phrase.first is None:
        return f"{anything}{text}{anything}"
    before, after = around(phrase.first, phrase.last or phrase.first)
    return anything.join(("", before, text, after, ""))


def _glob(text: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", text)


def _like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
