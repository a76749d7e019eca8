"""What is known of single invoices: the same one in the ledger, in documents and on the tax authority's lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from intake.desk.seen import documents_seen, entries_seen, invoices_seen, tax_rows_seen
from intake.store.tables import documents, entries, invoices, submissions, tax_lists, tax_rows
from models.document import UNFINISHED, State
from models.numbers import issuing_region
from models.question import Question
from models.regions import Region, by_digital2
from models.sight import Sight
from models.tax_list import Direction

Row = sa.RowMapping
#: Of several files of one invoice, the one that is still on its way tells where it stands; then the newest.
_OPEN = (*UNFINISHED, State.IN_REVIEW)
_INVOICE = tuple(column for column in invoices.c if column.name not in ("data", "likeness"))
_DOCUMENT = tuple(column for column in documents.c if column.name not in ("outcome", "id"))
_LIST = tuple(tax_lists.c[name] for name in ("filename", "direction", "imported_at"))


@dataclass(slots=True)
class Leads:
    """What a search came upon: keys of the ledger, invoices without one, documents without any."""

    keys: set[str] = field(default_factory=set)
    invoices: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class File:
    """A document that is seen, and an invoice that was read in it; ``invoice`` is None where none was."""

    document: Row
    invoice: Row | None

    @property
    def state(self) -> State:
        """Where it stands: a document on its way through the machine counts before what was read in it before."""
        state = State(self.document["state"])
        return state if self.invoice is None or state in UNFINISHED else State(self.invoice["state"])

    def is_asked(self, asked: Question) -> bool:
        """Whether a question names it, by its bytes or its name."""
        document = self.document
        return document["sha256"] == asked.sha256 or document["filename"].casefold() in asked.words

    @property
    def rank(self) -> tuple[bool, float]:
        """The higher, the more it says about where the invoice is now."""
        return self.state in _OPEN, self.document["received_at"]


@dataclass(frozen=True, slots=True)
class Subject:
    """One invoice: its entry (not withdrawn), its files, the best one first, its rows on lists, the newest first."""

    entry: Row | None
    files: tuple[File, ...]
    rows: tuple[Row, ...]

    @property
    def file(self) -> File | None:
        """The file that tells most."""
        return self.files[0] if self.files else None

    def with_first(self, asked: Question) -> Subject:
        """The same with the file in front that was asked for by its bytes or its name."""
        return replace(self, files=tuple(sorted(self.files, key=lambda file: not file.is_asked(asked))))

    def value(self, name: str) -> str | None:
        """What its sources say of a field: the ledger before the files, the files before the lists."""
        for row in (self.entry, *(file.invoice for file in self.files), *self.rows):
            if row is not None and row.get(name):
                return str(row[name])
        return None

    @property
    def code(self) -> str | None:
        """Its code; that of an invoice that was only read is the first part of its key."""
        first, mark, _ = (self.value("key") or "").partition("|")
        return self.value("invoice_code") or (first if mark else None)

    @property
    def total_cents(self) -> int | None:
        """The total, in cents."""
        told = self.value("total_cents")
        return int(told) if told is not None else None

    @property
    def amounts_cents(self) -> frozenset[int]:
        """Every amount that somebody may remember of it: the total, and the amount without tax."""
        rows = (self.entry, *(file.invoice for file in self.files), *self.rows)
        told = (row.get(name) for row in rows if row is not None for name in ("total_cents", "amount_cents"))
        return frozenset(cents for cents in told if cents is not None)

    @property
    def region(self) -> Region | None:
        """The region that issued it."""
        digits = self.value("region")
        known = by_digital2(digits) if digits else None
        return known or issuing_region(self.value("invoice_number"), self.code, self.value("seller_tax_id"))

    @property
    def received_at(self) -> float | None:
        """When the file that tells most arrived, else when it was registered."""
        if self.file:
            return float(self.file.document["received_at"])
        return float(self.entry["registered_at"]) if self.entry is not None else None


def load(connection: sa.Connection, sight: Sight, leads: Leads) -> list[Subject]:
    """Everything that may be seen of what was come upon, put together invoice by invoice."""
    keys = set(leads.keys)
    found_invoices = _invoices(connection, sight, leads)
    keys |= {row["key"] for row in found_invoices if row["key"]}
    found_entries = _entries(connection, sight, keys)
    found_rows = _rows(connection, sight, keys)
    found_documents = _documents(connection, sight, {*leads.documents, *(row["document_id"] for row in found_invoices)})
    files: dict[str, list[File]] = defaultdict(list)
    for row in found_invoices:
        if row["document_id"] in found_documents:
            files[row["key"] or row["id"]].append(File(found_documents[row["document_id"]], row))
    alone = [File(found_documents[one], None) for one in leads.documents if one in found_documents]
    read = {file.document["id"] for group in files.values() for file in group}
    grouped = {*files, *found_entries, *found_rows}
    subjects = [_subject(found_entries.get(one), files[one], found_rows.get(one, ())) for one in grouped]
    return subjects + [_subject(None, [file], ()) for file in alone if file.document["id"] not in read]


def _subject(entry: Row | None, files: Iterable[File], rows: Sequence[Row]) -> Subject:
    return Subject(entry, tuple(sorted(files, key=lambda file: file.rank, reverse=True)), tuple(rows))


def _invoices(connection: sa.Connection, sight: Sight, leads: Leads) -> Sequence[Row]:
    named = sa.or_(
        invoices.c.key.in_(leads.keys), invoices.c.id.in_(leads.invoices), invoices.c.document_id.in_(leads.documents)
    )
    return connection.execute(sa.select(*_INVOICE).where(named, invoices_seen(sight))).mappings().all()


def _entries(connection: sa.Connection, sight: Sight, keys: set[str]) -> dict[str, Row]:
    alive = entries.c.withdrawn_at.is_(None)
    query = sa.select(entries).where(entries.c.key.in_(keys), alive, entries_seen(sight))
    return {row["key"]: row for row in connection.execute(query).mappings()}


def _rows(connection: sa.Connection, sight: Sight, keys: set[str]) -> Mapping[str, list[Row]]:
    joined = tax_rows.join(tax_lists, tax_rows.c.list_id == tax_lists.c.id)
    query = (
        sa.select(tax_rows, *_LIST)
        .select_from(joined)
        .where(tax_rows.c.key.in_(keys), tax_rows_seen(sight), tax_lists.c.direction == Direction.RECEIVED.value)
        .order_by(tax_lists.c.imported_at.desc(), tax_rows.c.line.desc())
    )
    found: dict[str, list[Row]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        found[row["key"]].append(row)
    return found


def _documents(connection: sa.Connection, sight: Sight, ids: set[str]) -> dict[str, Row]:
    joined = documents.join(submissions, documents.c.submission_id == submissions.c.id)
    query = (
        sa.select(documents.c.id, *_DOCUMENT, submissions.c.sender, submissions.c.door)
        .select_from(joined)
        .where(documents.c.id.in_(ids), documents_seen(sight))
    )
    return {row["id"]: row for row in connection.execute(query).mappings()}
