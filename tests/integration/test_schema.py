"""Every operation of the OpenAPI document, asked with what it allows and with what it does not: no answer is a 5xx.

``make test`` asks each a few times, always the same; ``make schema`` asks as often as one likes and by chance.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.python.asgi import get_client

from api.app import create_app
from api.routes import submissions
from intake.desk.services import Services
from tests.integration.furnished import Ids, furnish, open_to_itself
from tests.integration.people import boss, key_headers

#: Requests to each operation, half of them allowed by the document and half not.
EXAMPLES = int(os.environ.get("EXAMPLES", "6"))
#: Whether they are drawn by chance; otherwise they are always the same.
BY_CHANCE = "EXAMPLES" in os.environ
#: Seconds that a request may ask the service to wait for something to happen.
PATIENCE = 0.05


@schemathesis.serializer("application/toml")
def _toml(_: schemathesis.SerializationContext, value: Any) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")


@pytest.mark.timeout(max(300, EXAMPLES * 60))
def test_no_request_makes_the_service_fail(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr(submissions, "_STREAM_SECONDS", PATIENCE)
    desk = open_to_itself(services)
    key = key_headers(desk, boss(desk))
    app = create_app(desk)
    with TestClient(app, base_url="http://testserver/api/v1", headers=key) as client:
        known = furnish(desk, client, tmp_path)
    document = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    with get_client(app) as session:
        session.headers.update(key)
        for result in document.get_all_operations():
            operation = result.ok()
            for mode in GenerationMode:
                with subtests.test(operation=operation.label, mode=mode.value):
                    _ask(operation, mode, known, session)


def _ask(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, known: Ids, session: Any) -> None:
    """Ask an operation again and again; every other time for something that is there.

    Raises:
        AssertionError: an answer says that the service failed.
    """

    @settings(
        max_examples=(EXAMPLES + 1) // 2,
        deadline=None,
        database=None,
        derandomize=not BY_CHANCE,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), chosen=strategies.data())
    def ask(case: Case, chosen: strategies.DataObject) -> None:
        for name in case.path_parameters:
            if name in known and chosen.draw(strategies.booleans()):
                case.path_parameters[name] = chosen.draw(strategies.sampled_from(known[name]))
        if "wait" in case.query:
            case.query["wait"] = PATIENCE
        answer = case.call(session=session)
        assert answer.status_code < 500, f"{answer.status_code} {answer.text}\n{case.as_curl_command()}"

    ask()
