"""What was looked at for an answer: each source with its age, how much of it fits, and what it cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from intake.desk.trace.case import Case
from intake.desk.trace.fit import Fit
from intake.desk.trace.lists import ASPECTS, TaxList
from intake.desk.trace.search import LATEST
from intake.store.tables import documents, entries
from models.answers import Pair
from models.clock import day_of
from models.sight import Sight

Json = dict[str, Any]
_LISTS = 6


def looked_at(connection: sa.Connection, sight: Sight, case: Case, found: Sequence[Fit]) -> list[Json]:
    """The sources in order: our ledger, our documents, each list of the tax authority, or that none was loaded."""
    enough = [one.subject for one in found if one.enough]
    ledger = _newest(connection, sight, entries.c.registered_at)
    files = _newest(connection, sight, documents.c.received_at)
    received = _own(
        "documents",
        ("收到的文件", "Files received"),
        sum(bool(one.files) for one in enough),
        files,
        case,
        _latest(case),
    )
    return [
        _own("ledger", ("台账", "Ledger"), sum(one.entry is not None for one in enough), ledger, case),
        {**received, "unread": case.unread},
        *_lists(case, enough),
    ]


def _latest(case: Case) -> Pair:
    """What must be said of a source in which names are looked for only in what came last."""
    if case.asked.figures or not case.asked.words:
        return "", ""
    return f"；名称只在最近 {LATEST} 条中查找", f"; names were looked for in the latest {LATEST}"


def _own(source: str, words: Pair, count: int, newest: float | None, case: Case, note: Pair = ("", "")) -> Json:
    zh, en = words
    empty = newest is None and case.sight.everything
    return {
        "source": source,
        "zh": f"{zh}：{'还是空的' if empty else f'实时，{count} 条相符'}{note[0]}",
        "en": f"{en}: {'nothing yet' if empty else f'live, {count} fit'}{note[1]}",
        "count": count,
        "newest_at": newest,
        "age_seconds": 0.0,
    }


def _newest(connection: sa.Connection, sight: Sight, moment: sa.Column[float]) -> float | None:
    """When the last row came; it is told only to who sees all of them, as else it would tell of what is not seen."""
    return connection.execute(sa.select(sa.func.max(moment))).scalar() if sight.everything else None


def _lists(case: Case, enough: Sequence[Any]) -> list[Json]:
    """The lists that have it, else those that should, else the latest; and plainly when there are none."""
    if not case.lists:
        zh = "税局清单：没有导入过，所以没有与税局对照"
        en = "Lists of the tax authority: none was loaded, so nothing was compared with it"
        return [{"source": "tax_list", "loaded": False, "zh": zh, "en": en, "count": 0, "age_seconds": None}]
    having = {row["list_id"] for subject in enough for row in subject.rows}
    order = sorted(case.lists, key=lambda one: (one.id in having, not _leaves_out(one, case)), reverse=True)
    return [_list(one, case, enough) for one in order[:_LISTS]]


def _leaves_out(one: TaxList, case: Case) -> tuple[str, ...]:
    return one.leaves_out(case.subject) if case.subject else ()


def _list(one: TaxList, case: Case, enough: Sequence[Any]) -> Json:
    count = sum(row["list_id"] == one.id for subject in enough for row in subject.rows[:1])
    out = _leaves_out(one, case)
    day = day_of(one.imported_at).isoformat()
    says = (f"{count} 条相符", f"{count} fit")
    if out and not count:
        lacks = [ASPECTS[name] for name in out]
        says = (f"不覆盖：{'、'.join(x[0] for x in lacks)}", f"does not cover: {', '.join(x[1] for x in lacks)}")
    zh, en = one.label
    note = _latest(case)
    return {
        **asdict(one),
        "source": "tax_list",
        "loaded": True,
        "zh": f"税局清单 {one.filename}：{zh}，{one.rows} 行，{day} 导入；{says[0]}{note[0]}",
        "en": f"List {one.filename}: {en}, {one.rows} rows, loaded on {day}; {says[1]}{note[1]}",
        "count": count,
        "covers": not out if case.subject else None,
        "lacks": list(out),
        "age_seconds": max(0.0, case.now - one.imported_at),
    }
