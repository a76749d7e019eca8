"""The runs: each with its list and its sums, and what was known on a day."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from intake.desk.reconciliation.compare import yuan
from intake.desk.search import BadCursor
from intake.desk.seen import reconciled_seen
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.store.database import reading
from intake.store.tables import entries, reconciliation_rows, reconciliations, tax_lists
from models.clock import start_of
from models.reconciliation import BUCKET_WORDS, REASON_WORDS, Bucket, Reason
from models.sight import Sight
from models.tax_list import DIRECTION_WORDS, FORM_WORDS, Direction, Form

Json = dict[str, Any]
_RUN = ("id", "list_id", "finished_at", "actor", "first_day", "last_day", "companies", "policy", "digest")
_LIST = ("filename", "sha256", "form", "direction", "company", "sources", "kinds", "rows", "refused", "imported_at")
_REFUSED_SHOWN = 100


def runs(
    services: Services,
    sight: Sight,
    *,
    as_of: dt.date | None = None,
    list_id: str = "",
    cursor: str = "",
    limit: int = 50,
) -> tuple[list[Json], str | None]:
    """Finished runs, the latest first, with their sums, and the cursor of the next page.

    ``as_of``: of each list only its latest run up to the end of that day in Shanghai: what was known then.

    Raises:
        BadCursor: ``cursor`` is not one of ours.
    """
    query = _query().order_by(reconciliations.c.finished_at.desc(), reconciliations.c.id.desc())
    if as_of:
        end = start_of(as_of + dt.timedelta(days=1))
        query = query.where(_latest_before(end))
    if list_id:
        query = query.where(reconciliations.c.list_id == list_id)
    if cursor:
        query = query.where(reconciliations.c.finished_at < _moment(cursor))
    if sight.companies is None:
        query = query.limit(limit + 1)
    with reading(services.database) as connection:
        rows = [row for row in connection.execute(query).mappings() if _may_see(row, sight)]
        page = [_view(connection, row, sight) for row in rows[:limit]]
    return page, repr(page[-1]["finished_at"]) if len(rows) > limit else None


def run_view(services: Services, run_id: str, sight: Sight) -> Json:
    """One run with its list and its sums.

    Raises:
        NotFound: there is none, it is not finished, or it is not for these eyes.
    """
    with reading(services.database) as connection:
        row = run_seen(connection, run_id, sight)
        return _view(connection, row, sight)


def run_seen(connection: sa.Connection, run_id: str, sight: Sight) -> sa.RowMapping:
    """A finished run.

    Raises:
        NotFound: there is none, or it is of companies that these eyes may not see.
    """
    row = connection.execute(_query().where(reconciliations.c.id == run_id)).mappings().one_or_none()
    if row is None or not _may_see(row, sight):
        raise NotFound(run_id)
    return row


def _query() -> sa.Select[Any]:
    return (
        sa.select(*(reconciliations.c[name] for name in _RUN), *(tax_lists.c[name] for name in _LIST))
        .join(tax_lists, tax_lists.c.id == reconciliations.c.list_id)
        .where(reconciliations.c.finished_at.is_not(None))
    )


def _latest_before(end: float) -> sa.ColumnElement[bool]:
    last = (
        sa.select(reconciliations.c.list_id, sa.func.max(reconciliations.c.finished_at))
        .where(reconciliations.c.finished_at < end)
        .group_by(reconciliations.c.list_id)
    )
    return sa.tuple_(reconciliations.c.list_id, reconciliations.c.finished_at).in_(last)


def _may_see(row: sa.RowMapping, sight: Sight) -> bool:
    return sight.companies is None or not sight.companies.isdisjoint(json.loads(row["companies"]))


def _view(connection: sa.Connection, row: sa.RowMapping, sight: Sight) -> Json:
    form, direction = FORM_WORDS[Form(row["form"])], DIRECTION_WORDS[Direction(row["direction"])]
    refused = json.loads(row["refused"])
    # A refused row shows numbers of whoever it is.
    shown = refused[:_REFUSED_SHOWN] if sight.everything else []
    lists = {name: json.loads(row[name]) for name in ("sources", "kinds", "companies")}
    return {
        **{name: row[name] for name in (*_RUN, *_LIST)},
        **lists,
        "form_zh": form[0],
        "form_en": form[1],
        "direction_zh": direction[0],
        "direction_en": direction[1],
        "refused": len(refused),
        "refused_rows": shown,
        **_sums(connection, row["id"], sight),
    }


def _sums(connection: sa.Connection, run_id: str, sight: Sight) -> Json:
    """How many invoices are in each bucket, what they come to on both sides, and how often each reason was given."""
    rows = reconciliation_rows
    group, sums = (rows.c.bucket, rows.c.reasons), [sa.func.sum(rows.c[f"{one}_cents"]) for one in ("listed", "entry")]
    grouped = sa.select(*group, sa.func.count(), *sums).group_by(*group)
    if not sight.everything:
        grouped = grouped.select_from(rows.outerjoin(entries, entries.c.id == rows.c.entry_id))
    found = connection.execute(grouped.where(rows.c.run_id == run_id, reconciled_seen(sight))).all()
    reasons: Counter[tuple[str, str]] = Counter()
    for bucket, given, count, _, _ in found:
        reasons.update({(bucket, reason): count for reason in json.loads(given)})
    return {
        "buckets": [_bucket(bucket, [one for one in found if one.bucket == bucket], reasons) for bucket in Bucket],
    }


def _bucket(bucket: Bucket, groups: Iterable[Any], reasons: Mapping[tuple[str, str], int]) -> Json:
    told = [tuple(group) for group in groups]
    listed, entered = (sum(int(group[place] or 0) for group in told) for place in (3, 4))
    return {
        "bucket": bucket.value,
        "zh": BUCKET_WORDS[bucket][0],
        "en": BUCKET_WORDS[bucket][1],
        "count": sum(group[2] for group in told),
        "listed": yuan(listed),
        "entered": yuan(entered),
        "reasons": [
            {"reason": one.value, "zh": REASON_WORDS[one][0], "en": REASON_WORDS[one][1], "count": count}
            for one in Reason
            if (count := reasons.get((bucket.value, one.value), 0))
        ],
    }


def _moment(cursor: str) -> float:
    try:
        return float(cursor)
    except ValueError as trouble:
        raise BadCursor(cursor) from trouble
