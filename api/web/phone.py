"""Taking photos of invoices: the page, and what makes it an app that opens without a network."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from fastapi.responses import FileResponse, Response

from api.guard import guarded, public
from api.web.frame import render

router = guarded(include_in_schema=False)
_PUBLIC = public()
_STATIC = Path(__file__).with_name("static")


@router.get("/phone", dependencies=[_PUBLIC])
def phone(request: Request) -> Response:
    """The camera, and the photos that have not been sent; those lie in the browser, the page holds none of them."""
    return render(request, "phone.html")


@router.get("/offline", dependencies=[_PUBLIC])
def offline(request: Request) -> Response:
    """What the installed app shows for a page that it cannot reach."""
    return render(request, "offline.html")


@router.get("/sw.js", dependencies=[_PUBLIC])
def service_worker() -> Response:
    """The service worker, at the root, since it may only speak for what lies below its address."""
    return FileResponse(_STATIC / "sw.js", media_type="text/javascript", headers={"cache-control": "no-cache"})
