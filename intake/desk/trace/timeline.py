"""What happened to an invoice, from the history: its files that are seen, its entry, the lists that have it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from intake.desk.review import REFUSALS
from intake.desk.trace.subjects import Subject
from intake.store.tables import events
from models.acts import LOOKING, act_words
from models.answers import Pair
from models.entry import RECONCILIATION_WORDS, VERIFICATION_WORDS, Reconciliation, Verification

Json = dict[str, Any]
#: More files of one invoice, or more events, than anybody reads.
_FILES, _EVENTS = 5, 100
_DOORS: Mapping[str, Pair] = {
    "page": ("网页上传", "on the page"),
    "api": ("接口上传", "through the API"),
    "app": ("手机应用", "from the app"),
    "folder": ("监控文件夹", "from a watched folder"),
    "mail": ("邮件", "by mail"),
}
_LISTED: Pair = ("税局清单", "On a list of the tax authority")


def timeline(connection: sa.Connection, subject: Subject) -> list[Json]:
    """The happenings, oldest first, each with its moment, who did it, and its words."""
    files = {file.document["id"]: file.document for file in subject.files[:_FILES]}
    mine: sa.ColumnElement[bool] = events.c.document_id.in_(files)
    if subject.entry is not None:
        mine = sa.or_(mine, sa.and_(events.c.entry_id == subject.entry["id"], events.c.document_id.is_(None)))
    query = sa.select(events).where(mine, events.c.what.not_in(LOOKING)).order_by(events.c.id).limit(_EVENTS)
    happened = [_line(row, files) for row in connection.execute(query).mappings()]
    listed = [_listed(row) for row in subject.rows[:_FILES]]
    return sorted([*happened, *listed], key=lambda one: one["at"])


def refusal(connection: sa.Connection, document_id: str, invoice_id: str) -> Pair | None:
    """What a person said who returned an invoice; None when it was not a person, or not the last word."""
    refused = sa.and_(events.c.document_id == document_id, events.c.what == "refused")
    query = sa.select(events.c.details).where(refused).order_by(events.c.id.desc())
    told = (json.loads(details) for details in connection.execute(query).scalars())
    last = next((one for one in told if one["invoice"] == invoice_id), None)
    if last is None:
        return None
    zh, en = REFUSALS.get(last["reason"], REFUSALS["other"])
    words = last.get("words") or ""
    return (f"{zh}（{words}）", f"{en} ({words})") if words else (zh, en)


def _line(row: sa.RowMapping, files: Mapping[str, sa.RowMapping]) -> Json:
    details = json.loads(row["details"])
    zh, en = act_words(row["what"])
    more = _more(row["what"], details, files.get(row["document_id"] or ""))
    return {
        **{name: row[name] for name in ("at", "what", "actor", "document_id")},
        "zh": f"{zh}：{more[0]}" if more else zh,
        "en": f"{en}: {more[1]}" if more else en,
    }


def _more(what: str, details: Json, document: sa.RowMapping | None) -> Pair | None:
    """What there is to add to a happening."""
    if what == "received" and document is not None:
        door = _DOORS.get(document["door"], (document["door"], document["door"]))
        return f"{document['filename']}（{door[0]}）", f"{document['filename']} ({door[1]})"
    if what == "refused":
        return REFUSALS.get(details["reason"], REFUSALS["other"])
    if what == "verified":
        return VERIFICATION_WORDS[Verification(details["result"])]
    if what == "reconciled":
        return RECONCILIATION_WORDS[Reconciliation(details["result"])]
    text = details.get("words") or details.get("claim") or ""
    return (text, text) if text else None


def _listed(row: sa.RowMapping) -> Json:
    zh, en = _LISTED
    where = (f"{row['filename']} 第 {row['line']} 行", f"{row['filename']}, row {row['line']}")
    status = f" {row['status']}" if row["status"] else ""
    return {
        "at": row["imported_at"],
        "what": "listed",
        "actor": None,
        "document_id": None,
        "zh": f"{zh}：{where[0]}{status}",
        "en": f"{en}: {where[1]}{status}",
    }
