"""The audit trail: who did what, when, from where, before and after, as far as an auditor may see it.

Each event is told with its hash and the one before, so that whoever has an export can prove it without us
(docs/security.md says how).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.desk.roots import kept_roots
from intake.desk.runs import last_run
from intake.desk.seen import audited
from intake.desk.services import Services
from intake.desk.verify_runs import ASKED, NIGHTLY
from intake.store.database import reading
from intake.store.entries import DERIVED, view_after
from intake.store.history import parted
from intake.store.tables import entries, events
from models.acts import act_words, acts_of
from models.clock import start_of
from models.query import BadFilter
from models.sight import Sight

Json = dict[str, Any]
#: Columns of an entry that every event changes, or that are worked out of others.
_ALWAYS = frozenset({*DERIVED, "revision", "changed_at"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What an auditor looks for: everything that is said must fit. ``act`` is a kind of act, or ``group:…``.

    ``about`` is the id of a document, an entry or a submission, or the number of an invoice. Days are days in Shanghai.
    """

    actor: str = ""
    act: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    about: str = ""

    @property
    def told(self) -> dict[str, str]:
        """What was asked, as the event of an export keeps it."""
        days = {name: day.isoformat() for name, day in (("since", self.since), ("until", self.until)) if day}
        words = {"actor": self.actor, "act": self.act, "about": self.about}
        return {**{name: word for name, word in words.items() if word}, **days}


@dataclass(frozen=True, slots=True)
class Trail:
    """Some events, the latest first, and the cursor of the next page; None at the end."""

    events: list[Json]
    next: int | None


def audit_page(services: Services, sight: Sight, asked: Asked, *, cursor: int = 0, limit: int = 50) -> Trail:
    """A page of the trail; ``cursor`` 0 is its beginning. What happens meanwhile moves no page.

    Raises:
        BadFilter: there is no such kind of act.
    """
    query = sa.select(events).where(*trail(sight, asked)).order_by(events.c.id.desc()).limit(limit + 1)
    if cursor:
        query = query.where(events.c.id < cursor)
    with reading(services.database) as connection:
        rows = connection.execute(query).mappings().all()
        told = told_in_words(connection, rows[:limit])
    return Trail(told, rows[limit - 1]["id"] if len(rows) > limit else None)


def trail(sight: Sight, asked: Asked) -> list[sa.ColumnElement[bool]]:
    """The conditions of what is asked, as far as it may be seen.

    Raises:
        BadFilter: there is no such kind of act.
    """
    told = [audited(sight)]
    if asked.actor:
        told.append(events.c.actor == asked.actor)
    if asked.act:
        try:
            told.append(events.c.what.in_(acts_of(asked.act)))
        except KeyError as trouble:
            raise BadFilter("act", asked.act) from trouble
    if asked.since:
        told.append(events.c.at >= start_of(asked.since))
    if asked.until:
        told.append(events.c.at < start_of(asked.until + dt.timedelta(days=1)))
    if asked.about:
        numbered = sa.select(entries.c.id).where(entries.c.invoice_number == asked.about)
        of = (events.c.document_id, events.c.entry_id, events.c.submission_id)
        told.append(sa.or_(*(column == asked.about for column in of), events.c.entry_id.in_(numbered)))
    return told


def told_in_words(connection: sa.Connection, rows: Sequence[sa.RowMapping]) -> list[Json]:
    """Events as auditors read them, in their order."""
    changes = _changes_of_entries(connection, rows)
    return [_told(row, changes.get(row["id"])) for row in rows]


def chain_state(services: Services) -> Json:
    """The state of the chain: its head, the root kept last, and the last proof. ``None``: there is none yet."""
    query = sa.select(events.c.id, events.c.at, events.c.hash).order_by(events.c.id.desc()).limit(1)
    with reading(services.database) as connection:
        head = connection.execute(query).mappings().one_or_none()
    proof = last_run(services, NIGHTLY, ASKED)
    try:
        roots = [line for line in kept_roots(services.settings.roots_file) if line.strip() and line[0] != "#"]
    except OSError:
        roots = []  # the nightly proof complains of a file that cannot be read
    return {
        "head": dict(head) if head else None,
        "root": roots[-1] if roots else None,
        "proof": {"at": proof.ended_at, "ok": proof.ok, "parts": proof.details["parts"]} if proof else None,
    }


def _told(row: sa.RowMapping, changed: tuple[Json, Json] | None) -> Json:
    details, whence = parted(row["details"])
    before, after = changed or _before_and_after(row["what"], details)
    zh, en = act_words(row["what"])
    kept = {name: row[name] for name in (
        "id", "at", "actor", "what", "document_id", "submission_id", "entry_id", "algorithm", "previous", "hash",
    )}  # fmt: skip
    where = {"address": whence.get("address"), "key": whence.get("key")}
    return {**kept, "act_zh": zh, "act_en": en, **where, "before": before, "after": after, "details": details}


def _before_and_after(what: str, details: Mapping[str, Any]) -> tuple[Json, Json]:
    """What an event of no entry says of the state before and after it."""
    if "from" in details:
        return {"state": details["from"]}, {"state": what}
    if isinstance(details.get("before"), dict) and isinstance(details.get("after"), dict):
        return details["before"], details["after"]
    return {}, {}


def _changes_of_entries(connection: sa.Connection, rows: Sequence[sa.RowMapping]) -> dict[int, tuple[Json, Json]]:
    """What each event of an entry changed in it, worked out of all events up to it."""
    wanted = {row["id"] for row in rows if row["entry_id"]}
    if not wanted:
        return {}
    ids = {row["entry_id"] for row in rows if row["entry_id"]}
    columns = (events.c.id, events.c.entry_id, events.c.what, events.c.at, events.c.details)
    query = sa.select(*columns).where(events.c.entry_id.in_(ids), events.c.id <= max(wanted)).order_by(events.c.id)
    found: dict[int, tuple[Json, Json]] = {}
    stands: dict[str, Json] = {}
    for one in connection.execute(query):
        before = stands.get(one.entry_id, {})
        after = view_after(before, one.what, one.at, json.loads(one.details))
        stands[one.entry_id] = after
        if one.id in wanted:
            found[one.id] = _difference(before, after)
    return found


def _difference(before: Json, after: Json) -> tuple[Json, Json]:
    names = [name for name in after if name not in _ALWAYS and after[name] != before.get(name)]
    return {name: before[name] for name in names if name in before}, {name: after[name] for name in names}
