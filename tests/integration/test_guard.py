"""Every route, asked by everybody: who gets in, written down by hand, against what the application does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from api.app import create_app
from api.guard import GuardedRoute, allow, gates_of
from intake.desk.services import Services
from models.rights import Permission, Role
from tests.integration.people import boss, key_headers, session_of, somebody

V, S, R, F, A, OP, M = Role
ANYONE = "anyone"
SEEING, SCOPED, SENDING, DECIDING = {V, S, R, F, A}, {V, R, F, A}, {S, R, F}, {R, F}
EVERYBODY = set(Role)
#: Who may use what. A route that is missing here fails, and so does a line that has lost its route.
EXPECTED: dict[str, set[Role] | str] = {
    "GET /healthz": ANYONE,
    "GET /readyz": ANYONE,
    "GET /api/v1/openapi.json": ANYONE,
    "GET /login": ANYONE,
    "POST /login": ANYONE,
    "GET /login/oidc": ANYONE,
    "GET /login/oidc/callback": ANYONE,
    "GET /api/v1/me": EVERYBODY,
    "GET /api/v1/capabilities": EVERYBODY,
    "GET /api/v1/rules": EVERYBODY,
    "GET /api/v1/reviews/reasons": EVERYBODY,
    "GET /": EVERYBODY,
    "GET /rules": EVERYBODY,
    "GET /account": EVERYBODY,
    "POST /account/sessions/{session_id}/end": EVERYBODY,
    "POST /account/keys": EVERYBODY,
    "POST /account/keys/{prefix}/revoke": EVERYBODY,
    "GET /password": EVERYBODY,
    "POST /password": EVERYBODY,
    "POST /logout": EVERYBODY,
    "GET /phone": ANYONE,
    "GET /offline": ANYONE,
    "GET /sw.js": ANYONE,
    "GET /help": EVERYBODY,
    "GET /help/releases": EVERYBODY,
    "GET /help/{name}": EVERYBODY,
    "GET /feedback": EVERYBODY,
    "GET /feedback/new": EVERYBODY,
    "POST /feedback/new": EVERYBODY,
    "GET /feedback/{report_id}": EVERYBODY,
    "POST /feedback/{report_id}": EVERYBODY,
    "POST /api/v1/feedback": EVERYBODY,
    "GET /api/v1/feedback/mine": EVERYBODY,
    "GET /api/v1/feedback/{report_id}": EVERYBODY,
    "POST /api/v1/feedback/{report_id}/reply": EVERYBODY,
    "POST /api/v1/feedback/{report_id}/close": EVERYBODY,
    "GET /api/v1/feedback": {OP},
    "PUT /api/v1/feedback/{report_id}/assignee": {OP},
    "POST /api/v1/feedback/{report_id}/answer": {OP},
    "GET /api/v1/words": EVERYBODY,
    "GET /api/v1/changes/types": EVERYBODY,
    "GET /api/v1/exports/columns": EVERYBODY,
    "GET /upload": SENDING,
    "POST /upload": SENDING,
    "PUT /api/v1/submissions/{client_id}": SENDING,
    "POST /api/v1/documents/{document_id}/contest": SENDING,
    "POST /api/v1/submissions": SENDING,
    "PUT /api/v1/submissions/{client_id}/{filename}": SENDING,
    "POST /api/v1/documents/{document_id}/retry": SENDING,
    "POST /documents/{document_id}/retry": SENDING,
    "POST /documents/{document_id}/mend": SENDING,
    "POST /api/v1/invoices/{invoice_id}/contest": SENDING,
    "POST /invoices/{invoice_id}/decide": SENDING,
    "GET /api/v1/submissions/{submission_id}": SEEING,
    "GET /api/v1/submissions/{submission_id}/events": SEEING,
    "GET /api/v1/documents/{document_id}": SEEING,
    "GET /api/v1/documents/{document_id}/original": SEEING,
    "GET /api/v1/documents/{document_id}/pages/{page}.webp": SEEING,
    "GET /api/v1/documents/{document_id}/feedback/{page}.webp": SEEING,
    "GET /api/v1/documents/{document_id}/reason.txt": SEEING,
    "GET /api/v1/invoices": SEEING,
    "GET /api/v1/entries/{entry_id}": SEEING,
    "GET /api/v1/invoices/{invoice_id}": SEEING,
    "GET /api/v1/invoices/{invoice_id}/fields/{name}.webp": SEEING,
    "GET /api/v1/trace": SEEING,
    "GET /api/v1/rules/statistics": SEEING,
    "GET /batches/{submission_id}": SEEING,
    "GET /documents/{document_id}": SEEING,
    "GET /ledger": SEEING,
    "GET /trace": SEEING,
    "POST /api/v1/trace": SEEING,
    "GET /api/v1/invoices/totals": SEEING,
    "GET /api/v1/views": SEEING,
    "POST /api/v1/views": SEEING,
    "DELETE /api/v1/views/{view_id}": SEEING,
    "POST /ledger/views": SEEING,
    "POST /ledger/views/{view_id}/delete": SEEING,
    "GET /entries/{entry_id}": SEEING,
    "GET /regions": SCOPED,
    "GET /api/v1/regions": SCOPED,
    "GET /api/v1/exports/ledger.{form}": {F, A},
    "GET /api/v1/changes": {F, A},
    "GET /review": DECIDING,
    "GET /review/next": DECIDING,
    "GET /review/{invoice_id}": DECIDING,
    "POST /review/{invoice_id}": DECIDING,
    "POST /api/v1/documents/{document_id}/pages/{page}/text": DECIDING,
    "GET /api/v1/entries/{entry_id}/handoff": DECIDING,
    "POST /api/v1/entries/{entry_id}/handoff": DECIDING,
    "POST /entries/{entry_id}/verification": DECIDING,
    "POST /entries/{entry_id}/check": DECIDING,
    "POST /entries/{entry_id}/booking": {F},
    "POST /entries/{entry_id}/archive": {F},
    "POST /entries/{entry_id}/claim": {F},
    "PUT /api/v1/entries/{entry_id}/verification": DECIDING,
    "PUT /api/v1/entries/{entry_id}/booking": {F},
    "POST /api/v1/entries/{entry_id}/archive": {F},
    "GET /api/v1/handoff.csv": {F},
    "POST /api/v1/handoff/results": {F},
    "GET /reconciliation": {F, A},
    "GET /reconciliation/{run_id}": {F, A},
    "GET /api/v1/reconciliations": {F, A},
    "GET /api/v1/reconciliations/{run_id}": {F, A},
    "GET /api/v1/reconciliations/{run_id}.xlsx": {F, A},
    "GET /api/v1/reconciliations/{run_id}/rows": {F, A},
    "GET /api/v1/alarms": {F, A},
    "GET /api/v1/legal-holds": {F, A},
    "POST /api/v1/legal-holds": {F},
    "POST /api/v1/legal-holds/{hold_id}/release": {F},
    "POST /documents/{document_id}/legal-hold": {F},
    "POST /entries/{entry_id}/legal-hold": {F},
    "POST /legal-holds/{hold_id}/release": {F},
    "GET /audit": {A},
    "GET /api/v1/audit": {A},
    "GET /api/v1/audit/acts": {A},
    "GET /api/v1/audit/chain": {A},
    "GET /api/v1/audit/export.{form}": {A},
    "POST /reconciliation": {F},
    "POST /reconciliation/{run_id}/again": {F},
    "POST /reconciliation/{run_id}/links": {F},
    "POST /reconciliation/{run_id}/links/{link_id}/undo": {F},
    "POST /reconciliation/alarms/{alarm_id}/seen": {F},
    "POST /api/v1/reconciliations": {F},
    "POST /api/v1/reconciliations/{run_id}/again": {F},
    "POST /api/v1/reconciliations/{run_id}/links": {F},
    "DELETE /api/v1/reconciliations/links/{link_id}": {F},
    "PUT /api/v1/alarms/{alarm_id}/seen": {F},
    "GET /api/v1/reviews": DECIDING,
    "POST /api/v1/invoices/{invoice_id}/hold": DECIDING,
    "DELETE /api/v1/invoices/{invoice_id}/hold": DECIDING,
    "POST /api/v1/invoices/{invoice_id}/review": DECIDING,
    "POST /api/v1/invoices/{invoice_id}/undo": DECIDING,
    "PUT /api/v1/entries/{entry_id}/used-by": {F},
    "GET /api/v1/policies": {R, F, A, OP, M},
    "POST /api/v1/policies": {M},
    "POST /api/v1/policies/try": {M},
    "GET /api/v1/policies/{policy_id}/rejudge": {M},
    "POST /api/v1/policies/{policy_id}/rejudge": {M},
    "GET /api/v1/status": {OP},
    "GET /metrics": {OP},
    "GET /operations": {OP},
    "GET /operations/documents/{document_id}": {OP},
    "POST /operations/documents/{document_id}/retry": {OP},
    "POST /operations/documents/{document_id}/cancel": {OP},
    "POST /operations/documents/{document_id}/priority": {OP},
    "GET /api/v1/documents/{document_id}/log": {OP},
    "POST /api/v1/documents/{document_id}/cancel": {OP},
    "POST /api/v1/documents/{document_id}/priority": {OP},
    "GET /api/v1/folders": {OP},
    "GET /api/v1/mailboxes": {OP},
    "GET /sync": {OP},
    "POST /sync": {OP},
    "GET /sync/{endpoint_id}": {OP},
    "POST /sync/{endpoint_id}/ping": {OP},
    "POST /sync/{endpoint_id}/act": {OP},
    "POST /sync/{endpoint_id}/deliveries/{event_id}": {OP},
    "GET /api/v1/sync": {OP},
    "GET /api/v1/sync/endpoints": {OP},
    "POST /api/v1/sync/endpoints": {OP},
    "GET /api/v1/sync/endpoints/{endpoint_id}": {OP},
    "PUT /api/v1/sync/endpoints/{endpoint_id}": {OP},
    "DELETE /api/v1/sync/endpoints/{endpoint_id}": {OP},
    "POST /api/v1/sync/endpoints/{endpoint_id}/pause": {OP},
    "POST /api/v1/sync/endpoints/{endpoint_id}/resume": {OP},
    "POST /api/v1/sync/endpoints/{endpoint_id}/secret": {OP},
    "POST /api/v1/sync/endpoints/{endpoint_id}/ping": {OP},
    "POST /api/v1/sync/endpoints/{endpoint_id}/replay": {OP},
    "GET /api/v1/sync/endpoints/{endpoint_id}/deliveries": {OP},
    "POST /api/v1/sync/endpoints/{endpoint_id}/deliveries/{event_id}/skip": {OP},
    "GET /users": {M},
    "POST /users": {M},
    "GET /users/{name}": {M},
    "POST /users/{name}": {M},
    "POST /users/{name}/disable": {M},
    "POST /users/{name}/enable": {M},
    "POST /users/{name}/reset": {M},
    "POST /users/{name}/keys": {M},
    "GET /keys": {M},
    "POST /keys/{prefix}/revoke": {M},
}
#: What only somebody who has signed in may do, and no key.
IN_PERSON = {one for one in EXPECTED if re.search(r" /(account|password|logout|users|keys)", one)}
OUT = {401, 403}
#: The gates ask the same questions of both databases; that both answer them alike is seen in the other tests.
on_one_database = pytest.mark.parametrize("services", ["sqlite"], indirect=True)


def routes(services: Services) -> list[tuple[str, str]]:
    found = [
        (method, context.path or "")
        for context in iter_route_contexts(create_app(services).routes)
        for method in sorted(context.methods or ())
    ]
    return sorted(found)


def ask(client: TestClient, line: str, **options: object) -> int:
    method, path = line.split(" ", 1)
    path = re.sub(r"\{\w+\}", "1", path)
    return client.request(method, path, **options).status_code  # type: ignore[arg-type]


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), follow_redirects=False) as opened:
        yield opened


def test_every_route_is_written_down_and_says_who_may_use_it(services: Services) -> None:
    contexts = list(iter_route_contexts(create_app(services).routes))
    mounts = [context.path for context in contexts if not context.methods]
    silent = [context.path for context in contexts if context.methods and not gates_of(context.original_route)]
    late = [
        context.path for context in contexts if context.methods and type(context.original_route) is not GuardedRoute
    ]
    assert (mounts, silent, late) == (["/static"], [], [])
    assert {f"{method} {path}" for method, path in routes(services)} == set(EXPECTED)


def test_a_stranger_gets_in_nowhere_but_at_the_door(client: TestClient) -> None:
    let_in = {line for line in EXPECTED if ask(client, line) not in OUT}
    assert let_in == {line for line, who in EXPECTED.items() if who == ANYONE}


@on_one_database
@pytest.mark.parametrize("role", list(Role))
def test_every_role_gets_in_where_it_should_and_nowhere_else(
    services: Services, client: TestClient, role: Role
) -> None:
    person = somebody(services, "某人", role)
    wrong = []
    for line, who in EXPECTED.items():
        # A new session for each: signing out is one of the routes.
        cookies, headers = session_of(services, person)
        client.cookies = cookies  # type: ignore[assignment]
        may = who == ANYONE or role in who
        if (ask(client, line, headers=headers) not in OUT) != may:
            wrong.append(line)
    assert wrong == []


@on_one_database
@pytest.mark.parametrize("role", list(Role))
def test_a_key_of_every_role_opens_the_same_but_what_is_done_in_person(
    services: Services, client: TestClient, role: Role
) -> None:
    person = somebody(services, "某人", role)
    held = key_headers(services, person)
    wrong = []
    for line, who in EXPECTED.items():
        may = who == ANYONE or (role in who and line not in IN_PERSON)
        if (ask(client, line, headers=held) not in OUT) != may:
            wrong.append(line)
    assert wrong == []


def test_nobody_without_a_role_gets_further_than_the_hall(services: Services, client: TestClient) -> None:
    cookies, headers = session_of(services, somebody(services, "新人"))
    client.cookies = cookies  # type: ignore[assignment]
    halls = {line for line, who in EXPECTED.items() if who in (ANYONE, EVERYBODY)} - {"POST /logout"}
    assert {
        line for line in EXPECTED if line != "POST /logout" and ask(client, line, headers=headers) not in OUT
    } == halls


def test_a_new_route_is_closed_until_it_says_who_may_use_it(services: Services) -> None:
    app = create_app(services)
    silent, speaking = APIRouter(), APIRouter()
    silent.add_api_route("/new", lambda: "secret")
    speaking.add_api_route("/named", lambda: "open", dependencies=[allow(Permission.OPERATE)])
    app.include_router(silent)
    app.include_router(speaking)
    app.add_api_route("/late", lambda: "secret")
    with TestClient(app, headers=key_headers(services, boss(services))) as client:
        assert [client.get(path).status_code for path in ("/new", "/late", "/named")] == [403, 403, 200]
    with TestClient(app) as stranger:
        assert [stranger.get(path).status_code for path in ("/new", "/late", "/named")] == [403, 403, 401]


def test_a_strangers_upload_is_refused_before_it_is_read(client: TestClient) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        for _ in range(100_000):
            read += 1
            yield b"x" * 10_000

    boundary = {"content-type": "multipart/form-data; boundary=b"}
    assert client.post("/api/v1/submissions", content=endless(), headers=boundary).status_code == 401
    assert read < 100_000


def test_every_form_of_the_pages_carries_its_token() -> None:
    templates = Path(__file__).parents[2] / "api" / "web" / "templates"
    bare = []
    for template in templates.glob("*.html"):
        forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", template.read_text("utf-8"), re.DOTALL)
        bare += [template.name for form in forms if 'name="csrf" value="{{ csrf }}"' not in form]
    # The form of the sign-in is sent by strangers, who have no token yet.
    assert bare == ["login.html"]
