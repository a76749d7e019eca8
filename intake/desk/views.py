"""What a sender, a clerk or a program sees of a submission, a document, an invoice."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.desk.objections import objections
from intake.desk.places import printed_place
from intake.desk.reasons import earlier, reasons, told
from intake.desk.seen import documents_seen, events_seen, invoices_seen, submissions_seen, unseen
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.history import parted
from intake.store.tables import documents, events, invoices, submissions
from models.acts import LOOKING
from models.clock import day_of
from models.document import STATE_WORDS, State
from models.finding import Finding, Severity
from models.kinds import KIND_INFO, Kind
from models.serial import finding_to
from models.sight import Sight

Json = dict[str, Any]
#: What a document says of other documents.
_OTHERS = ("duplicate_of", "mends")


class NotFound(LookupError):
    """There is no such document, submission or invoice."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as people see it."""

    id: int
    at: float
    actor: str
    what: str
    document_id: str | None
    details: Mapping[str, Any]


def submission_view(services: Services, sight: Sight, submission_id: str) -> Json:
    """A submission with the state of each of its documents.

    Raises:
        NotFound: there is none with this id to be seen.
    """
    with reading(services.database) as connection:
        query = sa.select(submissions).where(submissions.c.id == submission_id, submissions_seen(sight))
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(submission_id)
        found = _documents(connection, documents.c.submission_id == submission_id, sight)
    counts: dict[str, int] = {}
    for document in found:
        counts[document["state"]] = counts.get(document["state"], 0) + 1
    return {
        "id": row["id"],
        "sender": row["sender"],
        "door": row["door"],
        "created_at": row["created_at"],
        "documents": found,
        "counts": counts,
        "done": all(State(document["state"]).final for document in found),
    }


def document_view(services: Services, sight: Sight, document_id: str) -> Json:
    """A document: where it stands, why, and what was read in it.

    Raises:
        NotFound: there is none with this id to be seen.
    """
    with reading(services.database) as connection:
        found = _documents(connection, documents.c.id == document_id, sight)
    if not found:
        raise NotFound(document_id)
    return found[0]


def submission_done(services: Services, sight: Sight, submission_id: str) -> bool:
    """Whether the machine is done with every document of a submission that may be seen."""
    mine = sa.and_(documents.c.submission_id == submission_id, documents_seen(sight))
    states = sa.select(documents.c.state).where(mine).distinct()
    with reading(services.database) as connection:
        return all(State(state).final for state in connection.execute(states).scalars())


def _documents(connection: sa.Connection, condition: sa.ColumnElement[bool], sight: Sight) -> list[Json]:
    """The views of all documents that fit and may be seen, in a handful of queries however many they are."""
    seen = sa.and_(condition, documents_seen(sight))
    query = sa.select(documents).where(seen).order_by(documents.c.received_at, documents.c.id)
    rows = connection.execute(query).mappings().all()
    ids = sa.select(documents.c.id).where(seen)
    inside = sa.select(invoices).where(invoices.c.document_id.in_(ids)).order_by(invoices.c.position)
    read = _grouped(connection.execute(inside).mappings(), "document_id")
    mending = sa.select(documents.c.id, documents.c.mends).where(documents.c.mends.in_(ids), documents_seen(sight))
    mended = _grouped(connection.execute(mending).mappings(), "mends")
    first = _first_files(connection, rows)
    said = objections(connection, ids) if read else {}
    outcomes = {row["id"]: json.loads(row["outcome"]) if row["outcome"] else {} for row in rows}
    findings = {row["id"]: [*outcomes[row["id"]].get("findings", []), *first.get(row["id"], ())] for row in rows}
    named = [one for some in findings.values() for one in some]
    named += [one for some in read.values() for row in some for one in json.loads(row["data"])["findings"]]
    others = [row[name] for row in rows for name in _OTHERS if row[name]]
    hidden = unseen(connection, earlier(named).union(others), sight)
    return [
        _document(
            row, hidden, outcomes[row["id"]], told(findings[row["id"]], hidden),
            [invoice_json(one, hidden, said.get(one["id"])) for one in read.get(row["id"], ())],
            [one["id"] for one in mended.get(row["id"], ())],
        )
        for row in rows
    ]  # fmt: skip


def _document(
    row: sa.RowMapping,
    hidden: frozenset[str],
    outcome: Json,
    findings: list[Json],
    found: list[Json],
    mended_by: list[str],
) -> Json:
    state = State(row["state"])
    copied = ("id", "submission_id", "sha256", "filename", "size", "attempt")
    return {
        **{name: row[name] for name in copied},
        **{name: None if row[name] in hidden else row[name] for name in _OTHERS},
        "mended_by": mended_by,
        "policy": outcome.get("policy", ""),
        "received_at": row["received_at"],
        "updated_at": row["updated_at"],
        "state": state.value,
        "state_zh": STATE_WORDS[state][0],
        "state_en": STATE_WORDS[state][1],
        "final": state.final,
        "format": outcome.get("format"),
        "pages": [
            {"page": picture["page"], "width": picture["width"], "height": picture["height"]}
            for picture in outcome.get("pictures", [])
        ],
        "findings": findings,
        "invoices": found,
        "timings_ms": outcome.get("timings_ms", {}),
        "reasons": reasons(state, row["reason"], findings, found),
    }


def _grouped(rows: Iterable[sa.RowMapping], column: str) -> dict[str, list[sa.RowMapping]]:
    groups: dict[str, list[sa.RowMapping]] = {}
    for row in rows:
        groups.setdefault(str(row[column]), []).append(row)
    return groups


def _first_files(connection: sa.Connection, rows: Sequence[sa.RowMapping]) -> dict[str, list[Json]]:
    """DUP-FILE for every document whose bytes had been sent before: by whom, and when."""
    firsts = {row["id"]: row["duplicate_of"] for row in rows if row["duplicate_of"] and row["reason"] == "DUP-FILE"}
    if not firsts:
        return {}
    query = (
        sa.select(documents.c.id, documents.c.received_at, submissions.c.sender)
        .join(submissions, documents.c.submission_id == submissions.c.id)
        .where(documents.c.id.in_(set(firsts.values())))
    )
    known = {row.id: row for row in connection.execute(query)}
    return {one: [_sent_before(known[first])] for one, first in firsts.items() if first in known}


def _sent_before(first: Any) -> Json:
    day = day_of(first.received_at).isoformat()
    params = {"id": first.id[:8], "document": first.id, "who": first.sender, "time": day}
    return finding_to(Finding("DUP-FILE", Severity.INFO, params=params))


def invoice_view(services: Services, sight: Sight, invoice_id: str) -> Json:
    """One invoice as read from one document.

    Raises:
        NotFound: there is none with this id to be seen.
    """
    with reading(services.database) as connection:
        query = sa.select(invoices).join(documents, invoices.c.document_id == documents.c.id)
        query = query.where(invoices.c.id == invoice_id, documents_seen(sight))
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(invoice_id)
        hidden = unseen(connection, earlier(json.loads(row["data"])["findings"]), sight)
        said = objections(connection, [row["document_id"]]).get(invoice_id)
    return invoice_json(row, hidden, said)


def carriers_of(connection: sa.Connection, sight: Sight, entry_id: str) -> list[Json]:
    """The invoices that an entry was made from, as far as they may be seen."""
    query = sa.select(invoices).where(invoices.c.entry_id == entry_id, invoices_seen(sight))
    rows = connection.execute(query).mappings().all()
    said = [finding for row in rows for finding in json.loads(row["data"])["findings"]]
    hidden = unseen(connection, earlier(said), sight)
    return [invoice_json(row, hidden) for row in rows]


def asked_fields(kind: Kind) -> tuple[str, ...]:
    """The fields that a person is asked for where they were not read; of an unknown kind, those that most have."""
    info = KIND_INFO[kind if KIND_INFO[kind].supported else Kind.VAT_NORMAL_PAPER]
    parties = (f"{side}_{what}" for side in info.parties for what in ("name", "tax_id"))
    return tuple(dict.fromkeys((*info.gate, *parties)))


def invoice_json(row: sa.RowMapping, hidden: Collection[str] = (), objection: Json | None = None) -> Json:
    """A stored invoice with its sentences in both languages; ``objection`` is what was last said for it."""
    data = json.loads(row["data"])
    kind = KIND_INFO[Kind(data["kind"])]
    state = State(row["state"])
    return {
        "id": row["id"],
        "document_id": row["document_id"],
        "entry_id": row["entry_id"],
        "state": state.value,
        "state_zh": STATE_WORDS[state][0],
        "state_en": STATE_WORDS[state][1],
        "kind_zh": kind.zh,
        "kind_en": kind.en,
        "asked": list(asked_fields(Kind(data["kind"]))),
        **{name: data[name] for name in ("kind", "page", "region", "verdict", "items")},
        "fields": {name: _field(row["id"], name, field) for name, field in data["fields"].items()},
        "held_by": row["held_by"] if (row["held_until"] or 0.0) > time.time() else None,
        "confirmed_by": row["confirmed_by"],
        "decided_by": row["decided_by"],
        "objection": objection,
        "findings": told(data["findings"], hidden),
    }


def history(
    services: Services,
    sight: Sight,
    *,
    document_id: str | None = None,
    submission_id: str | None = None,
    after: int = 0,
) -> list[Happening]:
    """The events of a document or a submission with an id above ``after`` that may be seen, oldest first.

    Who looked at an original is not among them: that is for auditors.
    """
    mine = events.c.document_id == document_id if document_id else events.c.submission_id == submission_id
    told = sa.and_(mine, events.c.what.not_in(LOOKING))
    query = sa.select(events).where(told, events.c.id > after, events_seen(sight)).order_by(events.c.id)
    with reading(services.database) as connection:
        rows = connection.execute(query).all()
    return [Happening(row.id, row.at, row.actor, row.what, row.document_id, parted(row.details)[0]) for row in rows]


def _field(invoice_id: str, name: str, field: Json) -> Json:
    """A field with the place of its print and the address of its picture, where it was read from a page."""
    place = printed_place(field)
    crop = f"/api/v1/invoices/{invoice_id}/fields/{name}.webp" if place else None
    return {**field, "place": place, "crop": crop}
