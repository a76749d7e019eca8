"""Builds the web application."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from fastapi import Depends, FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import problems
from api.guard import closed
from api.memory import give_large_blocks_back
from api.requests import RequestIds
from api.routes import (
    audit,
    changes,
    documents,
    entries,
    feedback,
    handoff,
    invoices,
    ledger,
    legal_holds,
    metrics,
    reconciliations,
    reviews,
    rules,
    service,
    submissions,
    sync,
    trace,
)
from api.security import SecurityHeaders, Static
from api.web import pages
from intake.desk.services import Services
from intake.desk.tally import count_lost_traces
from intake.logs import set_up_logs
from intake.settings import Settings
from intake.tracing import set_up_tracing
from intake.wiring import build_services

_ROUTES = (
    submissions,
    documents,
    ledger,
    invoices,
    entries,
    reviews,
    trace,
    handoff,
    reconciliations,
    rules,
    feedback,
    changes,
    sync,
    audit,
    legal_holds,
    service,
)
_STATIC = Path(__file__).with_name("web") / "static"


def create_app(services: Services | None = None) -> FastAPI:
    """Build the application; ``services`` are opened from the settings unless given."""
    app = FastAPI(
        title="Shoupiao 收票",
        version="1",
        description="Takes in invoices, reads and checks them, keeps the ledger.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(closed)],
    )
    if services is None:
        set_up_logs("web")
        give_large_blocks_back()
        services = build_services(Settings())
        set_up_tracing("web", partial(count_lost_traces, services))
    app.state.services = services
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestIds)
    proxies = services.settings.trusted_proxies
    if proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)
    for routes in _ROUTES:
        app.include_router(routes.router, prefix="/api/v1")
    app.include_router(service.probes)
    app.include_router(metrics.router)
    pages.install(app)
    app.mount("/static", Static(directory=_STATIC), name="static")
    problems.install(app)
    return app
