"""The rows of a run as people see them: both sides, what differs, why, and what there is to do about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from intake.check.catalogue import rules
from intake.desk.reasons import words_of
from intake.desk.reconciliation.compare import RULES, yuan
from intake.desk.reconciliation.history import run_seen
from intake.desk.search import row_of_cursor
from intake.desk.seen import entries_seen, reconciled_seen
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.tables import entries, reconciliation_links, reconciliation_rows, tax_rows
from models.fields import FIELD_LABELS
from models.finding import Finding
from models.kinds import KIND_INFO, Kind
from models.reconciliation import REASON_WORDS, Bucket, Reason
from models.sight import Sight
from models.tax_list import standing
from models.terms import spoken

Json = dict[str, Any]
_LISTED = (
    "id", "line", "key", "invoice_code", "invoice_number", "kind", "issue_date", "seller_name", "seller_tax_id",
    "buyer_name", "buyer_tax_id", "amount_cents", "tax_cents", "total_cents", "status", "risk",
)  # fmt: skip
_ENTERED = (
    "id", "kind", "invoice_code", "invoice_number", "issue_date", "seller_name", "seller_tax_id", "buyer_name",
    "buyer_tax_id", "total", "total_cents", "sender", "registered_at", "withdrawn_at",
)  # fmt: skip
#: Fields that only a list has.
_LABELS = {**FIELD_LABELS, "status": ("发票状态", "Tax state"), "kind": ("票种", "Kind")}


def run_rows(
    services: Services,
    run_id: str,
    sight: Sight,
    *,
    bucket: Bucket | None = None,
    reason: Reason | None = None,
    cursor: str = "",
    limit: int = 50,
) -> tuple[list[Json], str | None]:
    """A page of the rows of a run in the order of the list, and the cursor of the next page.

    Raises:
        NotFound: there is no such run, or it is not for these eyes. BadCursor: ``cursor`` is not one of ours.
    """
    query = selected(run_id, sight, bucket).limit(limit + 1)
    if reason:
        query = query.where(reconciliation_rows.c.reasons.contains(f'"{reason.value}"', autoescape=True))
    if cursor:
        query = query.where(reconciliation_rows.c.id > row_of_cursor(cursor))
    with reading(services.database) as connection:
        run_seen(connection, run_id, sight)
        rows = [view(row) for row in connection.execute(query).mappings()]
        page = rows[:limit]
        _add_what_is_known_now(connection, page, sight)
    return page, str(page[-1]["id"]) if len(rows) > limit else None


def selected(run_id: str, sight: Sight, bucket: Bucket | None) -> sa.Select[Any]:
    """The rows of a run that somebody may see, with both sides."""
    listed = [tax_rows.c[name].label(f"listed_{name}") for name in _LISTED]
    entered = [entries.c[name].label(f"entry_{name}") for name in _ENTERED]
    own = [reconciliation_rows.c[name] for name in ("id", "bucket", "reasons", "details")]
    query = (
        sa.select(*own, *listed, *entered)
        .select_from(
            reconciliation_rows.outerjoin(tax_rows, tax_rows.c.id == reconciliation_rows.c.tax_row_id).outerjoin(
                entries, entries.c.id == reconciliation_rows.c.entry_id
            )
        )
        .where(reconciliation_rows.c.run_id == run_id, reconciled_seen(sight))
        .order_by(reconciliation_rows.c.id)
    )
    return query.where(reconciliation_rows.c.bucket == bucket.value) if bucket else query


def view(row: sa.RowMapping) -> Json:
    """One row of a run with its words in both languages."""
    listed = _side(row, "listed_", _LISTED)
    entry = _side(row, "entry_", _ENTERED)
    details = json.loads(row["details"])
    reasons = [Reason(one) for one in json.loads(row["reasons"])]
    bucket = Bucket(row["bucket"])
    if entry:
        kind = KIND_INFO[Kind(entry["kind"])]
        entry["kind_zh"], entry["kind_en"] = kind.zh, kind.en
    if listed:
        listed |= {short: yuan(listed[f"{short}_cents"]) for short in ("amount", "tax", "total")}
    differing = details.get("differences", ())
    return {
        "id": row["id"],
        "bucket": bucket.value,
        "reasons": [{"reason": one.value, **_words(REASON_WORDS[one])} for one in reasons],
        "listed": listed,
        "entry": entry,
        "differences": [_difference(one) for one in differing],
        "others": details.get("others", []),
        "findings": [
            {"rule": one.rule, "severity": one.severity.value, **words_of(one)}
            for one in _findings(bucket, listed, entry, differing)
        ],
    }


def _side(row: sa.RowMapping, prefix: str, names: Sequence[str]) -> Json | None:
    side = {name: row[f"{prefix}{name}"] for name in names}
    return side if side["id"] is not None else None


def _difference(one: Mapping[str, str]) -> Json:
    said = {f"entered_{name}": spoken(one["entered"], english=name == "en") for name in ("zh", "en")}
    return {"field": one["field"], **_words(_LABELS[one["field"]]), "listed": one["listed"], **said}


def _findings(
    bucket: Bucket, listed: Json | None, entry: Json | None, differing: Sequence[Mapping[str, str]]
) -> Iterator[Finding]:
    number = {"num": (listed or entry or {})["invoice_number"]}
    if bucket is Bucket.ONLY_LISTED and listed:
        yield _finding("REC-ONLY-TAX", {**number, "seller": listed["seller_name"] or "–"})
    if bucket is Bucket.ONLY_HERE:
        yield _finding("REC-ONLY-REG", number)
    for one in differing:
        if one["reason"] != Reason.STATUS_DIFF:
            field = "@sheet.kind" if one["field"] == "kind" else f"@field.{one['field']}"
            said = {"field": field, "a": one["entered"], "b": one["listed"]}
            yield _finding("REC-DIFF", {**number, **said})
        elif listed and (state := standing(listed["status"], listed["risk"])):
            yield _finding(RULES[state], {"amount": one["listed"], "state": one["listed"]})


def _finding(rule: str, params: Mapping[str, str]) -> Finding:
    return Finding(rule, rules()[rule].severity, params=params)


def _add_what_is_known_now(connection: sa.Connection, page: Sequence[Json], sight: Sight) -> None:
    """Beside what was known when the run was made: links since, and entries that came since."""
    keys = {row["listed"]["key"] for row in page if row["listed"]}
    seen = entries_seen(sight)
    link = sa.select(reconciliation_links).join(entries, entries.c.id == reconciliation_links.c.entry_id)
    standing_ones = link.where(reconciliation_links.c.key.in_(keys), reconciliation_links.c.undone_at.is_(None), seen)
    links = {row["key"]: dict(row) for row in connection.execute(standing_ones).mappings()}
    came = sa.select(entries.c.key, entries.c.id, entries.c.registered_at).where(
        entries.c.key.in_(keys), entries.c.withdrawn_at.is_(None), seen
    )
    here = {row.key: {"entry_id": row.id, "registered_at": row.registered_at} for row in connection.execute(came)}
    others = {one for row in page for one in row["others"]}
    visible = set(connection.execute(sa.select(entries.c.id).where(entries.c.id.in_(others), seen)).scalars())
    for row in page:
        key = row["listed"]["key"] if row["listed"] else None
        row["others"] = [one for one in row["others"] if one in visible]
        row["link"] = _link(links.get(key))
        row["since"] = here.get(key) if row["bucket"] == Bucket.ONLY_LISTED else None


def _link(row: Mapping[str, Any] | None) -> Json | None:
    return {name: row[name] for name in ("id", "entry_id", "reason", "actor", "linked_at")} if row else None


def _words(words: tuple[str, str]) -> Json:
    return {"zh": words[0], "en": words[1]}
