"""What programs may know of the service itself."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from api.deps import Asking, Desk
from api.guard import allow, guarded, public, signed_in
from intake.desk.health import counts, oldest_waiting, readiness
from intake.desk.people import rights_json
from models.rights import Permission
from models.sight import EVERYTHING

router = guarded(tags=["service"])
probes = guarded(tags=["service"])


@router.get("/openapi.json", include_in_schema=False, dependencies=[public()])
def description(request: Request) -> dict[str, Any]:
    """What this very page describes; it is the same for every installation and holds nothing of this one."""
    told: dict[str, Any] = request.app.openapi()
    schemes = {"key": {"type": "http", "scheme": "bearer", "description": "A key, as docs/api.md tells."}}
    components = {**told.get("components", {}), "securitySchemes": schemes}
    return {**told, "components": components, "security": [{"key": []}]}


@router.get("/me", dependencies=[signed_in()])
def me(caller: Asking) -> dict[str, Any]:
    """Who asks, and what they may do with this session or key."""
    person = caller.person
    told = {"name": person.name, "display_name": person.display_name, "key": caller.key, **rights_json(person.rights)}
    return {**told, "permissions": sorted(caller.permissions)}


@router.get("/capabilities", dependencies=[signed_in()])
def capabilities(desk: Desk) -> dict[str, Any]:
    """Limits and formats, so that programs need not guess."""
    formats = ["pdf", "ofd", "xml", "zip", "jpeg", "png", "webp", "tiff", "heic"]
    return {"max_bytes": desk.settings.max_bytes, "formats": formats, "languages": ["zh", "en"]}


@router.get("/status", dependencies=[allow(Permission.OPERATE)])
def status(desk: Desk) -> dict[str, Any]:
    """What waits and what is done, of everybody: how the service runs says nothing of any invoice."""
    return {"documents": counts(desk, EVERYTHING), "oldest_waiting_seconds": oldest_waiting(desk)}


@probes.get("/healthz", dependencies=[public()])
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@probes.get("/readyz", dependencies=[public()])
def readyz(desk: Desk) -> JSONResponse:
    """Database and queue answer; 503 when one does not."""
    state = readiness(desk)
    return JSONResponse(state, status_code=200 if set(state.values()) == {"ok"} else 503)
