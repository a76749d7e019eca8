"""What a sender, a clerk or a program sees of a submission, a document, an invoice."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.check.catalogue import HELPER_WORDS, Language, helper, remedy, sentence
from intake.desk.elsewhere import FILE_ELSEWHERE, document_seen, without_others
from intake.desk.seen import documents_seen, entries_seen, events_seen, submissions_seen
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import documents, entries, events, invoices, submissions
from models.document import STATE_WORDS, State
from models.finding import Finding
from models.kinds import KIND_INFO, Kind
from models.serial import finding_from
from models.sight import Sight

Json = dict[str, Any]
GRAVE = ("reject", "review")
#: Where a reason is to be seen; and what there is to do about it, for trouble that people cannot mend.
_REASON_PLACE = ("invoice_id", "field", "page", "box", "crop")
_NO_REMEDY = {"remedy_zh": "", "remedy_en": "", "who": "operator", "who_zh": "系统管理员", "who_en": "the operator"}
#: Reasons that the desk itself gives to a document, in both languages.
_REASONS = {
    "DUP-FILE": ("此文件已经上传过，无需重复上传。", "This file has been sent before; no need to send it again."),
    "DUP-FILE elsewhere": FILE_ELSEWHERE,
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
    """There is no such document, submission or invoice, or it is not for the one who asks: nobody is told which."""


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
        held = sa.select(documents.c.id).where(documents.c.submission_id == submission_id, documents_seen(sight))
        ids = connection.execute(held.order_by(documents.c.received_at)).scalars().all()
    found = [document_view(services, sight, one) for one in ids]
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
        query = sa.select(documents).where(documents.c.id == document_id, documents_seen(sight))
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(document_id)
        outcome = json.loads(row["outcome"]) if row["outcome"] else {}
        mine = invoices.c.document_id == document_id
        rows = connection.execute(sa.select(invoices).where(mine).order_by(invoices.c.position)).mappings().all()
        found = [_invoice_seen(connection, sight, one) for one in rows]
        findings = without_others(connection, sight, _told(outcome.get("findings", [])))
        later = sa.select(documents.c.id).where(documents.c.mends == document_id, documents_seen(sight))
        mended_by = connection.execute(later).scalars().all()
        others = {
            name: row[name] if document_seen(connection, sight, row[name]) else None
            for name in ("duplicate_of", "mends")
        }
    state = State(row["state"])
    reason = "DUP-FILE elsewhere" if row["reason"] == "DUP-FILE" and not others["duplicate_of"] else row["reason"]
    view = {name: row[name] for name in ("id", "submission_id", "sha256", "filename", "size", "attempt")}
    return {
        **view,
        **others,
        "mended_by": list(mended_by),
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
        "reasons": _reasons(reason, findings, found),
    }


def invoice_view(services: Services, sight: Sight, invoice_id: str) -> Json:
    """One invoice as read from one document.

    Raises:
        NotFound: there is none with this id to be seen.
    """
    query = sa.select(invoices).join(documents, invoices.c.document_id == documents.c.id)
    with reading(services.database) as connection:
        query = query.where(invoices.c.id == invoice_id, documents_seen(sight))
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(invoice_id)
        return _invoice_seen(connection, sight, row)


def _invoice_seen(connection: sa.Connection, sight: Sight, row: sa.RowMapping) -> Json:
    view = invoice_json(row)
    return {**view, "findings": without_others(connection, sight, view["findings"])}


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
    services: Services,
    sight: Sight,
    *,
    document_id: str | None = None,
    submission_id: str | None = None,
    after: int = 0,
) -> list[Happening]:
    """The events of a document or a submission with an id above ``after``, oldest first, as far as they may be seen."""
    query = sa.select(events).where(events.c.id > after, events_seen(sight)).order_by(events.c.id)
    if document_id:
        query = query.where(events.c.document_id == document_id)
    else:
        open_to = sa.exists().where(submissions.c.id == submission_id, submissions_seen(sight))
        query = query.where(events.c.submission_id == submission_id, open_to)
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


def entry_view(services: Services, sight: Sight, entry_id: str) -> Json:
    """An entry of the ledger with the invoices (carriers) it was made from.

    Raises:
        NotFound: there is none with this id to be seen.
    """
    with reading(services.database) as connection:
        query = sa.select(entries).where(entries.c.id == entry_id, entries_seen(sight))
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(entry_id)
        made_from = sa.select(invoices).join(documents, invoices.c.document_id == documents.c.id)
        made_from = made_from.where(invoices.c.entry_id == entry_id, documents_seen(sight))
        carriers = connection.execute(made_from).mappings().all()
        return {**row, "carriers": [_invoice_seen(connection, sight, carrier) for carrier in carriers]}


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
        rule = reason.removesuffix(" elsewhere") if reason in _REASONS else ""
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
