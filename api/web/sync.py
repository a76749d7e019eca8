"""The sync monitor: how far each partner is behind, what was given up, and what can be done about it."""

from __future__ import annotations

import time
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Form, Query, Request
from fastapi.responses import Response

from api.deps import Desk, Number, Sender
from api.guard import allow, guarded
from api.web.frame import back_to, render
from intake.desk.services import Services
from intake.desk.sync import endpoints, replay
from intake.desk.sync.monitor import ALARM_WORDS, delivery_list, standings, trouble_words
from intake.desk.sync.ping import ping
from intake.desk.views import NotFound
from models.changes import TYPES
from models.rights import Permission

router = guarded(prefix="/sync", include_in_schema=False)
_MANAGE = allow(Permission.MANAGE_SYNC)
_STATES = ("", "pending", "dead", "delivered", "skipped")
_ACTS: Mapping[str, Callable[..., object]] = {
    "pause": endpoints.pause,
    "resume": replay.resume,
    "replay_dead": replay.replay_dead,
    "delete": endpoints.delete,
}


@router.get("", dependencies=[_MANAGE])
def monitor(request: Request, desk: Desk, did: str = "", who: str = "", told: str = "") -> Response:
    """Every partner; ``did`` is what a form has just done, to whom, and what came of it."""
    return _monitor(request, desk, did=(did, who, trouble_words(told or None)))


@router.post("", dependencies=[_MANAGE])
def add(
    request: Request, desk: Desk, sender: Sender, name: Annotated[str, Form(min_length=1, max_length=100)],
    url: Annotated[str, Form(min_length=1, max_length=2000)],
    minutes: Annotated[float, Form(ge=1 / 60, le=43_200)] = 15, types: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Add a partner. The page that answers holds its secret; no other does, and no browser keeps it."""
    plan = endpoints.Plan(name.strip(), url.strip(), types=types or None, lag_limit=minutes * 60)
    answer = _monitor(request, desk, added=endpoints.add(desk, plan, actor=sender))
    answer.headers["cache-control"] = "no-store"
    return answer


@router.get("/{endpoint_id}", dependencies=[_MANAGE])
def partner(
    endpoint_id: str, request: Request, desk: Desk, state: str = "",
    before: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0, did: str = "",
) -> Response:  # fmt: skip
    """One partner: what was, is and was not delivered to it."""
    chosen = state if state in _STATES else ""
    rows = delivery_list(desk, endpoint_id, state=chosen, before=before, limit=51)
    shown = [{**row, "trouble": trouble_words(row["last_trouble"])} for row in rows[:50]]
    return render(
        request, "sync_partner.html", partner=endpoints.endpoint_view(desk, endpoint_id), rows=shown, did=did,
        older=shown[-1]["event_id"] if len(rows) > 50 else 0, state=chosen, states=_STATES,
    )  # fmt: skip


@router.post("/{endpoint_id}/ping", dependencies=[_MANAGE])
def trial(endpoint_id: str, desk: Desk) -> Response:
    """Send a trial message now, and tell what came of it."""
    name, echo = endpoints.endpoint_view(desk, endpoint_id)["name"], ping(desk, endpoint_id)
    return back_to("/sync", did="ping_bad" if echo.trouble else "ping_good", who=name, told=echo.trouble or "")


@router.post("/{endpoint_id}/act", dependencies=[_MANAGE])
def act(endpoint_id: str, desk: Desk, sender: Sender, what: Annotated[str, Form()]) -> Response:
    """Pause, resume, send again what was given up, or delete."""
    name = endpoints.endpoint_view(desk, endpoint_id)["name"]
    if what not in _ACTS:
        raise NotFound(what)
    _ACTS[what](desk, endpoint_id, actor=sender)
    return back_to("/sync", did=what, who=name)


@router.post("/{endpoint_id}/deliveries/{event_id}", dependencies=[_MANAGE])
def one_delivery(
    endpoint_id: str, event_id: Number, desk: Desk, sender: Sender, what: Annotated[str, Form(pattern="^(again|skip)$")]
) -> Response:
    """Send one message again, or give it up for good."""
    (replay.skip if what == "skip" else replay.replay_one)(desk, endpoint_id, event_id, actor=sender)
    return back_to(f"/sync/{endpoint_id}", did=what)


def _monitor(request: Request, desk: Services, **values: Any) -> Response:
    hosts = {one["id"]: urllib.parse.urlsplit(one["url"]).hostname for one in endpoints.endpoint_views(desk)}
    partners = [
        {"at": one, "host": hosts.get(one.id), "trouble": trouble_words(one.last_trouble)} for one in standings(desk)
    ]
    return render(
        request, "sync.html", partners=partners, alarms=ALARM_WORDS, types=TYPES, now=time.time(),
        **{"added": None, "did": ("", "", None), **values},
    )  # fmt: skip
