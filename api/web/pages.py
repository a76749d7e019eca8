"""The pages, a file for each area."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.web import (
    documents,
    entries,
    feedback,
    help_pages,
    home,
    ledger,
    operations,
    phone,
    reconciliation,
    regions,
    review,
    rules,
    sync,
    trace,
    upload,
)

AREAS = (
    home, upload, phone, documents, review, trace, ledger, entries, reconciliation, regions, sync, operations,
    rules, feedback, help_pages,
)  # fmt: skip


def install(app: FastAPI) -> None:
    """Answer at the addresses of every area, and let the navigation know which there are."""
    for area in AREAS:
        app.include_router(area.router)
    app.state.pages = frozenset(
        route.path for area in AREAS for route in area.router.routes if isinstance(route, APIRoute)
    )
