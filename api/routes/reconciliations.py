"""Lists of the tax authority held against the ledger, links by hand, and alarms."""

from __future__ import annotations

import datetime as dt
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

from fastapi import Form, Query, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask

from api.deps import Desk, Number, Seeing, Sender
from api.guard import allow, guarded
from intake.desk.alarms import alarm_list, see_alarm
from intake.desk.receive import TooLarge
from intake.desk.reconciliation.history import run_view, runs
from intake.desk.reconciliation.links import link, unlink
from intake.desk.reconciliation.loading import BadPeriod, Period
from intake.desk.reconciliation.rows import run_rows
from intake.desk.reconciliation.run import reconcile, reconcile_list
from intake.desk.reconciliation.sheet import write_workbook
from models.reconciliation import Bucket, Reason
from models.rights import Permission

router = guarded(tags=["reconciliation"])
_LOOK = allow(Permission.RECONCILE, Permission.READ_AUDIT)
_RECONCILE = allow(Permission.RECONCILE)
_CHUNK = 2**20
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Limit = Annotated[int, Query(ge=1, le=200)]


class Link(BaseModel):
    """Which entry the invoice of a row is, and how one knows."""

    row: Number
    entry_id: str = Field(max_length=32)
    reason: str = Field(min_length=1, max_length=400)


@router.post("/reconciliations", status_code=201, dependencies=[_RECONCILE])
def load(
    desk: Desk,
    sender: Sender,
    sight: Seeing,
    file: UploadFile,
    first_day: Annotated[dt.date | None, Form(description="The first day of issue that the export asked for.")] = None,
    last_day: Annotated[dt.date | None, Form(description="The last one.")] = None,
) -> dict[str, Any]:
    """Load a list (XLSX, XLS, CSV) and hold it against the ledger. The same list and ledger give the same run again."""
    period = _period(first_day, last_day)
    with tempfile.NamedTemporaryFile(prefix="list-", dir=_var(desk.settings.var)) as target:
        while chunk := file.file.read(_CHUNK):
            target.write(chunk)
            if target.tell() > desk.settings.max_list_bytes:
                raise TooLarge(desk.settings.max_list_bytes)
        target.flush()
        name = file.filename or "list"
        run_id = reconcile(desk, Path(target.name), filename=name, actor=sender, period=period)
    return run_view(desk, run_id, sight)


@router.get("/reconciliations", dependencies=[_LOOK])
def listing(
    desk: Desk,
    sight: Seeing,
    as_of: Annotated[dt.date | None, Query(description="Of each list its latest run up to this day.")] = None,
    list_id: str = "",
    cursor: str = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """The runs, the latest first; or what was known on a day."""
    found, after = runs(desk, sight, as_of=as_of, list_id=list_id, cursor=cursor, limit=limit)
    return {"reconciliations": found, "next": after}


@router.get(
    "/reconciliations/{run_id}.xlsx",
    response_class=FileResponse,
    dependencies=[_LOOK],
)
def workbook(run_id: str, desk: Desk, sight: Seeing) -> FileResponse:
    """A run as a workbook, a sheet for every bucket."""
    with ExitStack() as kept:
        folder = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="run-", dir=_var(desk.settings.var))))
        target = folder / f"{run_id}.xlsx"
        write_workbook(desk, run_id, sight, target)
        sent = BackgroundTask(kept.pop_all().close)
    return FileResponse(target, media_type=_XLSX, filename=target.name, background=sent)


@router.get("/reconciliations/{run_id}", dependencies=[_LOOK])
def one(run_id: str, desk: Desk, sight: Seeing) -> dict[str, Any]:
    """One run: its list, what was refused, and how many invoices ended where."""
    return run_view(desk, run_id, sight)


@router.get("/reconciliations/{run_id}/rows", dependencies=[_LOOK])
def rows(
    run_id: str,
    desk: Desk,
    sight: Seeing,
    bucket: Bucket | None = None,
    reason: Reason | None = None,
    cursor: str = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """The invoices of a run, both sides of each, with reasons, differences and remedies."""
    found, after = run_rows(desk, run_id, sight, bucket=bucket, reason=reason, cursor=cursor, limit=limit)
    return {"rows": found, "next": after}


@router.post("/reconciliations/{run_id}/again", status_code=201, dependencies=[_RECONCILE])
def again(run_id: str, desk: Desk, sender: Sender, sight: Seeing) -> dict[str, Any]:
    """Hold the list of a run against the ledger as it is now."""
    list_id = run_view(desk, run_id, sight)["list_id"]
    return run_view(desk, reconcile_list(desk, list_id, actor=sender), sight)


@router.post("/reconciliations/{run_id}/links", status_code=201, dependencies=[_RECONCILE])
def link_by_hand(run_id: str, body: Link, desk: Desk, sender: Sender, sight: Seeing) -> dict[str, Any]:
    """Say which entry the invoice of a row is. Later runs keep to it; this one stays what it was."""
    made = link(desk, run_id, body.row, body.entry_id, reason=body.reason, actor=sender, sight=sight)
    return {"id": made}


@router.delete("/reconciliations/links/{link_id}", status_code=204, dependencies=[_RECONCILE])
def take_back(
    link_id: str,
    desk: Desk,
    sender: Sender,
    sight: Seeing,
    reason: Annotated[str, Query(min_length=1, max_length=400)],
) -> None:
    """Take a link back."""
    unlink(desk, link_id, reason=reason, actor=sender, sight=sight)


@router.get("/alarms", dependencies=[_LOOK])
def alarms(desk: Desk, sight: Seeing, unseen: bool = True, cursor: str = "", limit: Limit = 50) -> dict[str, Any]:
    """What became known of entries after they were registered: voided, taken back, marked."""
    found, after = alarm_list(desk, sight, unseen=unseen, cursor=cursor, limit=limit)
    return {"alarms": found, "next": after}


@router.put("/alarms/{alarm_id}/seen", status_code=204, dependencies=[_RECONCILE])
def seen(alarm_id: Number, desk: Desk, sender: Sender, sight: Seeing) -> None:
    """Note that an alarm was seen; the first one who says so counts."""
    see_alarm(desk, alarm_id, actor=sender, sight=sight)


def _period(first: dt.date | None, last: dt.date | None) -> Period | None:
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise BadPeriod("one day is missing")
    return Period(first.isoformat(), last.isoformat())


def _var(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
