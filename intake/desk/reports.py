"""The feedback desk: what people report of the service, who looks at it, and what they are answered.

A report is seen by who wrote it and by those who answer; its text may hold anything, so it is kept out of the chain of
events, which only says that there was one. People's numbers and names are hidden before it is kept.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

import sqlalchemy as sa

from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.store.database import reading
from intake.store.history import append
from intake.store.tables import report_notes, reports
from models.masking import masked
from models.person import Caller
from models.report import CLASS_WORDS, REPORT_STATE_WORDS, ReportClass, ReportState, classify
from models.rights import Permission

Json = dict[str, Any]
_OPEN = (ReportState.OPEN.value, ReportState.ASSIGNED.value)


def report(
    services: Services,
    text: str,
    *,
    reporter: str,
    page: str = "",
    document_id: str | None = None,
    rule: str | None = None,
    about: ReportClass | None = None,
) -> str:
    """Keep a report and give its id; its class is what it says it is, or what its words give away."""
    kind = about or classify(text, page=page, rule=rule)
    with services.database.begin() as connection:
        return enter_report(
            connection, text, reporter=reporter, page=page, document_id=document_id, rule=rule, about=kind
        )


def enter_report(
    connection: sa.Connection,
    text: str,
    *,
    reporter: str,
    about: ReportClass,
    page: str = "",
    document_id: str | None = None,
    rule: str | None = None,
) -> str:
    """The same, of a class, within the caller's transaction."""
    identity, now = uuid.uuid4().hex, time.time()
    values = {
        "id": identity, "at": now, "reporter": reporter, "text": masked(text), "about": about.value,
        "state": ReportState.OPEN.value, "page": masked(page)[:400], "document_id": document_id, "rule": rule,
        "changed_at": now,
    }  # fmt: skip
    connection.execute(reports.insert().values(**values))
    details = {"report": identity, "about": about.value}
    append(connection, "reported", actor=reporter, document_id=document_id, details=details)
    return identity


def take_report(services: Services, report_id: str, *, actor: str, assignee: str | None = None) -> None:
    """Give a report to somebody (none: to oneself).

    Raises:
        NotFound: there is no such report.
    """
    _change(services, report_id, "report_taken", actor, {"state": ReportState.ASSIGNED.value,
                                                          "assignee": assignee or actor})  # fmt: skip


def answer_report(services: Services, report_id: str, text: str, *, actor: str) -> None:
    """Answer a report; whoever wrote it sees the answer.

    Raises:
        NotFound: there is no such report.
    """
    _change(services, report_id, "report_answered", actor, {"state": ReportState.ANSWERED.value}, text)


def reply(services: Services, report_id: str, text: str, *, actor: str) -> None:
    """Add to one's own report; an answered one is open again.

    Raises:
        NotFound: there is no such report of this person.
    """
    if report_view(services, report_id)["reporter"] != actor:
        raise NotFound(report_id)
    _change(services, report_id, "report_reopened", actor, {"state": ReportState.OPEN.value}, text)


def close_report(services: Services, report_id: str, *, actor: str) -> None:
    """Close a report that needs nothing more.

    Raises:
        NotFound: there is no such report.
    """
    _change(services, report_id, "report_closed", actor, {"state": ReportState.CLOSED.value})


def report_view(services: Services, report_id: str) -> Json:
    """One report with what was said since.

    Raises:
        NotFound: there is no such report.
    """
    with reading(services.database) as connection:
        row = connection.execute(sa.select(reports).where(reports.c.id == report_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(report_id)
        query = sa.select(report_notes).where(report_notes.c.report_id == report_id).order_by(report_notes.c.id)
        notes = [
            {name: note[name] for name in ("at", "actor", "text")} for note in connection.execute(query).mappings()
        ]
    return {**_told(row), "notes": notes}


def report_seen(services: Services, caller: Caller, report_id: str) -> Json:
    """A report for who asks: one's own, or any for those who answer.

    Raises:
        NotFound: there is no such report for them.
    """
    view = report_view(services, report_id)
    if view["reporter"] != caller.person.name and not caller.may(Permission.OPERATE):
        raise NotFound(report_id)
    return view


def report_list(
    services: Services, *, reporter: str | None = None, waiting: bool = False, limit: int = 200, skip: int = 0
) -> list[Json]:
    """Reports, the latest first: everybody's, or one person's; ``waiting``: only those without an answer."""
    query = sa.select(reports).where(_among(reporter, waiting=waiting))
    query = query.order_by(reports.c.at.desc(), reports.c.id).limit(limit).offset(skip)
    with reading(services.database) as connection:
        return [_told(row) for row in connection.execute(query).mappings()]


def report_total(services: Services, *, reporter: str | None = None, waiting: bool = False) -> int:
    """How many reports there are of those that ``report_list`` lists."""
    query = sa.select(sa.func.count()).select_from(reports).where(_among(reporter, waiting=waiting))
    with reading(services.database) as connection:
        return connection.execute(query).scalar_one()


def _among(reporter: str | None, *, waiting: bool) -> sa.ColumnElement[bool]:
    theirs = reports.c.reporter == reporter if reporter is not None else sa.true()
    return sa.and_(theirs, reports.c.state.in_(_OPEN)) if waiting else theirs


def report_counts(services: Services, *, since: float = 0.0) -> list[Json]:
    """How many reports of each class came since a moment, and how many of them wait, the most frequent first."""
    waits = sa.func.sum(sa.case((reports.c.state.in_(_OPEN), 1), else_=0))
    query = (
        sa.select(reports.c.about, sa.func.count().label("count"), waits.label("waiting"))
        .where(reports.c.at >= since)
        .group_by(reports.c.about)
    )
    with reading(services.database) as connection:
        rows = connection.execute(query).all()
    counted = [
        {"about": about, "about_zh": CLASS_WORDS[ReportClass(about)][0], "about_en": CLASS_WORDS[ReportClass(about)][1],
         "count": int(count), "waiting": int(waiting)}
        for about, count, waiting in rows
    ]  # fmt: skip
    return sorted(counted, key=lambda one: (-one["count"], one["about"]))


def enter_answer(connection: sa.Connection, report_id: str, text: str, *, actor: str) -> None:
    """Answer a report within the caller's transaction.

    Raises:
        NotFound: there is no such report.
    """
    _enter_change(connection, report_id, "report_answered", actor, {"state": ReportState.ANSWERED.value}, text)


def _change(services: Services, report_id: str, what: str, actor: str, values: Json, note: str = "") -> None:
    with services.database.begin() as connection:
        _enter_change(connection, report_id, what, actor, values, note)


def _enter_change(
    connection: sa.Connection, report_id: str, what: str, actor: str, values: Json, note: str = ""
) -> None:
    now, mine = time.time(), reports.c.id == report_id
    row = connection.execute(sa.select(reports.c.document_id).where(mine)).one_or_none()
    if row is None:
        raise NotFound(report_id)
    connection.execute(reports.update().where(mine).values(**values, changed_at=now))
    if note:
        connection.execute(report_notes.insert().values(report_id=report_id, at=now, actor=actor, text=masked(note)))
    details = {"report": report_id, **({"assignee": values["assignee"]} if "assignee" in values else {})}
    append(connection, what, actor=actor, document_id=row.document_id, details=details)


def _told(row: sa.RowMapping) -> Json:
    about, state = CLASS_WORDS[ReportClass(row["about"])], REPORT_STATE_WORDS[ReportState(row["state"])]
    words = {"about_zh": about[0], "about_en": about[1], "state_zh": state[0], "state_en": state[1]}
    return {**row, **words}
