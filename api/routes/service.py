"""What programs may know of the service itself."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from fastapi import HTTPException, Query, Request
from fastapi.responses import JSONResponse

from api.deps import Asking, Desk
from api.guard import allow, guarded, public, signed_in
from api.session import session_token
from intake.desk.folders import watched
from intake.desk.health import counts, ledger_state, oldest_waiting, readiness
from intake.desk.mailboxes import looked_into
from intake.desk.people import rights_json
from intake.desk.sessions import form_token
from models.amount_words import parse_words, print_words
from models.money import parse_money
from models.rights import Permission

router = guarded(tags=["service"])
_SIGNED_IN = signed_in()
_PUBLIC = public()
probes = guarded(tags=["service"])


@router.get("/openapi.json", include_in_schema=False, dependencies=[_PUBLIC])
def description(request: Request) -> dict[str, Any]:
    """What this very page describes; it is the same for every installation and holds nothing of this one."""
    told: dict[str, Any] = request.app.openapi()
    schemes = {"key": {"type": "http", "scheme": "bearer", "description": "A key, as docs/api.md tells."}}
    components = {**told.get("components", {}), "securitySchemes": schemes}
    return {**told, "components": components, "security": [{"key": []}]}


@router.get("/me", dependencies=[_SIGNED_IN])
def me(request: Request, caller: Asking) -> dict[str, Any]:
    """Who asks, and what they may do with this session or key; ``form_token`` goes with what a script changes."""
    person = caller.person
    told = {"name": person.name, "display_name": person.display_name, "key": caller.key, **rights_json(person.rights)}
    token = session_token(request) if caller.session else None
    return {**told, "permissions": sorted(caller.permissions), "form_token": form_token(token) if token else None}


@router.get("/capabilities", dependencies=[_SIGNED_IN])
def capabilities(desk: Desk) -> dict[str, Any]:
    """Limits and formats, so that programs need not guess."""
    formats = ["pdf", "ofd", "xml", "zip", "jpeg", "png", "webp", "tiff", "heic"]
    return {"max_bytes": desk.settings.max_bytes, "formats": formats, "languages": ["zh", "en"]}


@router.get("/words", dependencies=[_SIGNED_IN])
def words(
    amount: Annotated[str, Query(max_length=40)], printed: Annotated[str, Query(max_length=80)] = ""
) -> dict[str, Any]:
    """An amount in Chinese words (大写), and whether printed words say the same."""
    value, said = parse_money(amount), parse_words(printed).value
    if value is None:
        raise HTTPException(422)
    return {"words": print_words(value), "agree": said == value if printed else None}


@router.get("/status", dependencies=[allow(Permission.OPERATE)])
def status(desk: Desk) -> dict[str, Any]:
    """What waits and what is done, of everybody; what the last proof of the ledger found (null before the first)."""
    ledger = ledger_state(desk)
    return {
        "documents": counts(desk),
        "oldest_waiting_seconds": oldest_waiting(desk),
        "ledger": dataclasses.asdict(ledger) if ledger else None,
    }


@router.get("/folders", dependencies=[allow(Permission.OPERATE)])
def folders(desk: Desk) -> dict[str, Any]:
    """Every watched folder: its last look, what lies there and is in work, what is stuck, and what came of today's."""
    return {"folders": [dataclasses.asdict(one) for one in watched(desk)]}


@router.get("/mailboxes", dependencies=[allow(Permission.OPERATE)])
def mailboxes(desk: Desk) -> dict[str, Any]:
    """Every mailbox: the last look into it, the last that went well, what kept the door out, and what came today."""
    return {"mailboxes": [dataclasses.asdict(one) for one in looked_into(desk)]}


@probes.get("/healthz", dependencies=[_PUBLIC])
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@probes.get("/readyz", dependencies=[_PUBLIC])
def readyz(desk: Desk) -> JSONResponse:
    """Whether each part answers: database, its tables, queue, storage; 503 when one does not."""
    state = readiness(desk)
    return JSONResponse(state, status_code=200 if set(state.values()) == {"ok"} else 503)
