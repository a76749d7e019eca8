"""What became known of entries after they were registered, until somebody has seen it."""

from __future__ import annotations

import json
import time
from typing import Any

import sqlalchemy as sa

from intake.check.catalogue import rules
from intake.desk.reasons import words_of
from intake.desk.search import row_of_cursor
from intake.desk.seen import entries_seen
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.store.database import reading
from intake.store.history import append
from intake.store.tables import alarms, entries
from models.finding import Finding
from models.sight import Sight

Json = dict[str, Any]
_ALARM = ("id", "at", "rule", "entry_id", "list_id", "seen_by", "seen_at")
_ENTRY = ("invoice_number", "seller_name", "total", "used_by")


def alarm_list(
    services: Services, sight: Sight, *, unseen: bool = True, cursor: str = "", limit: int = 50
) -> tuple[list[Json], str | None]:
    """Alarms, the latest first, and the cursor of the next page; only those that nobody has seen, unless asked.

    Raises:
        BadCursor: ``cursor`` is not one of ours.
    """
    query = (
        sa.select(*(alarms.c[name] for name in (*_ALARM, "params")), *(entries.c[name] for name in _ENTRY))
        .join(entries, entries.c.id == alarms.c.entry_id)
        .where(entries_seen(sight))
        .order_by(alarms.c.id.desc())
        .limit(limit + 1)
    )
    if unseen:
        query = query.where(alarms.c.seen_at.is_(None))
    if cursor:
        query = query.where(alarms.c.id < row_of_cursor(cursor))
    with reading(services.database) as connection:
        rows = [_view(row) for row in connection.execute(query).mappings()]
    return rows[:limit], str(rows[limit - 1]["id"]) if len(rows) > limit else None


def see_alarm(services: Services, alarm_id: int, *, actor: str, sight: Sight) -> None:
    """Note who has seen an alarm; the first one counts.

    Raises:
        NotFound: there is no such alarm, or its entry is not for these eyes.
    """
    query = (
        sa.select(alarms.c.seen_at, alarms.c.entry_id)
        .join(entries, entries.c.id == alarms.c.entry_id)
        .where(alarms.c.id == alarm_id, entries_seen(sight))
    )
    with services.database.begin() as connection:
        found = connection.execute(query).one_or_none()
        if found is None:
            raise NotFound(str(alarm_id))
        if found.seen_at is not None:
            return
        seen = {"seen_by": actor, "seen_at": time.time()}
        connection.execute(alarms.update().where(alarms.c.id == alarm_id).values(**seen))
        append(connection, "alarm_seen", actor=actor, details={"alarm": alarm_id, "entry": found.entry_id})


def _view(row: sa.RowMapping) -> Json:
    finding = Finding(row["rule"], rules()[row["rule"]].severity, params=json.loads(row["params"]))
    told = {name: row[name] for name in (*_ALARM, *_ENTRY)}
    return {**told, "severity": finding.severity.value, **words_of(finding)}
