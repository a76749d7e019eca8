"""Partners that are told what happens: their endpoints, what is on its way to them, and how far they are behind."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field, model_validator

from api.deps import Desk, Number, Sender
from api.guard import allow, guarded
from intake.desk.sync import endpoints, replay
from intake.desk.sync.monitor import ALARM_WORDS, delivery_list, standings, trouble_words
from intake.desk.sync.ping import ping
from models.rights import Permission

router = guarded(prefix="/sync", tags=["sync"])
_MANAGE = allow(Permission.MANAGE_SYNC)
Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(min_length=1, max_length=200)]


class Endpoint(BaseModel):
    """An endpoint as it is to be. Without a list it is told of everything."""

    name: str = Field(min_length=1, max_length=100)
    url: str = Field(min_length=1, max_length=2000)
    types: Names | None = Field(None, description="Types of changes (`GET /changes/types`).")
    companies: Names | None = Field(None, description="Buyers, by tax id.")
    departments: Names | None = Field(None, description="Departments of those who send.")
    lag_limit: float = Field(900.0, ge=1, le=30 * 86_400, description="Seconds after which being behind is an alarm.")

    @property
    def plan(self) -> endpoints.Plan:
        """The same for the desk."""
        return endpoints.Plan(**self.model_dump(include=set(Endpoint.model_fields)))


class NewEndpoint(Endpoint):
    """An endpoint to be added."""

    since: float | None = Field(None, ge=0, description="Also what happened since then; seconds since 1970.")


class Replay(BaseModel):
    """What is to be sent again: one event, all that was given up, or everything since a moment."""

    event_id: Number | None = None
    dead: bool = False
    since: float | None = Field(None, ge=0, description="Seconds since 1970.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Replay:
        if [self.event_id is not None, self.dead, self.since is not None].count(True) != 1:
            raise ValueError("say one of event_id, dead and since")
        return self


@router.get("", dependencies=[_MANAGE])
def monitor(desk: Desk) -> dict[str, Any]:
    """How every partner stands: lag, backlog, dead letters, last success and failure, alarms with what to do."""
    shown = []
    for one in standings(desk):
        alarms = [{"code": code, **_words(ALARM_WORDS[code])} for code in one.alarms]
        trouble = _trouble(one.last_trouble)
        shown.append({**dataclasses.asdict(one), "lag": round(one.lag, 1), "alarms": alarms, "last_trouble": trouble})
    return {"partners": shown, "alarm": any(one["alarms"] for one in shown)}


@router.get("/endpoints", dependencies=[_MANAGE])
def listing(desk: Desk) -> dict[str, Any]:
    """Every endpoint, without its secret."""
    return {"endpoints": endpoints.endpoint_views(desk)}


@router.post("/endpoints", status_code=201, dependencies=[_MANAGE])
def add(body: NewEndpoint, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Add an endpoint. The answer holds the secret that signs its messages, and no later answer does."""
    return endpoints.add(desk, body.plan, actor=sender, since=body.since)


@router.get("/endpoints/{endpoint_id}", dependencies=[_MANAGE])
def one(endpoint_id: str, desk: Desk) -> dict[str, Any]:
    """One endpoint, without its secret."""
    return endpoints.endpoint_view(desk, endpoint_id)


@router.put("/endpoints/{endpoint_id}", dependencies=[_MANAGE])
def change(endpoint_id: str, body: Endpoint, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Change where an endpoint lies or what it is told of; its secret and its place in the history stay."""
    return endpoints.change(desk, endpoint_id, body.plan, actor=sender)


@router.delete("/endpoints/{endpoint_id}", status_code=204, dependencies=[_MANAGE])
def delete(endpoint_id: str, desk: Desk, sender: Sender) -> None:
    """Delete an endpoint and all that was on its way to it."""
    endpoints.delete(desk, endpoint_id, actor=sender)


@router.post("/endpoints/{endpoint_id}/pause", dependencies=[_MANAGE])
def pause(endpoint_id: str, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Send nothing for now; what happens meanwhile is kept for it."""
    endpoints.pause(desk, endpoint_id, actor=sender)
    return endpoints.endpoint_view(desk, endpoint_id)


@router.post("/endpoints/{endpoint_id}/resume", dependencies=[_MANAGE])
def resume(endpoint_id: str, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Send again after a pause, or after the service stopped sending by itself."""
    replay.resume(desk, endpoint_id, actor=sender)
    return endpoints.endpoint_view(desk, endpoint_id)


@router.post("/endpoints/{endpoint_id}/secret", dependencies=[_MANAGE])
def new_secret(endpoint_id: str, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Give it a new secret; the old one signs beside it until `previous_until`."""
    return endpoints.rotate_secret(desk, endpoint_id, actor=sender)


@router.post("/endpoints/{endpoint_id}/ping", dependencies=[_MANAGE])
def trial(endpoint_id: str, desk: Desk) -> dict[str, Any]:
    """Send it a trial message now, and tell what it answered."""
    echo = ping(desk, endpoint_id)
    return {
        "ok": echo.trouble is None,
        "status": echo.status,
        "trouble": _trouble(echo.trouble),
        "seconds": echo.seconds,
    }


@router.post("/endpoints/{endpoint_id}/replay", status_code=202, dependencies=[_MANAGE])
def send_again(endpoint_id: str, body: Replay, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Send again, under the same ids; `deliveries` are those that had been made before."""
    if body.event_id is not None:
        replay.replay_one(desk, endpoint_id, body.event_id, actor=sender)
        count = 1
    elif body.since is not None:
        count = replay.replay_since(desk, endpoint_id, body.since, actor=sender)
    else:
        count = replay.replay_dead(desk, endpoint_id, actor=sender)
    return {"deliveries": count}


@router.get("/endpoints/{endpoint_id}/deliveries", dependencies=[_MANAGE])
def deliveries(
    endpoint_id: str,
    desk: Desk,
    state: Annotated[str, Query(pattern="^(|pending|delivered|dead|skipped)$")] = "",
    subject: Annotated[str, Query(max_length=32, description="An entry or a document.")] = "",
    before: Annotated[int, Query(ge=0, le=2**31 - 1, description="The last `event_id` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """What was, is and was not delivered to an endpoint, the newest first."""
    rows = delivery_list(desk, endpoint_id, state=state, subject=subject, before=before, limit=limit)
    return {"deliveries": [{**row, "last_trouble": _trouble(row["last_trouble"])} for row in rows]}


@router.post("/endpoints/{endpoint_id}/deliveries/{event_id}/skip", status_code=204, dependencies=[_MANAGE])
def skip(endpoint_id: str, event_id: Number, desk: Desk, sender: Sender) -> None:
    """Give up a message for good, so that later ones about the same entry are sent."""
    replay.skip(desk, endpoint_id, event_id, actor=sender)


def _trouble(code: str | None) -> dict[str, str] | None:
    words = trouble_words(code)
    return {"code": code, **_words(words)} if code and words else None


def _words(both: tuple[str, str]) -> dict[str, str]:
    return {"zh": both[0], "en": both[1]}
