"""Programs that work on the same desk as a test, and harm done to what it has stored, wherever that lies."""

from __future__ import annotations

import os

import obstore
from obstore.store import from_url

from intake.desk.services import Services


def surroundings(services: Services) -> dict[str, str]:
    """The environment of a program that works on the database, the queue and the files of ``services``."""
    settings = services.settings
    stored = {"BLOBS_URL": settings.blobs_url} if settings.blobs_url else {}
    return {
        **os.environ,
        "SHOUPIAO_VAR": str(settings.var),
        "REDIS_URL": str(settings.redis_url),
        "DATABASE_URL": settings.database,
        **stored,
    }


def overwrite(services: Services, key: str, content: bytes) -> None:
    """Store other bytes under a key, past the service, which never does so."""
    obstore.put(services.blobs._store, key, content)


def take_away(services: Services) -> None:
    """Let the whole store be gone: its folder, or the server that it is on."""
    if services.settings.blobs_url is None:
        (services.settings.var / "blobs").rename(services.settings.var / "elsewhere")
    else:
        services.blobs._probe = from_url(
            services.settings.blobs_url, endpoint="http://127.0.0.1:9", retry_config={"max_retries": 0}
        )
