"""The feed of what happened, for systems that fetch it themselves."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool

from api.deps import Desk, Seeing
from api.guard import allow, guarded, signed_in
from intake.desk.sync.endpoints import checked_types
from intake.desk.sync.feed import Page, Wanted, changes
from models.changes import TYPES
from models.rights import Permission

router = guarded(tags=["sync"])
_LOOK_SECONDS = 0.5


@router.get("/changes", dependencies=[allow(Permission.EXPORT)])
async def feed(
    request: Request,
    desk: Desk,
    sight: Seeing,
    after: Annotated[int, Query(ge=0, le=2**53, description="The `next` of the page before; 0 is the beginning.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    types: Annotated[str, Query(max_length=1000, description="Types, separated by commas; all if empty.")] = "",
    wait: Annotated[float, Query(ge=0, le=30, description="Seconds to wait for something to happen.")] = 0.0,
) -> dict[str, Any]:
    """What happened after a place in the history, in its order. Go on with `next`, at once while `more` is true."""
    wanted = Wanted(sight, checked_types([one for one in types.split(",") if one] or None))
    end = time.monotonic() + wait
    page = await run_in_threadpool(changes, desk, after, limit, wanted)
    while _nothing(page) and time.monotonic() < end and not await request.is_disconnected():
        await asyncio.sleep(_LOOK_SECONDS)
        page = await run_in_threadpool(changes, desk, page.next, limit, wanted)
    return {"changes": [one.told for one in page.changes], "next": page.next, "more": page.more}


@router.get("/changes/types", dependencies=[signed_in()])
def types() -> dict[str, Any]:
    """Every type of change there is."""
    return {"types": list(TYPES)}


def _nothing(page: Page) -> bool:
    return not page.changes and not page.more
