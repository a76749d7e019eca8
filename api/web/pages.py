"""The pages, a file for each area."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.guard import gates_of
from api.web import (
    account,
    audit,
    documents,
    entries,
    feedback,
    help_pages,
    home,
    ledger,
    legal_holds,
    login,
    operations,
    people,
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
    home, upload, phone, documents, review, trace, ledger, entries, reconciliation, regions, sync, operations, audit,
    rules, feedback, help_pages, login, account, people, legal_holds,
)  # fmt: skip


def install(app: FastAPI) -> None:
    """Answer at the addresses of every area, and let the navigation know which there are and who may open them."""
    for area in AREAS:
        app.include_router(area.router)
    routes = [route for area in AREAS for route in area.router.routes if isinstance(route, APIRoute)]
    app.state.pages = {route.path: gates_of(route) for route in routes if "GET" in (route.methods or ())}
