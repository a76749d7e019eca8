"""The documents of a made ledger: the files behind its last entries, and those that became none.

Each invoice is a real reading of a sample under another number, so that pages have as much to show as in use.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from intake.bounded import read_bounded
from intake.store.database import reading
from intake.store.history import ALGORITHM, START, event_hash
from intake.store.tables import documents, entries, events, findings, invoices, reports, submissions
from models.document import State
from models.serial import invoice_to, outcome_to
from samples.running import ROOT

DAYS = 90
_PORTION, _BATCH = 5000, 20
_STATES = {
    State.REGISTERED: 780, State.REJECTED: 120, State.DUPLICATE: 60, State.IN_REVIEW: 30, State.FAILED: 8,
    State.QUEUED: 2,
}  # fmt: skip
_SPOKE = {State.REJECTED: ("SUM-TOTAL", "reject"), State.IN_REVIEW: ("QR-NUMBER", "review")}
_TABLES = (submissions, documents, invoices, findings, events)
Row = dict[str, Any]


def fill_documents(engine: sa.Engine, count: int) -> None:
    """Documents with their submissions, invoices, findings and events, over the last ``DAYS`` days."""
    template, outcome = _template()
    known = _last_entries(engine, count)
    made = _Made(template, outcome, known, time.time() - DAYS * 86_400, DAYS * 86_400 / count)
    serials = iter(range(count))
    while portion := list(itertools.islice(serials, _PORTION)):
        rows = made.rows(portion)
        with engine.begin() as connection:
            for table in _TABLES:
                connection.execute(table.insert(), rows[table.name])


def fill_reports(engine: sa.Engine, count: int) -> None:
    """What so many people told of the service."""
    now = time.time()
    same = {"text": "这张发票识别错了", "about": "misread", "page": "/ledger"}
    rows = [
        {"id": _id(serial), "at": now - serial * 60, "changed_at": now - serial * 60, **same,
         "reporter": f"员工{serial % 200:03d}", "state": "open" if serial % 50 == 0 else "closed"}
        for serial in range(count)
    ]  # fmt: skip
    with engine.begin() as connection:
        for begin in range(0, count, _PORTION):
            connection.execute(reports.insert(), rows[begin : begin + _PORTION])


def _template() -> tuple[Row, Row]:
    """A sample as it is read: its invoice, and the outcome without it."""
    path = ROOT / "samples" / "set" / "digital-normal.pdf"
    with tempfile.TemporaryDirectory(prefix="shoupiao-bench-") as scratch:
        outcome = read_bounded(path, None, scratch=Path(scratch), today=dt.datetime.now(dt.UTC).date())
    return invoice_to(outcome.invoices[0]), {**outcome_to(outcome), "invoices": []}


def _last_entries(engine: sa.Engine, count: int) -> list[Row]:
    columns = (entries.c.id, entries.c.invoice_number, entries.c.total, entries.c.total_cents, entries.c.seller_name,
               entries.c.sender, entries.c.department)  # fmt: skip
    query = sa.select(*columns).order_by(entries.c.registered_at.desc()).limit(count)
    with reading(engine) as connection:
        return [dict(row) for row in connection.execute(query).mappings()][::-1]


class _Made:
    """Documents one after the other, each with the event that follows the one before."""

    def __init__(self, template: Row, outcome: Row, known: Sequence[Row], first: float, each: float) -> None:
        self.template, self.outcome = template, json.dumps(outcome, ensure_ascii=False)
        self.known, self.first, self.each = known, first, each
        self.dice = random.Random(5)  # noqa: S311 - nothing secret
        self.previous = START

    def rows(self, serials: Sequence[int]) -> dict[str, list[Row]]:
        """The rows of every table for these documents."""
        rows: dict[str, list[Row]] = {table.name: [] for table in _TABLES}
        for serial in serials:
            state = self.dice.choices(list(_STATES), list(_STATES.values()))[0]
            entry, at = self.known[serial % len(self.known)], self.first + serial * self.each
            if serial % _BATCH == 0:
                rows["submissions"].append(_submission(serial, entry, at))
            rows["documents"].append(self._document(serial, state, at))
            rows["events"] += self._events(serial, state, at)
            if state not in (State.QUEUED, State.FAILED):
                rows["invoices"].append(self._invoice(serial, state, entry))
            if state in _SPOKE:
                rows["findings"].append(_finding(serial, *_SPOKE[state], at))
        return rows

    def _document(self, serial: int, state: State, at: float) -> Row:
        took = self.dice.lognormvariate(1.5, 0.8)
        return {
            "id": _id(serial), "submission_id": _id(serial - serial % _BATCH), "sha256": f"{serial:064x}",
            "filename": f"发票{serial:06d}.pdf", "size": 80_000, "express": True, "state": state.value, "attempt": 1,
            "received_at": at, "updated_at": at + took, "outcome": self.outcome,
        }  # fmt: skip

    def _invoice(self, serial: int, state: State, entry: Row) -> Row:
        fields = {
            **self.template["fields"],
            **{name: {**self.template["fields"][name], "value": entry[name]} for name in ("invoice_number", "total")},
        }
        return {
            "id": _id(serial), "document_id": _id(serial), "position": 0, "state": state.value,
            "entry_id": entry["id"] if state is State.REGISTERED else None, "invoice_number": entry["invoice_number"],
            "total_cents": entry["total_cents"], "seller_name": entry["seller_name"], "field_count": len(fields),
            "proven_count": sum(one["proven"] for one in fields.values()),
            "data": json.dumps({**self.template, "fields": fields}, ensure_ascii=False),
        }  # fmt: skip

    def _events(self, serial: int, state: State, at: float) -> Iterator[Row]:
        for step, what in enumerate((State.RECEIVED, State.QUEUED, State.PROCESSING, state)):
            row: Row = {
                "at": round(at + step, 3), "actor": "worker", "what": what.value, "document_id": _id(serial),
                "submission_id": _id(serial - serial % _BATCH), "entry_id": None, "details": '{"attempt": 1}',
                "algorithm": ALGORITHM, "previous": self.previous,
            }  # fmt: skip
            row["hash"] = self.previous = str(event_hash(row))
            yield row


def _id(serial: int) -> str:
    return f"{serial:032x}"


def _submission(serial: int, entry: Row, at: float) -> Row:
    sender = {"sender": entry["sender"], "department": entry["department"]}
    return {"id": _id(serial), "door": "page", "created_at": at, **sender}


def _finding(serial: int, rule: str, severity: str, at: float) -> Row:
    return {"at": at, "rule": rule, "severity": severity, "document_id": _id(serial), "invoice_id": _id(serial)}
