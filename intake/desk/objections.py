"""What was said against a decision: the words of a contest, for whoever looks at it next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.store.tables import events

Json = dict[str, Any]


def objections(connection: sa.Connection, document_ids: Sequence[str] | sa.Select[tuple[str]]) -> dict[str, Json]:
    """The latest contest of each contested invoice of some documents: who, when, in which words, which rules."""
    query = (
        sa.select(events.c.at, events.c.actor, events.c.details)
        .where(events.c.document_id.in_(document_ids), events.c.what == "contested")
        .order_by(events.c.id)
    )
    found: dict[str, Json] = {}
    for row in connection.execute(query):
        told = json.loads(row.details)
        said = {"by": row.actor, "at": row.at, "words": told.get("words", ""), "rules": told.get("rules", [])}
        found[str(told.get("invoice"))] = said
    return found
