"""The OpenAPI document as it is committed, api/openapi.json, and what programs that are out there would stumble over.

``python -m tools.api_document`` writes it anew. A change that breaks such programs (something is gone, or more is asked
of them than before) is told and not written, unless ``--breaking`` says that it is meant.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api.app import create_app
from intake.settings import Settings
from intake.wiring import build_services
from tools.breaking import breaking

COMMITTED = Path(__file__).resolve().parents[1] / "api" / "openapi.json"


def current() -> dict[str, Any]:
    """The document that the service gives to whoever asks for it."""
    with tempfile.TemporaryDirectory() as folder:
        services = build_services(Settings(var=Path(folder), database_url=None))
        answer = TestClient(create_app(services)).get("/api/v1/openapi.json")
        services.database.dispose()
        services.queue.connection.close()
    document: dict[str, Any] = answer.raise_for_status().json()
    return document


def committed() -> dict[str, Any]:
    """The document as it was last written."""
    document: dict[str, Any] = json.loads(COMMITTED.read_text("utf-8"))
    return document


def main() -> int:
    """Write the document, unless it breaks programs and nobody said that it may."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--breaking", action="store_true", help="write it although it breaks programs")
    meant = arguments.parse_args().breaking
    now = current()
    broken = breaking(committed(), now) if COMMITTED.exists() else []
    print(*broken, sep="\n", end="\n" if broken else "")
    if broken and not meant:
        print("Not written: this breaks programs that use the API. If it is meant: make openapi BREAKING=1")
        return 1
    COMMITTED.write_text(json.dumps(now, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
