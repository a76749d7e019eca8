"""What programs may know of the service itself."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import JSONResponse

from api.deps import Desk
from intake.desk.health import counts, ledger_state, oldest_waiting, readiness
from models.amount_words import parse_words, print_words
from models.money import parse_money

router = APIRouter(tags=["service"])
probes = APIRouter(tags=["service"])


@router.get("/capabilities")
def capabilities(desk: Desk) -> dict[str, Any]:
    """Limits and formats, so that programs need not guess."""
    formats = ["pdf", "ofd", "xml", "zip", "jpeg", "png", "webp", "tiff", "heic"]
    return {"max_bytes": desk.settings.max_bytes, "formats": formats, "languages": ["zh", "en"]}


@router.get("/words")
def words(
    amount: Annotated[str, Query(max_length=40)], printed: Annotated[str, Query(max_length=80)] = ""
) -> dict[str, Any]:
    """An amount in Chinese words (大写), and whether printed words say the same."""
    value, said = parse_money(amount), parse_words(printed).value
    if value is None:
        raise HTTPException(422)
    return {"words": print_words(value), "agree": said == value if printed else None}


@router.get("/status")
def status(desk: Desk) -> dict[str, Any]:
    """What waits, what is done, and what the last proof of the ledger found (null before the first)."""
    ledger = ledger_state(desk)
    return {
        "documents": counts(desk),
        "oldest_waiting_seconds": oldest_waiting(desk),
        "ledger": dataclasses.asdict(ledger) if ledger else None,
    }


@probes.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@probes.get("/readyz")
def readyz(desk: Desk) -> JSONResponse:
    """Database and queue answer; 503 when one does not."""
    state = readiness(desk)
    return JSONResponse(state, status_code=200 if set(state.values()) == {"ok"} else 503)
