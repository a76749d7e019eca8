"""The audit trail: for auditors, by the page and as a file."""

from __future__ import annotations

import datetime as dt
import time
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, BeforeValidator, Field

from api.deps import Desk, Seeing, Sender
from api.guard import allow, guarded
from intake.desk.audit import Asked, audit_page, chain_state
from intake.desk.audit_export import AuditForm, export_trail
from intake.desk.export_forms import Language
from models.acts import ACTS, GROUP_WORDS
from models.clock import day_of
from models.rights import Permission

router = guarded(prefix="/audit", tags=["audit"])
_AUDIT = allow(Permission.READ_AUDIT)
_MEDIA = {AuditForm.CSV: "text/csv; charset=utf-8", AuditForm.JSONL: "application/x-ndjson"}
#: A form also sends what was left empty.
_Day = Annotated[dt.date | None, BeforeValidator(lambda given: given or None)]
_Place = Annotated[int, BeforeValidator(lambda given: given or 0), Field(ge=0, le=2**53)]


class Wanted(BaseModel):
    """Filters of the trail; all that are given must fit."""

    actor: str = Field(default="", max_length=200, description="The whole name of who did it.")
    act: str = Field(default="", max_length=50, description="A kind of act, or group:… for all of a group.")
    since: _Day = Field(default=None, description="On this day in Shanghai or later.")
    until: _Day = Field(default=None, description="On this day in Shanghai or earlier.")
    about: str = Field(
        default="", max_length=64, description="The id of a document, entry or submission, or an invoice number."
    )

    def read(self) -> Asked:
        """What is asked of the trail."""
        return Asked(self.actor.strip(), self.act, self.since, self.until, self.about.strip())


class Paged(Wanted):
    """Filters, and which page."""

    cursor: _Place = 0
    limit: int = Field(default=50, ge=1, le=200)


class Taken(Wanted):
    """Filters, and the language of the file."""

    lang: Language = "zh"


@router.get("", dependencies=[_AUDIT])
def trail(desk: Desk, sight: Seeing, asked: Annotated[Paged, Query()]) -> dict[str, Any]:
    """Events, the latest first: who, what, when, from where, before and after; go on with `next` as `cursor`."""
    page = audit_page(desk, sight, asked.read(), cursor=asked.cursor, limit=asked.limit)
    return {"events": page.events, "next": page.next}


@router.get("/acts", dependencies=[_AUDIT])
def acts() -> dict[str, Any]:
    """Every kind of act, with its group and its words."""
    groups = [{"group": f"group:{one.value}", "zh": zh, "en": en} for one, (zh, en) in GROUP_WORDS.items()]
    kinds = [{"act": what, "group": f"group:{one.group}", "zh": one.zh, "en": one.en} for what, one in ACTS.items()]
    return {"groups": groups, "acts": kinds}


@router.get("/chain", dependencies=[_AUDIT])
def chain(desk: Desk) -> dict[str, Any]:
    """Where the chain stands: its head, the root that was kept last, the last proof."""
    return chain_state(desk)


@router.get("/export.{form}", response_class=Response, dependencies=[_AUDIT])
def exported(
    form: AuditForm, desk: Desk, sight: Seeing, sender: Sender, asked: Annotated[Taken, Query()]
) -> StreamingResponse:
    """The selected events as a file, streamed, the oldest first. The export is an event itself."""
    name = f"audit-{day_of(time.time()):%Y%m%d}.{form}"
    return StreamingResponse(
        export_trail(desk, sight, asked.read(), form, asked.lang, actor=sender),
        media_type=_MEDIA[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
