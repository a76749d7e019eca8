"""What a page offers can be done: every link and every form on it opens to the one who reads it."""

from __future__ import annotations

import collections
import urllib.parse
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.routing import compile_path

from api.app import create_app
from api.guard import gates_of
from intake.desk.services import Services
from models.person import Caller
from models.rights import Permission, Role, permissions_of
from tests.integration.furnished import furnish, open_to_itself
from tests.integration.invoices import number
from tests.integration.people import boss, key_headers, session_of, somebody
from tests.integration.test_desk import work
from tests.integration.test_guard import on_one_database

#: So many pages of each kind are looked at: enough for one of every state that was furnished.
ENOUGH = 12
#: What is no part of the pages: the page's own language and colours, the way out, and what anybody may have.
BESIDE = ("/static/", "/logout")


class Offers(HTMLParser):
    """What a page offers: the addresses that it links to or shows, and those that its forms are sent to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        address = told.get("href") or told.get("src") or told.get("action") or told.get("formaction") or ""
        if address.startswith("/") and not address.startswith(BESIDE):
            self.found.append(("POST" if tag == "form" and told.get("method") == "post" else "GET", address))


@pytest.fixture
def furnished(services: Services, tmp_path: Path) -> Services:
    """A desk with one of everything; a folder's file waits for its turn, and one could not be read."""
    opened = open_to_itself(services)
    with TestClient(create_app(opened), base_url="http://testserver/api/v1") as client:
        client.headers.update(key_headers(opened, boss(opened)))
        furnish(opened, client, tmp_path)
        sent = client.post("/submissions", files={"files": ("x.pdf", b"%PDF-1.4 nothing behind it")}).json()
        work(opened, sent["documents"][0]["document_id"], tmp_path)
        client.post("/submissions", files={"files": ("y.pdf", b"%PDF-1.4 not read yet")})
        about = {"text": "退错了", "document_id": sent["documents"][0]["document_id"]}
        client.post("/feedback", json=about).raise_for_status()
    return opened


@on_one_database
@pytest.mark.parametrize("role", list(Role))
def test_nothing_is_offered_that_is_then_refused(furnished: Services, role: Role) -> None:
    refused = _refused(furnished, role)
    assert not refused, "\n".join(refused)


@on_one_database
@pytest.mark.parametrize("role", list(Role))
def test_an_empty_desk_offers_nothing_either_that_is_refused(services: Services, role: Role) -> None:
    refused = _refused(open_to_itself(services), role)
    assert not refused, "\n".join(refused)


def _refused(services: Services, role: Role) -> list[str]:
    with TestClient(create_app(services), follow_redirects=True) as client:
        reader = somebody(services, "某人", role)
        cookies, _ = session_of(services, reader)
        client.cookies = cookies  # type: ignore[assignment]
        return sorted(set(_on_the_way(client, Caller(reader, permissions_of([role])))))


def _on_the_way(client: TestClient, reader: Caller) -> Iterator[str]:
    """What is offered somewhere on the way through all pages and does not open, each with the page that offers it."""
    routes = [
        (method, compile_path(context.path)[0], context.path, gates_of(context.original_route))
        for context in iter_route_contexts(client.app.routes)  # type: ignore[attr-defined]
        for method in context.methods or ()
    ]
    asked = [f"/trace?q={number(serial)}" for serial in (1, 4, 99)] if reader.may(Permission.SEE_OWN) else []
    waiting, seen, looked = collections.deque(["/", *asked]), {"/"}, collections.Counter[str]()
    while waiting:
        page = waiting.popleft()
        answer = client.get(page)
        if answer.status_code >= 400:
            yield f"{page} answers {answer.status_code}"
        for method, address in Offers(answer.text if "html" in answer.headers["content-type"] else "").found:
            path = urllib.parse.urlsplit(address).path
            fits = [(of, gates) for told, pattern, of, gates in routes if told == method and pattern.match(path)]
            if not fits:
                yield f"{page} offers {method} {address}, which is nowhere"
                continue
            of, gates = fits[0]
            if not all(gate.opens(reader) for gate in gates):
                yield f"{_kind(page)} offers {method} {of}"
            elif method == "GET" and address not in seen and looked[of] < ENOUGH and not path.startswith("/api/"):
                seen.add(address)
                looked[of] += 1
                waiting.append(address)


def _kind(page: str) -> str:
    return "/".join("…" if len(part) > 20 else part for part in urllib.parse.urlsplit(page).path.split("/"))
