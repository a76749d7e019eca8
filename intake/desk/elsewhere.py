"""What somebody is told of an invoice that they may not see: that there is one, and whom to ask. Not whose or which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from intake.desk.seen import documents_seen, entries_seen
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import documents, entries
from models.sight import Sight

Json = dict[str, Any]
_REGISTERED = (
    "这张发票已由其他部门登记，请联系财务。",
    "Another department has registered this invoice; ask finance.",
)
_ALIKE = (
    "与其他部门提交的一份文件相近，请联系财务。",
    "It is close to something that another department has sent; ask finance.",
)
#: The findings that name another entry or document, by the first characters of its id, and what is said instead.
_NAMING: Mapping[str, tuple[str, str]] = {
    "DUP-INVOICE": _REGISTERED,
    "DUP-NUM-OTHER-DATA": _REGISTERED,
    "DUP-COMPANION": _REGISTERED,
    "XML-PDF-MISMATCH": _REGISTERED,
    "DUP-INVOICE-REJECTED": _ALIKE,
    "DUP-PICTURE": _ALIKE,
    "DUP-SOFT": _ALIKE,
    "SEQ-NUMBERS": _ALIKE,
}
#: The same for a file that was sent before.
FILE_ELSEWHERE = (
    "此文件已由其他部门提交，请联系财务。",
    "Another department has sent this file; ask finance.",
)


def without_others(connection: sa.Connection, sight: Sight, findings: Sequence[Json]) -> list[Json]:
    """Findings as somebody may read them: what names something out of their sight says only that it is there."""
    return [_masked(one) if _names_unseen(connection, sight, one) else one for one in findings]


def document_seen(connection: sa.Connection, sight: Sight, document_id: str | None) -> bool:
    """Whether somebody may see a document."""
    query = sa.select(documents.c.id).where(documents.c.id == document_id, documents_seen(sight))
    return document_id is not None and connection.execute(query).first() is not None


def seen_or_none(services: Services, sight: Sight, document_id: str | None) -> str | None:
    """The id of a document if somebody may know of it."""
    with reading(services.database) as connection:
        return document_id if document_seen(connection, sight, document_id) else None


def _names_unseen(connection: sa.Connection, sight: Sight, finding: Json) -> bool:
    named = finding["params"].get("id")
    if sight.everything or finding["rule"] not in _NAMING or not named:
        return False
    entry = sa.select(entries.c.id).where(entries.c.id.startswith(named, autoescape=True), entries_seen(sight))
    document = sa.select(documents.c.id).where(documents.c.id.startswith(named, autoescape=True), documents_seen(sight))
    return not any(connection.execute(query.limit(1)).first() for query in (entry, document))


def _masked(finding: Json) -> Json:
    zh, en = _NAMING[finding["rule"]]
    return {**finding, "params": {}, "message_zh": zh, "message_en": en}
