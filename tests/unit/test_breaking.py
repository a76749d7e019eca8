"""What breaks programs that were written after an older document, and what does not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tools.breaking import breaking

Json = dict[str, Any]
DOCUMENT: Json = {
    "paths": {
        "/claims": {
            "get": {
                "parameters": [
                    {"in": "query", "name": "q", "schema": {"type": "string", "maxLength": 100}},
                    {"in": "query", "name": "state", "schema": {"$ref": "#/components/schemas/State"}},
                ],
                "responses": {"200": {"content": {"application/json": {}}}},
            },
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Claim"}}},
                },
                "responses": {"201": {"content": {"application/json": {}}}},
            },
        }
    },
    "components": {
        "schemas": {
            "State": {"type": "string", "enum": ["open", "paid"]},
            "Claim": {
                "type": "object",
                "required": ["title"],
                "properties": {
                    "title": {"type": "string"},
                    "state": {"anyOf": [{"$ref": "#/components/schemas/State"}, {"type": "null"}]},
                    "pages": {"type": "array", "items": {"type": "integer", "minimum": 1}},
                },
            },
        }
    },
}


def get(document: Json) -> Json:
    found: Json = document["paths"]["/claims"]["get"]
    return found


def claim(document: Json) -> Json:
    found: Json = document["components"]["schemas"]["Claim"]
    return found


def changed(change: Callable[[Json], Any]) -> list[str]:
    now = copy.deepcopy(DOCUMENT)
    change(now)
    return breaking(DOCUMENT, now)


BROKEN: dict[str, Callable[[Json], Any]] = {
    "GET /claims is gone.": lambda now: now["paths"]["/claims"].pop("get"),
    "GET /claims: the query parameter q is gone.": lambda now: get(now)["parameters"].pop(0),
    "GET /claims: the query parameter q is required now.": lambda now: get(now)["parameters"][0].update(required=True),
    "GET /claims: q: maxLength is 50 now, it was 100.": lambda now: get(now)["parameters"][0]["schema"].update(
        maxLength=50
    ),
    "GET /claims: the answer 200 is not application/json any more.": lambda now: get(now)["responses"]["200"][
        "content"
    ].clear(),
    "POST /claims: body: the field pages is gone.": lambda now: claim(now)["properties"].pop("pages"),
    "POST /claims: body: the field payee is required now.": lambda now: claim(now)["required"].append("payee"),
    "POST /claims: body.title is integer now, it was string.": lambda now: claim(now)["properties"]["title"].update(
        type="integer"
    ),
    "POST /claims: body.title takes only a now.": lambda now: claim(now)["properties"]["title"].update(enum=["a"]),
    "POST /claims: body.pages, each: minimum is 2 now, it was 1.": lambda now: claim(now)["properties"]["pages"][
        "items"
    ].update(minimum=2),
    "POST /claims: body.state is string now, it was null.": lambda now: claim(now)["properties"]["state"][
        "anyOf"
    ].pop(),
}
ALLOWED: dict[str, Callable[[Json], Any]] = {
    "nothing": lambda now: now,
    "a new operation": lambda now: now["paths"]["/claims"].update(delete={"responses": {}}),
    "a new parameter": lambda now: get(now)["parameters"].append({"in": "query", "name": "new", "schema": {}}),
    "a new value": lambda now: now["components"]["schemas"]["State"]["enum"].append("draft"),
    "a new field": lambda now: claim(now)["properties"].update(payee={"type": "string"}),
    "a field that may be left out": lambda now: claim(now)["required"].clear(),
    "a wider limit": lambda now: get(now)["parameters"][0]["schema"].update(maxLength=200),
    "no limit": lambda now: get(now)["parameters"][0]["schema"].pop("maxLength"),
    "another alternative": lambda now: claim(now)["properties"]["title"].update(
        {"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
    "another answer": lambda now: get(now)["responses"].update({"404": {}}),
}


@pytest.mark.parametrize("told", BROKEN)
def test_what_is_gone_or_asked_on_top_is_told(told: str) -> None:
    assert changed(BROKEN[told]) == [told]


def test_a_value_that_is_gone_is_told_wherever_it_may_be_said() -> None:
    told = changed(lambda now: now["components"]["schemas"]["State"]["enum"].remove("paid"))
    assert told == [
        "GET /claims: state does not take paid any more.",
        "POST /claims: body.state does not take paid any more.",
    ]


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_added_breaks_nobody(name: str) -> None:
    assert changed(ALLOWED[name]) == []
