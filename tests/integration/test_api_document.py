"""The OpenAPI document that is committed is the one that the service gives."""

from __future__ import annotations

import json

from tools.api_document import committed, current
from tools.breaking import breaking


def test_the_committed_document_is_what_the_service_gives() -> None:
    before, now = committed(), current()
    broken = "\n".join(breaking(before, now)) or "Nothing breaks: run `make openapi` and commit api/openapi.json."
    assert json.dumps(now, sort_keys=True) == json.dumps(before, sort_keys=True), broken
