"""The audit trail as a file: CSV for people, or a JSON object a line with exactly what each hash covers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from intake.desk.audit import Asked, told_in_words, trail
from intake.desk.export import note_export
from intake.desk.export_forms import Language, Value, csv_bytes
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import events
from models.clock import local
from models.sight import Sight

_PORTION = 500


class AuditForm(StrEnum):
    """The files that the trail may be."""

    CSV = "csv"
    JSONL = "jsonl"


#: The columns of the CSV.
_HEADS: Mapping[str, tuple[str, str]] = {
    "id": ("序号", "Event"),
    "at": ("时间", "Time"),
    "actor": ("操作人", "Who"),
    "act": ("操作", "Act"),
    "what": ("代码", "Code"),
    "address": ("来源地址", "Address"),
    "key": ("密钥", "Key"),
    "document_id": ("文档", "Document"),
    "entry_id": ("条目", "Entry"),
    "before": ("变更前", "Before"),
    "after": ("变更后", "After"),
    "details": ("详情", "Details"),
    "previous": ("前一哈希", "Hash before"),
    "hash": ("哈希", "Hash"),
}


class _Laid:
    """The columns in one language; objects stand as JSON."""

    def __init__(self, language: Language) -> None:
        self._language = language

    @property
    def heads(self) -> list[str]:
        return [pair[self._language == "en"] for pair in _HEADS.values()]

    def values(self, row: Mapping[str, Any]) -> list[Value]:
        return [self._value(row, name) for name in _HEADS]

    def _value(self, row: Mapping[str, Any], name: str) -> Value:
        if name == "at":
            return local(row[name]).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        value = row[f"act_{self._language}"] if name == "act" else row[name]
        if isinstance(value, dict):
            return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else None
        return None if value is None else str(value)


def export_trail(
    services: Services, sight: Sight, asked: Asked, form: AuditForm, language: Language, *, actor: str
) -> Iterator[bytes]:
    """Write the event of the export, then give the file piece by piece, the oldest event first.

    The file ends with the last event before its own.

    Raises:
        BadFilter: there is no such kind of act.
    """
    mine = trail(sight, asked)
    with reading(services.database) as connection:
        last = connection.execute(sa.select(sa.func.max(events.c.id))).scalar() or 0
        counted = sa.select(sa.func.count()).select_from(events).where(*mine, events.c.id <= last)
        rows = connection.execute(counted).scalar_one()
    note_export(services, "audit", actor=actor, filters=asked.told, form=form.value, rows=rows)
    write: Mapping[AuditForm, Callable[[], Iterator[bytes]]] = {
        AuditForm.CSV: lambda: csv_bytes(_in_words(services, mine, last), _Laid(language)),
        AuditForm.JSONL: lambda: _lines(row for piece in _pieces(services, mine, last) for row in piece),
    }
    return write[form]()


def _lines(rows: Iterable[sa.RowMapping]) -> Iterator[bytes]:
    """Events as they are stored: ``details`` is text, as the hash covers it."""
    for row in rows:
        yield json.dumps(dict(row), ensure_ascii=False).encode() + b"\n"


def _in_words(services: Services, mine: list[sa.ColumnElement[bool]], last: int) -> Iterator[Mapping[str, Any]]:
    for rows in _pieces(services, mine, last):
        with reading(services.database) as connection:
            told = told_in_words(connection, rows)
        yield from told


def _pieces(services: Services, mine: list[sa.ColumnElement[bool]], last: int) -> Iterator[list[sa.RowMapping]]:
    """The events up to one, some at a time; no query stays open while they are sent."""
    after = 0
    while True:
        within = sa.and_(*mine, events.c.id > after, events.c.id <= last)
        query = sa.select(events).where(within).order_by(events.c.id).limit(_PORTION)
        with reading(services.database) as connection:
            rows = list(connection.execute(query).mappings())
        if rows:
            yield rows
        if len(rows) < _PORTION:
            return
        after = rows[-1]["id"]
