"""One run: a list held against the ledger, kept as what was known then, and what follows for the entries."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from intake.desk.policies import policy_at
from intake.desk.reconciliation.consequences import Consequence, apply, consequences
from intake.desk.reconciliation.coverage import Coverage, coverage_of
from intake.desk.reconciliation.ladder import Ladder, Placed, superseded
from intake.desk.reconciliation.loading import Period, load_list
from intake.desk.reconciliation.reds import find_reds
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.store.database import reading, reading_one_moment
from intake.store.history import append
from intake.store.tables import reconciliation_rows, reconciliations
from models.reconciliation import Bucket

T = TypeVar("T")
_CHUNK = 2000
#: A run that has not finished by then never will.
_ABANDONED_SECONDS = 3600.0


def reconcile(services: Services, source: Path, *, filename: str, actor: str, period: Period | None = None) -> str:
    """Load a list, hold it against the ledger, and give the id of the run.

    The same bytes against the same ledger give the run of then: nothing is written a second time.

    Raises:
        UnreadableInput, BadPeriod, BeingLoaded, OSError: as ``load_list``.
    """
    list_id = load_list(services, source, filename=filename, actor=actor, period=period)
    return reconcile_list(services, list_id, actor=actor)


def reconcile_list(services: Services, list_id: str, *, actor: str) -> str:
    """Hold a loaded list against the ledger as it is now, and give the id of the run.

    Raises:
        NotFound: there is no such list.
    """
    started = time.time()
    with reading_one_moment(services.database) as connection:
        policy = policy_at(connection, started)
        try:
            coverage = coverage_of(connection, list_id, policy)
        except LookupError as trouble:
            raise NotFound(list_id) from trouble
        reds = find_reds(connection, list_id)
        placed = list(Ladder(connection, coverage, reds).places())
        wanted = list(consequences(placed, reds, superseded(connection, coverage)))
    digest = _digest(coverage, policy.label, placed)
    before = _same_run(services, list_id, digest)
    if before:
        return before
    run_id = uuid.uuid4().hex
    run = {
        "id": run_id, "list_id": list_id, "started_at": started, "actor": actor, "policy": policy.label,
        "first_day": coverage.first_day, "last_day": coverage.last_day, "digest": digest,
        "companies": json.dumps(sorted(coverage.companies)),
    }  # fmt: skip
    _store(services, run, (_row(run_id, coverage, one) for one in placed))
    _apply(services, run, wanted, actor)
    _finish(services, run, placed, actor)
    return run_id


def _digest(coverage: Coverage, policy: str, placed: Iterable[Placed]) -> str:
    """What a result is, so that the same one is not kept twice and a changed one shows."""
    digest = hashlib.sha256(f"{policy} {coverage.first_day} {coverage.last_day}".encode())
    for one in placed:
        digest.update(json.dumps(_told(one), ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()


def _told(one: Placed) -> dict[str, Any]:
    return {
        "bucket": one.bucket.value,
        "reasons": [reason.value for reason in one.reasons],
        "tax_row_id": one.listed["id"] if one.listed else None,
        "entry_id": one.entry["id"] if one.entry else None,
        "listed_cents": one.listed["total_cents"] if one.listed else None,
        "entry_cents": one.entry["total_cents"] if one.entry else None,
        "differences": [asdict(difference) for difference in one.differences],
        "others": one.others,
    }


def _row(run_id: str, coverage: Coverage, one: Placed) -> dict[str, Any]:
    told = _told(one)
    details = {name: told.pop(name) for name in ("differences", "others")}
    return {
        **told,
        "run_id": run_id,
        "reasons": json.dumps(told["reasons"]),
        "company": coverage.company_of(one.listed) if one.listed else None,
        "details": json.dumps({name: value for name, value in details.items() if value}, ensure_ascii=False),
    }


def _same_run(services: Services, list_id: str, digest: str) -> str | None:
    """The latest run of a list, when it came to the same."""
    query = (
        sa.select(reconciliations.c.id, reconciliations.c.digest)
        .where(reconciliations.c.list_id == list_id, reconciliations.c.finished_at.is_not(None))
        .order_by(reconciliations.c.finished_at.desc())
        .limit(1)
    )
    with reading(services.database) as connection:
        last = connection.execute(query).one_or_none()
    return str(last.id) if last and last.digest == digest else None


def _store(services: Services, run: Mapping[str, Any], rows: Iterator[dict[str, Any]]) -> None:
    """Write a run and its rows, chunk by chunk; it is not shown before it is finished."""
    with services.database.begin() as connection:
        _forget_abandoned(connection, run["list_id"])
        connection.execute(reconciliations.insert().values(**run))
    for chunk in _chunks(rows):
        with services.database.begin() as connection:
            connection.execute(reconciliation_rows.insert(), chunk)


def _forget_abandoned(connection: sa.Connection, list_id: str) -> None:
    left = sa.select(reconciliations.c.id).where(
        reconciliations.c.list_id == list_id,
        reconciliations.c.finished_at.is_(None),
        reconciliations.c.started_at < time.time() - _ABANDONED_SECONDS,
    )
    ids = list(connection.execute(left).scalars())
    connection.execute(reconciliation_rows.delete().where(reconciliation_rows.c.run_id.in_(ids)))
    connection.execute(reconciliations.delete().where(reconciliations.c.id.in_(ids)))


def _apply(services: Services, run: Mapping[str, Any], wanted: Sequence[Consequence], actor: str) -> None:
    for chunk in _chunks(wanted):
        with services.database.begin() as connection:
            apply(connection, chunk, list_id=run["list_id"], run_id=run["id"], actor=actor)


def _finish(services: Services, run: Mapping[str, Any], placed: Iterable[Placed], actor: str) -> None:
    counts = dict.fromkeys((bucket.value for bucket in Bucket), 0)
    for one in placed:
        counts[one.bucket.value] += 1
    with services.database.begin() as connection:
        mine = reconciliations.c.id == run["id"]
        connection.execute(reconciliations.update().where(mine).values(finished_at=time.time()))
        details = {"run": run["id"], "list": run["list_id"], "digest": run["digest"], "counts": counts}
        append(connection, "reconciliation", actor=actor, details=details)


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    left = iter(rows)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk
