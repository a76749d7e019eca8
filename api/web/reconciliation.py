"""Reconciliation: the lists of the tax authority, the ladder of each run, links by hand, and alarms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Form, Request, UploadFile
from fastapi.responses import Response

from api.deps import Desk, Number, Seeing, Sender
from api.guard import allow, guarded
from api.routes.reconciliations import again, load
from api.web.frame import back_to, render
from intake.desk.alarms import alarm_list, see_alarm
from intake.desk.entry import entry_view
from intake.desk.reconciliation.history import run_view, runs
from intake.desk.reconciliation.links import CannotLink, link, unlink
from intake.desk.reconciliation.rows import run_rows
from intake.desk.search import ledger_page
from intake.desk.services import Services
from models.query import Query
from models.reconciliation import Bucket, Reason
from models.rights import Permission
from models.sight import Sight

router = guarded(prefix="/reconciliation", include_in_schema=False)
_LOOK = allow(Permission.RECONCILE, Permission.READ_AUDIT)
_RECONCILE = allow(Permission.RECONCILE)
#: Where a person looks first: what asks something of them.
_FIRST = (Bucket.SUGGESTED, Bucket.DIFFERENT, Bucket.ONLY_LISTED, Bucket.ONLY_HERE)
Why = Annotated[str, Form(min_length=1, max_length=400)]


@router.get("", dependencies=[_LOOK])
def overview(
    request: Request, desk: Desk, sight: Seeing, as_of: str = "", cursor: str = "", every: bool = False
) -> Response:  # fmt: skip
    """Loading a list, what was alarming since, and the runs; ``as_of``: what was known on a day."""
    day = _day(as_of)
    found, after = runs(desk, sight, as_of=day, cursor=cursor, limit=20)
    alarms, more = alarm_list(desk, sight, unseen=not every, limit=20)
    return render(
        request, "reconciliation.html", runs=found, cursor=after, alarms=alarms, more_alarms=more, every=every,
        as_of=day.isoformat() if day else "", ladder=list(Bucket),
    )  # fmt: skip


@router.post("", dependencies=[_RECONCILE])
def take(
    desk: Desk, sight: Seeing, sender: Sender, file: UploadFile,
    first_day: Annotated[dt.date | None, Form()] = None, last_day: Annotated[dt.date | None, Form()] = None,
) -> Response:  # fmt: skip
    """Load a list, hold it against the ledger, and show the run."""
    return back_to(f"/reconciliation/{load(desk, sender, sight, file, first_day, last_day)['id']}")


@router.post("/alarms/{alarm_id}/seen", dependencies=[_RECONCILE])
def seen(alarm_id: Number, desk: Desk, sight: Seeing, sender: Sender) -> Response:
    """Note that an alarm was seen."""
    see_alarm(desk, alarm_id, actor=sender, sight=sight)
    return back_to("/reconciliation")


@router.get("/{run_id}", dependencies=[_LOOK])
def run(
    run_id: str, request: Request, desk: Desk, sight: Seeing, bucket: Bucket | None = None,
    reason: Reason | None = None, cursor: str = "", did: str = "",
) -> Response:  # fmt: skip
    """One run: its ladder, and the invoices of a rung; ``did`` is what a form has just done."""
    view = run_view(desk, run_id, sight)
    counts = {one["bucket"]: one["count"] for one in view["buckets"]}
    rung = bucket or next((one for one in _FIRST if counts[one.value]), Bucket.MATCHED)
    rows, after = run_rows(desk, run_id, sight, bucket=rung, reason=reason, cursor=cursor, limit=50)
    shown = next(one for one in view["buckets"] if one["bucket"] == rung.value)
    return render(
        request, "reconciliation_run.html", run=view, rows=rows, cursor=after, rung=shown, did=did, reason=reason or "",
        candidates=_candidates(desk, sight, rows),
    )  # fmt: skip


@router.post("/{run_id}/again", dependencies=[_RECONCILE])
def once_more(run_id: str, desk: Desk, sight: Seeing, sender: Sender) -> Response:
    """Hold the same list against the ledger as it is now."""
    return back_to(f"/reconciliation/{again(run_id, desk, sender, sight)['id']}", did="again")


@router.post("/{run_id}/links", dependencies=[_RECONCILE])
def link_by_hand(
    run_id: str, desk: Desk, sight: Seeing, sender: Sender, row: Annotated[int, Form()], why: Why,
    entry: Annotated[str, Form(max_length=32)] = "", number: Annotated[str, Form(max_length=40)] = "",
    bucket: Annotated[str, Form(max_length=20)] = "",
) -> Response:  # fmt: skip
    """Say which entry the invoice of a row is: by a choice that was offered, or by its number."""
    identity = entry or _with_number(desk, sight, number.strip())
    if not identity:
        return back_to(f"/reconciliation/{run_id}", bucket=bucket, did="no_such_number")
    try:
        link(desk, run_id, row, identity, reason=why, actor=sender, sight=sight)
    except CannotLink:
        return back_to(f"/reconciliation/{run_id}", bucket=bucket, did="cannot_link")
    return back_to(f"/reconciliation/{run_id}", bucket=bucket, did="linked")


@router.post("/{run_id}/links/{link_id}/undo", dependencies=[_RECONCILE])
def take_back(
    run_id: str, link_id: str, desk: Desk, sight: Seeing, sender: Sender, why: Why,
    bucket: Annotated[str, Form(max_length=20)] = "",
) -> Response:  # fmt: skip
    """Take a link back."""
    unlink(desk, link_id, reason=why, actor=sender, sight=sight)
    return back_to(f"/reconciliation/{run_id}", bucket=bucket, did="unlinked")


def _with_number(desk: Services, sight: Sight, number: str) -> str:
    """The only entry with this whole number; "" where there is none, or several."""
    if not number.isdecimal():
        return ""
    found = ledger_page(desk, sight, Query(number=number), limit=10).rows
    exact = [row["id"] for row in found if row["invoice_number"] == number]
    return str(exact[0]) if len(exact) == 1 else ""


def _candidates(desk: Services, sight: Sight, rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The entries that rows with several candidates offer."""
    return {one: entry_view(desk, sight, one) for row in rows for one in row["others"]}


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
