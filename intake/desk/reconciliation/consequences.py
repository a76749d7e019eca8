"""What a run means for entries: where they stand against the list, and what became known against them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from intake.desk.reconciliation.compare import RULES, state_words, yuan
from intake.desk.reconciliation.ladder import Placed
from intake.desk.reconciliation.reds import Reds
from intake.store.entries import change_many
from intake.store.tables import alarms, entries
from models.entry import Reconciliation, Verification
from models.reconciliation import Bucket
from models.tax_list import standing

_STATES: Mapping[Bucket, Reconciliation] = {
    Bucket.MATCHED: Reconciliation.MATCHED,
    Bucket.DIFFERENT: Reconciliation.DIFFERENT,
    Bucket.ONLY_HERE: Reconciliation.NOT_LISTED,
}
#: How bad it is; what is known does not get better by a list, except that a mark (异常) may be lifted.
_GRAVITY: Mapping[Verification, int] = {
    Verification.ABNORMAL: 1,
    Verification.RED_PARTIAL: 2,
    Verification.RED_FULL: 3,
    Verification.VOIDED: 3,
}


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an entry should become. ``state`` None: nothing follows. ``found``: what its tax state is; None as it was.

    ``lifted``: nothing speaks against it on the list. ``params``: what the sentence of the alarm needs.
    """

    entry_id: str
    state: Reconciliation | None = None
    found: Verification | None = None
    lifted: bool = False
    params: Mapping[str, str] = field(default_factory=dict)
    line: int | None = None


def consequences(placed: Iterable[Placed], reds: Reds, superseded: set[str]) -> Iterator[Consequence]:
    """What follows from a run; nothing for an invoice of which a later list tells."""
    for one in placed:
        if one.entry is None or one.bucket not in _STATES:
            continue
        if one.listed is None:
            yield Consequence(one.entry["id"], _STATES[one.bucket])
        elif one.listed["key"] not in superseded:
            yield of_pair(one.bucket, one.listed, one.entry["id"], reds)
    for key, blue in reds.blues.items():
        if key not in superseded:
            yield Consequence(blue.entry_id, found=blue.left, params={"amount": yuan(-blue.taken_back)})


def of_pair(bucket: Bucket, listed: Mapping[str, Any], entry_id: str, reds: Reds) -> Consequence:
    """What follows from a row of the list for the entry that it is."""
    found = standing(listed["status"], listed["risk"])
    blue = reds.blues.get(listed["key"])
    params: dict[str, str] = {}
    if found is Verification.ABNORMAL:
        params = {"state": state_words(listed, found)}
    elif found is not None:
        params = {"amount": yuan(-blue.taken_back) if blue else state_words(listed, found)}
    return Consequence(entry_id, _STATES[bucket], found, lifted=found is None, params=params, line=listed["line"])


def apply(connection: sa.Connection, wanted: Sequence[Consequence], *, list_id: str, run_id: str, actor: str) -> None:
    """Write the events of what changes, and raise the alarms; what stands already changes nothing."""
    ids = {one.entry_id for one in wanted}
    query = sa.select(entries.c.id, entries.c.reconciliation, entries.c.verification, entries.c.withdrawn_at)
    rows = {row.id: row for row in connection.execute(query.where(entries.c.id.in_(ids)))}
    changes: list[tuple[str, str, Mapping[str, Any]]] = []
    raised: dict[tuple[str, str], dict[str, Any]] = {}
    known = {identity: Verification(row.verification) for identity, row in rows.items()}
    for one in wanted:
        row = rows[one.entry_id]
        if row.withdrawn_at is not None:
            continue
        origin = {"list": list_id, "run": run_id, **({"line": one.line} if one.line else {})}
        if one.state is not None and one.state.value != row.reconciliation:
            changes.append((row.id, "reconciled", {"result": one.state.value, **origin}))
        now = _now(known[row.id], one)
        if now is not known[row.id]:
            changes.append((row.id, "verified", {"result": now.value, **one.params, **origin}))
            known[row.id] = now
            if now in RULES:
                raised[row.id, RULES[now]] = _alarm(row.id, now, one.params, list_id)
    change_many(connection, changes, actor=actor)
    if raised:
        connection.execute(alarms.insert(), list(raised.values()))


def _now(before: Verification, one: Consequence) -> Verification:
    if one.found is not None and _GRAVITY[one.found] > _GRAVITY.get(before, 0):
        return one.found
    # The tax authority knows it, and its mark is gone.
    return Verification.MATCH if one.lifted and before is Verification.ABNORMAL else before


def _alarm(entry_id: str, state: Verification, params: Mapping[str, str], list_id: str) -> dict[str, Any]:
    return {
        "at": time.time(),
        "rule": RULES[state],
        "entry_id": entry_id,
        "list_id": list_id,
        "params": json.dumps(dict(params), ensure_ascii=False),
    }
