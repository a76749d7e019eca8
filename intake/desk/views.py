"""What a sender, a clerk or a program sees of a submission, a document, an invoice."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.check.catalogue import HELPER_WORDS, Language, helper, remedy, sentence
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import documents, events, invoices, submissions
from models.document import STATE_WORDS, State
from models.finding import Finding
from models.kinds import KIND_INFO, Kind
from models.serial import finding_from

Json = dict[str, Any]
GRAVE = ("reject", "review")
#: Where a reason is to be seen; and what there is to do about it, for trouble that people cannot mend.
_REASON_PLACE = ("invoice_id", "field", "page", "box", "crop")
_NO_REMEDY = {"remedy_zh": "", "remedy_en": "", "who": "operator", "who_zh": "系统管理员", "who_en": "the operator"}
#: Reasons that the desk itself gives to a document, in both languages.
_REASONS = {
    "DUP-FILE": ("此文件已经上传过，无需重复上传。", "This file has been sent before; no need to send it again."),
    "the worker stopped answering": (
        "多次读取都没有完成，请重试；如仍失败请联系管理员。",
        "Reading did not finish in several attempts; retry, and ask the operator if it fails again.",
    ),
}
_UNKNOWN_TROUBLE = (
    "系统暂时无法处理，请稍后重试；文件已保存。",
    "The service could not do the work; the file is kept, please retry later.",
)


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


def submission_view(services: Services, submission_id: str) -> Json:
    """A submission with the state of each of its documents.

    Raises:
        NotFound: there is none with this id.
    """
    with reading(services.database) as connection:
        row = (
            connection.execute(sa.select(submissions).where(submissions.c.id == submission_id)).mappings().one_or_none()
        )
        if row is None:
            raise NotFound(submission_id)
        own = documents.c.submission_id == submission_id
        rows = connection.execute(sa.select(documents).where(own).order_by(documents.c.received_at)).mappings().all()
        found = _documents(connection, rows)
    counts: dict[str, int] = {}
    for document in found:
        counts[document["state"]] = counts.get(document["state"], 0) + 1
    return {
        "id": row["id"],
        "client_id": (row["client_key"] or "").partition("client:")[2] or None,
        "sender": row["sender"],
        "door": row["door"],
        "created_at": row["created_at"],
        "documents": found,
        "counts": counts,
        "done": all(State(document["state"]).final for document in found),
    }


def document_view(services: Services, document_id: str) -> Json:
    """A document: where it stands, why, and what was read in it.

    Raises:
        NotFound: there is none with this id.
    """
    with reading(services.database) as connection:
        row = connection.execute(sa.select(documents).where(documents.c.id == document_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(document_id)
        return _documents(connection, [row])[0]


def submission_done(services: Services, submission_id: str) -> bool:
    """Whether the machine is done with every document of a submission."""
    states = sa.select(documents.c.state).where(documents.c.submission_id == submission_id).distinct()
    with reading(services.database) as connection:
        return all(State(state).final for state in connection.execute(states).scalars())


def _documents(connection: sa.Connection, rows: Sequence[sa.RowMapping]) -> list[Json]:
    """Stored documents as people see them, each with its invoices and with what was sent to mend it."""
    ids = [row["id"] for row in rows]
    read: dict[str, list[sa.RowMapping]] = {}
    query = sa.select(invoices).where(invoices.c.document_id.in_(ids)).order_by(invoices.c.position)
    for invoice in connection.execute(query).mappings():
        read.setdefault(invoice["document_id"], []).append(invoice)
    mended: dict[str, list[str]] = {}
    for later, earlier in connection.execute(
        sa.select(documents.c.id, documents.c.mends).where(documents.c.mends.in_(ids))
    ):
        mended.setdefault(earlier, []).append(later)
    return [_document(row, read.get(row["id"], []), mended.get(row["id"], [])) for row in rows]


def _document(row: sa.RowMapping, rows: Sequence[sa.RowMapping], mended_by: list[str]) -> Json:
    outcome = json.loads(row["outcome"]) if row["outcome"] else {}
    state = State(row["state"])
    found = [invoice_json(one) for one in rows]
    findings = _told(outcome.get("findings", []))
    view = {
        name: row[name]
        for name in ("id", "submission_id", "sha256", "filename", "size", "attempt", "duplicate_of", "mends")
    }
    return {
        **view,
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
        "reasons": _reasons(row["reason"], findings, found),
    }


def invoice_view(services: Services, invoice_id: str) -> Json:
    """One invoice as read from one document.

    Raises:
        NotFound: there is none with this id.
    """
    with reading(services.database) as connection:
        row = connection.execute(sa.select(invoices).where(invoices.c.id == invoice_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(invoice_id)
    return invoice_json(row)


def asked_fields(kind: Kind) -> tuple[str, ...]:
    """The fields that a person is asked for where they were not read; of an unknown kind, those that most have."""
    info = KIND_INFO[kind if KIND_INFO[kind].supported else Kind.VAT_NORMAL_PAPER]
    parties = (f"{side}_{what}" for side in info.parties for what in ("name", "tax_id"))
    return tuple(dict.fromkeys((*info.gate, *parties)))


def invoice_json(row: sa.RowMapping) -> Json:
    """A stored invoice with its sentences in both languages."""
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
        "findings": _told(data["findings"]),
    }


def history(
    services: Services, *, document_id: str | None = None, submission_id: str | None = None, after: int = 0
) -> list[Happening]:
    """The events of a document or a submission with an id above ``after``, oldest first."""
    condition = events.c.document_id == document_id if document_id else events.c.submission_id == submission_id
    query = sa.select(events).where(condition, events.c.id > after).order_by(events.c.id)
    with reading(services.database) as connection:
        rows = connection.execute(query).all()
    return [Happening(row.id, row.at, row.actor, row.what, row.document_id, json.loads(row.details)) for row in rows]


def reason_text(view: Json) -> str:
    """Why a document came back and how to mend it, in both languages, for a file beside it."""
    lines = [f"{view['filename']}", f"{view['state_zh']} / {view['state_en']}", ""]
    for reason in view["reasons"]:
        lines += [
            f"- {reason['zh']} {reason['remedy_zh']}（可联系：{reason['who_zh']}）",
            f"  {reason['en']} {reason['remedy_en']} (who can help: {reason['who_en']})",
        ]
    return "\n".join(lines) + "\n"


def _field(invoice_id: str, name: str, field: Json) -> Json:
    """A field with the address of the picture that shows it, where it was read from a page."""
    placed = bool(field["readings"]) and any(one.get("box") for one in field["readings"])
    return {**field, "crop": f"/api/v1/invoices/{invoice_id}/fields/{name}.webp" if placed else None}


def _told(findings: Sequence[Json]) -> list[Json]:
    """Findings with what people are told: the sentence, how to mend it, and who can help."""
    return [{**data, **_words(finding_from(data))} for data in findings]


def _words(finding: Finding) -> Json:
    who = helper(finding)
    languages: tuple[Language, ...] = ("zh", "en")
    said = {f"message_{language}": sentence(finding, language) for language in languages}
    mending = {f"remedy_{language}": remedy(finding, language) for language in languages}
    zh, en = HELPER_WORDS[who]
    return {**said, **mending, "who": who.value, "who_zh": zh, "who_en": en}


def _reasons(reason: str | None, findings: Sequence[Json], found: Sequence[Json]) -> list[Json]:
    """What keeps the document from the ledger, gravest first, each sentence once."""
    told = [{**one, "invoice_id": None, "crop": None} for one in findings]
    for invoice in found:
        fields = invoice["fields"]
        told += [
            {
                **one,
                "invoice_id": invoice["id"],
                "crop": fields[one["field"]]["crop"] if one["field"] in fields else None,
            }
            for one in invoice["findings"]
        ]
    grave = [one for severity in GRAVE for one in told if one["severity"] == severity]
    duplicates = [one for one in told if one["rule"] == "DUP-INVOICE"]
    said: dict[str, Json] = {}
    if reason:
        zh, en = _REASONS.get(reason, _UNKNOWN_TROUBLE)
        rule = reason if reason in _REASONS else ""
        said[zh] = {"rule": rule, "zh": zh, "en": en, **dict.fromkeys(_REASON_PLACE), **_NO_REMEDY}
    for one in (*grave, *duplicates):
        said.setdefault(
            one["message_zh"],
            {
                "zh": one["message_zh"],
                "en": one["message_en"],
                **{name: one[name] for name in ("rule", "severity", *_REASON_PLACE, *_NO_REMEDY)},
            },
        )
    return list(said.values())
