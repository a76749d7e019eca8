"""Entries as lists show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.desk.carriers import carrying
from intake.desk.entry import life_words
from intake.store.entries import SHOWN
from intake.store.tables import entries, invoices
from models.kinds import KIND_INFO, Kind
from models.regions import by_digital2

Json = dict[str, Any]


def listed(connection: sa.Connection, ids: Sequence[str]) -> list[Json]:
    """Entries in the order of their ids, each with its words in both languages and the document it came with."""
    query = sa.select(*SHOWN).where(entries.c.id.in_(ids))
    found = {row["id"]: row for row in connection.execute(query).mappings()}
    documents = _documents(connection, ids)
    return [{**shown(found[one]), "document_id": documents.get(one)} for one in ids if one in found]


def shown(row: sa.RowMapping) -> Json:
    """An entry with its kind, its region and its life in both languages."""
    info, region = KIND_INFO[Kind(row["kind"])], by_digital2(row["region"] or "")
    return {
        **row,
        **life_words(row),
        "kind_zh": info.zh,
        "kind_en": info.en,
        "region_zh": region.zh if region else "",
        "region_en": region.en if region else "",
    }


def _documents(connection: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    query = sa.select(invoices.c.entry_id, invoices.c.document_id).where(carrying(ids))
    return {row.entry_id: row.document_id for row in connection.execute(query)}
