"""How the service runs: its work, rules, partners, proof of the ledger, room, foundations and versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import redis
from fastapi import Form, Request
from fastapi.responses import Response
from markupsafe import Markup

from api.deps import Desk, Sender
from api.guard import allow, guarded
from api.web.frame import back_to, in_words, language, render
from api.web.speed import proof_plot, time_plot
from api.web.texts import words
from intake.desk.folders import watched
from intake.desk.health import ledger_state, oldest_waiting, readiness
from intake.desk.mailboxes import looked_into
from intake.desk.receive import retry
from intake.desk.reports import report_counts
from intake.desk.speed import DaySpeed, speed_by_day
from intake.desk.statistics import RuleRecord, rule_records
from intake.desk.steering import TooLate, cancel, put_ahead, work_log
from intake.desk.sync.monitor import standings
from intake.desk.versions import room, versions
from intake.desk.workload import workload
from models.document import STATE_WORDS, State
from models.rights import Permission
from models.sight import EVERYTHING

router = guarded(include_in_schema=False)
_OPERATE = allow(Permission.OPERATE)
#: The worst rules are what one looks for here; the page of the rules has them all.
_RULES = 12


@router.get("/operations", dependencies=[_OPERATE])
def operations(request: Request, desk: Desk, why: str = "") -> Response:
    """Everything that those who run the service look at, the urgent first; ``why`` is what kept an act from it."""
    states = {state.value: pair for state, pair in STATE_WORDS.items()}
    days = speed_by_day(desk)
    return render(
        request, "operations.html", work=workload(desk), oldest=oldest_waiting(desk), queues=_queues(desk),
        records=_disputed(desk), partners=standings(desk), proof=ledger_state(desk), room=room(desk),
        ready=readiness(desk), versions=versions(desk), classes=report_counts(desk), states=states,
        folders=watched(desk), mailboxes=looked_into(desk), why=why,
        days=days, plots=_plots(days, words(language(request))),
    )  # fmt: skip


@router.get("/operations/documents/{document_id}", dependencies=[_OPERATE])
def job(document_id: str, request: Request, desk: Desk, why: str = "") -> Response:
    """How the work on one document goes, live, and what can be done about it."""
    template = "operations_job_body.html" if request.headers.get("x-part") else "operations_job.html"
    return render(request, template, job=work_log(desk, document_id), why=why, states=STATE_WORDS, State=State)


@router.post("/operations/documents/{document_id}/retry", dependencies=[_OPERATE])
def read_again(document_id: str, desk: Desk, sender: Sender) -> Response:
    """Read a failed document once more, from the list."""
    retry(desk, document_id, actor=sender)
    return back_to("/operations")


@router.post("/operations/documents/{document_id}/cancel", dependencies=[_OPERATE])
def take_back(
    document_id: str, desk: Desk, sender: Sender, said: Annotated[str, Form(alias="words", max_length=300)]
) -> Response:
    """Return a document that nobody reads yet, with a word for its sender."""
    address = f"/operations/documents/{document_id}"
    try:
        cancel(desk, document_id, actor=sender, words=said.strip() or "–")
    except TooLate:
        return back_to(address, why="too_late")
    return back_to(address)


@router.post("/operations/documents/{document_id}/priority", dependencies=[_OPERATE])
def prioritise(
    document_id: str,
    desk: Desk,
    sender: Sender,
    express: Annotated[bool, Form()],
    from_list: Annotated[bool, Form(alias="list")] = False,
) -> Response:
    """Put a waiting document ahead, or back, from its log or from the list."""
    address = "/operations" if from_list else f"/operations/documents/{document_id}"
    try:
        put_ahead(desk, document_id, actor=sender, express=express)
    except TooLate:
        return back_to(address, why="too_late")
    return back_to(address)


def _plots(days: Sequence[DaySpeed], told: Mapping[str, str]) -> list[Markup]:
    """How fast and how well; nothing to draw before the first registered document."""
    if not any(one.documents for one in days):
        return []
    return [time_plot(days, told, lambda seconds: in_words(seconds, told)), proof_plot(days, told)]


def _disputed(desk: Desk) -> list[RuleRecord]:
    """The rules that kept something from the ledger, the most overturned first: of all, whosever they are."""
    return [one for one in rule_records(desk, EVERYTHING) if one.rejected or one.asked][:_RULES]


def _queues(desk: Desk) -> dict[str, int] | None:
    """How many jobs wait in each queue; None when Redis is away."""
    try:
        return desk.queue.depth()
    except redis.RedisError:
        return None
