"""Handing entries over to the tax authority's verification: what to type, how often today, a list of what is due.

People carry the values to the platform and bring the answers back (``handoff_results``); the service asks nobody.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.desk.carriers import carrying
from intake.desk.export import note_export
from intake.desk.seen import entries_seen
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.errors import IntakeError
from intake.store.database import reading
from intake.store.tables import checks, entries, invoices
from models.clock import day_of
from models.entry import VERIFICATION_WORDS, Verification
from models.handoff import (
    CLOSED_YEARS,
    DAILY_LIMIT,
    ITEM_WORDS,
    ITEMS,
    PLATFORM_WORDS,
    REPLY_WORDS,
    Handoff,
    Item,
    Reply,
    not_before,
    window,
)  # fmt: skip
from models.kinds import KIND_INFO, Kind
from models.regions import by_digital2
from models.sight import Sight

Json = dict[str, Any]
#: After "not found" it is worth asking again a day later; seconds.
_AGAIN = 86400.0
#: What needs no more asking: an answer that stays.
_DUE = (Verification.UNCHECKED.value, Verification.NOT_FOUND.value)
MOST = 1000
_SOME = 500


class LimitReached(IntakeError):
    """The invoice was asked for as often as it may be today."""


@dataclass(frozen=True, slots=True)
class Checked:
    """How an entry was asked for: how often today, and what came back last."""

    today: int = 0
    last_at: float | None = None
    last_result: str | None = None


def handoff_view(services: Services, entry_id: str, sight: Sight) -> Json:
    """What is asked for an entry at the platform, and whether it may be asked now.

    Raises:
        NotFound: there is none with this id that may be seen.
    """
    with reading(services.database) as connection:
        row = _entry(connection, entry_id, sight)
        carried = _handoffs(connection, [row])[entry_id]
        checked = _checked(connection, [entry_id])[entry_id]
    return _view(row, carried, checked, time.time())


def note_check(services: Services, entry_id: str, sight: Sight, *, actor: str) -> Json:
    """Note that somebody asks for an entry at the platform now: one of the day's five, whoever asks.

    Raises:
        NotFound: there is none with this id that may be seen. LimitReached: five were used today.
    """
    now = time.time()
    with services.database.begin() as connection:
        _entry(connection, entry_id, sight)
        if _checked(connection, [entry_id])[entry_id].today >= DAILY_LIMIT:
            raise LimitReached(entry_id)
        values = {"entry_id": entry_id, "day": day_of(now).isoformat(), "at": now, "actor": actor}
        connection.execute(checks.insert().values(**values))
    return handoff_view(services, entry_id, sight)


def handoff_csv(
    services: Services,
    sight: Sight,
    *,
    actor: str,
    since: str = "",
    until: str = "",
    region: str = "",
    limit: int = MOST,
) -> str:
    """The entries that are worth asking for now, the oldest first, as a table to fill in and bring back: an export."""
    now, today = time.time(), day_of(time.time())
    oldest = today - dt.timedelta(CLOSED_YEARS * 366)
    told = [entries.c.verification.in_(_DUE), entries.c.withdrawn_at.is_(None), entries_seen(sight)]
    told.append(entries.c.kind.in_([kind.value for kind in ITEMS]))
    told.append(entries.c.issue_date.between(since or oldest.isoformat(), until or today.isoformat()))
    told += [entries.c.region == region] if region else []
    order = (entries.c.issue_date, entries.c.registered_at, entries.c.id)
    query = sa.select(entries).where(*told).order_by(*order).execution_options(stream_results=True)
    ready: list[Json] = []
    with reading(services.database) as connection, connection.execute(query) as found:
        for rows in found.mappings().partitions(_SOME):
            ready += (view for view in _views(services, rows, now) if view["ready"])
            if len(ready) >= limit:
                break
    filters = {"since": since, "until": until, "region": region}
    note_export(services, "handoff", actor=actor, filters=filters, rows=len(ready[:limit]))
    return _table(ready[:limit])


def _views(services: Services, rows: Sequence[sa.RowMapping], now: float) -> list[Json]:
    with reading(services.database) as connection:
        carried, checked = _handoffs(connection, rows), _checked(connection, [row["id"] for row in rows])
    return [_view(row, carried[row["id"]], checked[row["id"]], now) for row in rows]


def _entry(connection: sa.Connection, entry_id: str, sight: Sight) -> sa.RowMapping:
    query = sa.select(entries).where(entries.c.id == entry_id, entries_seen(sight))
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(entry_id)
    return row


def _handoffs(connection: sa.Connection, rows: Collection[sa.RowMapping]) -> dict[str, Handoff]:
    """What is carried for each entry; its check code is on the files that it was made from."""
    codes = _check_codes(connection, [row["id"] for row in rows])
    return {row["id"]: _handoff(row, codes.get(row["id"])) for row in rows}


def _handoff(row: sa.RowMapping, check_code: str | None) -> Handoff:
    region = by_digital2(row["region"] or "")
    return Handoff(
        Kind(row["kind"]),
        {
            Item.CODE: row["invoice_code"],
            Item.NUMBER: row["invoice_number"],
            Item.DATE: (row["issue_date"] or "").replace("-", "") or None,
            Item.AMOUNT: row["amount_excl_tax"],
            Item.TOTAL: row["total"],
            Item.CHECK6: check_code[-6:] if check_code else None,
            Item.CHECK5: check_code[-5:] if check_code else None,
            Item.REGION: region.code4 if region else None,
            Item.SELLER: row["seller_tax_id"],
        },
    )


def _check_codes(connection: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    query = sa.select(invoices.c.entry_id, invoices.c.data).where(carrying(ids))
    found: dict[str, str] = {}
    for entry_id, data in connection.execute(query):
        code = json.loads(data)["fields"].get("check_code", {}).get("value")
        if code:
            found.setdefault(entry_id, code)
    return found


def _checked(connection: sa.Connection, ids: Collection[str]) -> Mapping[str, Checked]:
    query = sa.select(checks).where(checks.c.entry_id.in_(ids)).order_by(checks.c.at)
    today, found = day_of(time.time()).isoformat(), defaultdict[str, Checked](Checked)
    for row in connection.execute(query):
        known = found[row.entry_id]
        result = row.result or known.last_result
        found[row.entry_id] = Checked(known.today + (row.day == today), row.at, result)
    return found


def _view(row: sa.RowMapping, carried: Handoff, checked: Checked, now: float) -> Json:
    issued = dt.date.fromisoformat(row["issue_date"]) if row["issue_date"] else None
    young = window(issued, day_of(now)) if issued else "open"
    first = not_before(carried.kind, issued) if issued else None
    if checked.last_result == Reply.NOT_FOUND.value and checked.last_at:
        first = max(first or 0.0, checked.last_at + _AGAIN)
    remaining = max(0, DAILY_LIMIT - checked.today)
    ready = carried.clipboard is not None and young != "closed" and remaining > 0 and (first or 0.0) <= now
    verification = VERIFICATION_WORDS[Verification(row["verification"])]
    platform = PLATFORM_WORDS[carried.platform] if carried.items else ("", "")
    last = REPLY_WORDS[Reply(checked.last_result)] if checked.last_result else ("", "")
    return {
        "entry_id": row["id"],
        "kind": carried.kind.value,
        "kind_zh": KIND_INFO[carried.kind].zh,
        "kind_en": KIND_INFO[carried.kind].en,
        "platform": carried.platform.value if carried.items else None,
        "platform_zh": platform[0],
        "platform_en": platform[1],
        "items": [
            {"name": item.value, "zh": ITEM_WORDS[item][0], "en": ITEM_WORDS[item][1], "value": carried.values[item]}
            for item in carried.items
        ],
        "missing": [item.value for item in carried.missing],
        "clipboard": carried.clipboard,
        "window": young,
        "not_before": first,
        "remaining_today": remaining,
        "ready": ready,
        "last_checked": checked.last_at,
        "last_result": checked.last_result,
        "last_result_zh": last[0],
        "last_result_en": last[1],
        "verification": row["verification"],
        "verification_zh": verification[0],
        "verification_en": verification[1],
    }


def _table(views: Sequence[Json]) -> str:
    """Rows for a spreadsheet: with a mark of order for Excel, and long digits kept from becoming numbers by a tab."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    items = [ITEM_WORDS[item][0] for item in Item]
    writer.writerow(["票种", *items, "查验平台", "今日剩余次数", "查验结果", "查验时间"])
    for view in views:
        told = {item["name"]: item["value"] for item in view["items"]}
        values = [f"\t{told[item.value]}" if item.value in told else "" for item in Item]
        writer.writerow([view["kind_zh"], *values, view["platform_zh"], view["remaining_today"], "", ""])
    return "\ufeff" + text.getvalue()
