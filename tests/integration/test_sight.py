"""Two departments and two companies: what belongs to the one does not exist for the other, wherever they look."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from PIL import Image

from api.app import create_app
from api.guard import gates_of
from intake.desk.people import change_rights, disable
from intake.desk.receive import open_submission, receive
from intake.desk.services import Services
from intake.store.blobs import picture_key
from intake.store.tables import documents, invoices
from models.person import Person
from models.rights import Role, permissions_of
from tests.integration.invoices import BUYER, einvoice, number, tax_id
from tests.integration.people import key_headers, session_of, somebody
from tests.integration.test_desk import work

OTHER_BUYER = tax_id("440300", "MA5DA8X1")
#: Addresses whose answer depends on what is in the ledger, and names nothing: each is asked as it stands.
LISTS = (
    "/api/v1/invoices", "/api/v1/trace?q={number}", "/api/v1/reviews", "/api/v1/rules/statistics", "/api/v1/changes",
    "/api/v1/exports/ledger.csv", "/api/v1/exports/ledger.jsonl", "/api/v1/handoff.csv", "/api/v1/reconciliations",
    "/api/v1/alarms", "/api/v1/regions", "/", "/ledger", "/trace?q={number}", "/rules", "/review", "/regions",
    "/reconciliation",
)  # fmt: skip


@dataclasses.dataclass
class Sent:
    """What one person has sent: a registered invoice and one in review, with everything that has an address."""

    person: Person
    serial: int
    ids: dict[str, str]


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), follow_redirects=False) as opened:
        yield opened


def send(services: Services, person: Person, content: bytes, name: str) -> tuple[str, str]:
    submission = open_submission(
        services, sender=person.name, door="api", department=person.rights.department
    )  # fmt: skip
    receipt = receive(
        services, [content], filename=name, submission_id=submission, sender=person.name, express=True
    )  # fmt: skip
    return submission, receipt.document_id


def bring(services: Services, tmp_path: Path, person: Person, serial: int, buyer: str = BUYER) -> Sent:
    """Send an invoice that is registered, and one that is returned and contested, so that it waits for a person."""
    good = einvoice(number(serial)).replace(BUYER.encode(), buyer.encode())
    submission, document = send(services, person, good, f"{person.name}.xml")
    work(services, document, tmp_path)
    _keep_a_picture(services, tmp_path, document)
    bad = einvoice(number(serial + 1), total="107.00").replace(BUYER.encode(), buyer.encode())
    _, waiting = send(services, person, bad, f"{person.name}-坏.xml")
    work(services, waiting, tmp_path)
    with services.database.begin() as connection:
        for table, state in ((invoices, invoices.c.document_id), (documents, documents.c.id)):
            connection.execute(table.update().where(state == waiting).values(state="in_review"))
        row = connection.execute(sa.select(invoices).where(invoices.c.document_id == document)).one()
    ids = {
        "submission_id": submission, "document_id": document, "invoice_id": row.id, "entry_id": row.entry_id,
        "page": "1", "name": "total", "client_id": "c", "filename": "f", "prefix": "p",
        "session_id": "s",
    }  # fmt: skip
    return Sent(person, serial, ids)


def _keep_a_picture(services: Services, tmp_path: Path, document: str) -> None:
    """A page picture and a place on it, as a photo would have left them."""
    picture = tmp_path / f"{document}.webp"
    Image.new("RGB", (100, 100), "white").save(picture)
    with services.database.begin() as connection:
        sha256 = connection.execute(sa.select(documents.c.sha256).where(documents.c.id == document)).scalar_one()
        row = connection.execute(sa.select(invoices).where(invoices.c.document_id == document)).one()
        data = json.loads(row.data)
        data["fields"]["total"]["readings"][0].update(page=1, box=[10, 10, 50, 20])
        connection.execute(invoices.update().where(invoices.c.id == row.id).values(data=json.dumps(data)))
    services.blobs.put(picture_key(sha256, 1), picture)


@pytest.fixture
def two(services: Services, tmp_path: Path) -> tuple[Sent, Sent]:
    """Clerks of two departments, each of whom sees their own department and may do all that finance may."""
    clerks = [
        somebody(
            services, name, Role.FINANCE, departments=frozenset({department}), department=department,
        )
        for name, department in (("张三", "研发部"), ("李四", "销售部"))
    ]  # fmt: skip
    first, second = (bring(services, tmp_path, person, 10 * place + 1) for place, person in enumerate(clerks))
    return first, second


def addresses(services: Services) -> list[tuple[str, str]]:
    """Every address that names a submission, a document, an invoice or an entry and opens to finance at all."""
    named = ("{submission_id}", "{document_id}", "{invoice_id}", "{entry_id}")
    return [
        (method, context.path or "")
        for context in iter_route_contexts(create_app(services).routes)
        for method in sorted(context.methods or ())
        if any(name in (context.path or "") for name in named)
        and not gates_of(context.original_route)[0].permissions.isdisjoint(permissions_of([Role.FINANCE]))
    ]


def at(path: str, sent: Sent) -> str:
    for name, value in sent.ids.items():
        path = path.replace(f"{{{name}}}", value)
    return path


#: What a request with a body must hold to get past its form.
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/entries/{entry_id}/used-by": {"json": {"claim": "BX-1"}},
    "/api/v1/entries/{entry_id}/verification": {"json": {"result": "match"}},
    "/api/v1/entries/{entry_id}/booking": {"json": {"mark": "02"}},
    "/api/v1/documents/{document_id}/contest": {"json": {"words": "没错"}},
    "/api/v1/documents/{document_id}/pages/{page}/text": {"json": {"box": [1, 1, 9, 9], "field": "total"}},
    "/entries/{entry_id}/verification": {"data": {"revision": "1", "result": "match"}},
    "/entries/{entry_id}/booking": {"data": {"revision": "1", "mark": "02"}},
    "/documents/{document_id}/legal-hold": {"data": {"reason": "税务稽查"}},
    "/entries/{entry_id}/legal-hold": {"data": {"reason": "税务稽查"}},
    "/entries/{entry_id}/archive": {"data": {"revision": "1"}},
    "/entries/{entry_id}/claim": {"data": {"revision": "1", "claim": "BX-1"}},
    "/review/{invoice_id}": {"data": {"action": "refuse"}},
    "/api/v1/invoices/{invoice_id}/review": {"json": {"action": "refuse", "reason": "other"}},
    "/api/v1/invoices/{invoice_id}/contest": {"json": {"words": "没错"}},
    "/documents/{document_id}/mend": {"files": {"files": ("a.xml", b"<a/>")}},
    "/invoices/{invoice_id}/decide": {"data": {"action": "refuse"}},
}


def test_what_is_anothers_is_answered_like_what_does_not_exist(
    services: Services, client: TestClient, two: tuple[Sent, Sent]
) -> None:
    mine, theirs = two
    headers = key_headers(services, mine.person)
    nothing = Sent(mine.person, 0, dict.fromkeys(mine.ids, "0" * 32) | {"page": "1", "name": "total"})
    wrong = []
    for method, path in addresses(services):
        body = BODIES.get(path, {})
        seen, unknown = (
            client.request(method, at(path, sent), headers=headers, **body) for sent in (theirs, nothing)
        )  # fmt: skip
        same = seen.status_code == unknown.status_code == 404 and seen.text == unknown.text
        if not same:
            wrong.append((method, path, seen.status_code, unknown.status_code))
    assert wrong == []


def test_what_is_ones_own_is_there(services: Services, client: TestClient, two: tuple[Sent, Sent]) -> None:
    mine, _ = two
    headers = key_headers(services, mine.person)
    reading = [path for method, path in addresses(services) if method == "GET"]
    got = {path: client.get(at(path, mine), headers=headers).status_code for path in reading}
    # What is registered waits for nobody: the page of the review leads to the document.
    assert got == dict.fromkeys(reading, 200) | {"/review/{invoice_id}": 303}


def test_no_list_holds_anything_of_anothers(services: Services, client: TestClient, two: tuple[Sent, Sent]) -> None:
    mine, theirs = two
    cookies, _ = session_of(services, mine.person)
    client.cookies = cookies  # type: ignore[assignment]
    secret = {theirs.person.name, *(theirs.ids[name] for name in ("document_id", "invoice_id", "entry_id"))}
    for address in LISTS:
        for sought in (mine, theirs):
            told = client.get(address.format(number=number(sought.serial)))
            # What was asked for is repeated in the field of the question.
            forbidden = secret if "{number}" in address else secret | {number(theirs.serial)}
            assert (address, told.status_code, [one for one in forbidden if one in told.text]) == (address, 200, [])


def _words(text: str) -> list[str]:
    return text.replace('"', " ").replace("/", " ").replace("<", " ").split()


def test_every_count_counts_ones_own(services: Services, client: TestClient, two: tuple[Sent, Sent]) -> None:
    mine, _ = two
    headers = key_headers(services, mine.person)
    assert client.get("/api/v1/invoices/totals", headers=headers).json()["count"] == 1
    assert len(client.get("/api/v1/reviews", headers=headers).json()["reviews"]) == 1
    records = client.get("/api/v1/rules/statistics", headers=headers).json()["rules"]
    (record,) = [one for one in records if one["rule"] == "AMT-SUM"]
    assert record["rejected"] == 1
    cookies, _ = session_of(services, mine.person)
    client.cookies = cookies  # type: ignore[assignment]
    home = client.get("/").text
    assert "1 张发票待复核" in home  # of two that wait
    assert re.search(r'id="registered"><b>1</b>', home)  # of two that are registered


def test_ones_own_is_seen_also_without_a_department(services: Services, client: TestClient, tmp_path: Path) -> None:
    alone = somebody(services, "赵六", Role.SUBMITTER, companies=frozenset(), departments=frozenset())
    sent = bring(services, tmp_path, alone, 51)
    headers = key_headers(services, alone)
    assert client.get(f"/api/v1/documents/{sent.ids['document_id']}", headers=headers).status_code == 200
    assert client.get("/api/v1/invoices/totals", headers=headers).json()["count"] == 1


def test_what_has_no_department_is_nobodys_but_those_who_see_all(
    services: Services, client: TestClient, tmp_path: Path
) -> None:
    alone = somebody(services, "赵六", Role.SUBMITTER)
    sent = bring(services, tmp_path, alone, 61)
    address = f"/api/v1/documents/{sent.ids['document_id']}"
    one = somebody(services, "张三", Role.FINANCE, departments=frozenset({"研发部"}))
    every = somebody(services, "总监", Role.FINANCE)
    assert client.get(address, headers=key_headers(services, one)).status_code == 404
    assert client.get(address, headers=key_headers(services, every)).status_code == 200


def test_an_accountant_of_one_company_sees_its_invoices_only(
    services: Services, client: TestClient, tmp_path: Path
) -> None:
    sender = somebody(services, "前线", Role.SUBMITTER, department="研发部")
    ours = bring(services, tmp_path, sender, 71)
    others = bring(services, tmp_path, sender, 81, buyer=OTHER_BUYER)
    accountant = somebody(services, "会计", Role.FINANCE, companies=frozenset({BUYER}))
    headers = key_headers(services, accountant)
    codes = [
        client.get(f"/api/v1/documents/{sent.ids['document_id']}", headers=headers).status_code
        for sent in (ours, others)
    ]
    assert codes == [200, 404]
    listed = client.get("/api/v1/invoices", headers=headers).json()["invoices"]
    assert [row["buyer_tax_id"] for row in listed] == [BUYER]


def test_a_submission_of_both_shows_each_their_own(services: Services, client: TestClient, tmp_path: Path) -> None:
    sender = somebody(services, "前线", Role.SUBMITTER, department="研发部")
    submission = open_submission(services, sender=sender.name, door="api", department="研发部")
    for serial, buyer in ((91, BUYER), (92, OTHER_BUYER)):
        content = einvoice(number(serial)).replace(BUYER.encode(), buyer.encode())
        receipt = receive(
            services, [content], filename=f"{serial}.xml", submission_id=submission, sender=sender.name, express=True
        )
        work(services, receipt.document_id, tmp_path)
    accountant = somebody(services, "会计", Role.FINANCE, companies=frozenset({BUYER}))
    headers = key_headers(services, accountant)
    told = client.get(f"/api/v1/submissions/{submission}", headers=headers).json()
    assert [one["filename"] for one in told["documents"]] == ["91.xml"]
    stream = client.get(f"/api/v1/submissions/{submission}/events", headers=headers).text
    hidden = [one for one in _words(stream) if one in _ids(services, "92.xml")]
    assert "registered" in stream
    assert hidden == []


def _ids(services: Services, filename: str) -> set[str]:
    with services.database.connect() as connection:
        return set(connection.execute(sa.select(documents.c.id).where(documents.c.filename == filename)).scalars())


def test_a_duplicate_of_anothers_says_that_it_is_there_and_not_whose(
    services: Services, client: TestClient, tmp_path: Path, two: tuple[Sent, Sent]
) -> None:
    mine, theirs = two
    headers = key_headers(services, mine.person)
    same_file = client.post(
        "/api/v1/submissions", files={"files": ("a.xml", einvoice(number(theirs.serial)))}, headers=headers
    ).json()["documents"][0]
    assert (same_file["state"], same_file["duplicate_of"]) == ("duplicate", None)
    _, same_invoice = send(services, mine.person, einvoice(number(theirs.serial)) + b"\n", "b.xml")
    work(services, same_invoice, tmp_path)
    for document in (same_file["document_id"], same_invoice):
        for address in (
            f"/api/v1/documents/{document}",
            f"/api/v1/documents/{document}/reason.txt",
            f"/documents/{document}",
        ):
            told = client.get(address, headers=headers).text
            assert "其他人" in told
            assert theirs.person.name not in told
            assert theirs.ids["entry_id"][:8] not in told.replace(_entry_of(services, same_invoice), "")
    assert client.get(f"/api/v1/documents/{same_invoice}", headers=headers).json()["duplicate_of"] is None


def test_an_entry_of_ones_own_tells_nothing_of_who_sent_it_too(
    services: Services, client: TestClient, tmp_path: Path, two: tuple[Sent, Sent]
) -> None:
    mine, theirs = two
    _, same_invoice = send(services, theirs.person, einvoice(number(mine.serial)) + b"\n", "李四的一份.xml")
    work(services, same_invoice, tmp_path)
    headers, of = key_headers(services, mine.person), f"entries/{mine.ids['entry_id']}"
    pages = [client.get(address, headers=headers) for address in (f"/{of}", f"/api/v1/{of}")]
    assert [page.status_code for page in pages] == [200, 200]
    for page in pages:
        assert mine.ids["document_id"] in page.text
        assert same_invoice not in page.text
        assert "李四的一份.xml" not in page.text


def _entry_of(services: Services, document: str) -> str:
    """The entry that an invoice stands for: its id opens nothing."""
    with services.database.connect() as connection:
        query = sa.select(invoices.c.entry_id).where(invoices.c.document_id == document)
        return str(connection.execute(query).scalar_one())


def test_a_duplicate_of_ones_own_names_it(
    services: Services, client: TestClient, tmp_path: Path, two: tuple[Sent, Sent]
) -> None:
    mine, _ = two
    _, again = send(services, mine.person, einvoice(number(mine.serial)) + b"\n", "b.xml")
    work(services, again, tmp_path)
    told = client.get(f"/api/v1/documents/{again}", headers=key_headers(services, mine.person)).json()
    assert told["duplicate_of"] == mine.ids["document_id"]
    assert mine.person.name in told["reasons"][0]["zh"]


def test_what_mends_cannot_be_tied_to_anothers(services: Services, client: TestClient, two: tuple[Sent, Sent]) -> None:
    mine, theirs = two
    answer = client.post(
        "/api/v1/submissions", files={"files": ("a.xml", b"<a/>")}, data={"mends": theirs.ids["document_id"]},
        headers=key_headers(services, mine.person),
    )  # fmt: skip
    assert answer.status_code == 404


def test_a_dry_run_of_a_pack_shows_what_may_be_seen(
    services: Services, client: TestClient, two: tuple[Sent, Sent]
) -> None:
    mine, theirs = two
    pack = 'name = "a"\nversion = "1"\nvalid_from = 2026-01-01\n[limits]\nage_days = 1\n'
    toml = {"content-type": "application/toml"}
    every = somebody(services, "总管", Role.ADMINISTRATOR, Role.FINANCE)
    one = somebody(services, "分管", Role.ADMINISTRATOR, Role.FINANCE, departments=frozenset({"研发部"}))
    found = [
        client.post("/api/v1/policies/try", content=pack, headers={**key_headers(services, person), **toml})
        for person in (every, one)
    ]
    both = {mine.ids["document_id"], theirs.ids["document_id"]}
    seen = [{change["document_id"] for change in answer.json()["changes"]} for answer in found]
    assert [one & both for one in seen] == [both, {mine.ids["document_id"]}]


def test_rights_that_are_taken_away_are_gone_at_the_next_request(
    services: Services, client: TestClient, two: tuple[Sent, Sent]
) -> None:
    mine, _ = two
    headers = key_headers(services, mine.person)
    address = f"/api/v1/documents/{mine.ids['document_id']}"
    assert client.get(address, headers=headers).status_code == 200
    change_rights(services, mine.person.name, dataclasses.replace(mine.person.rights, roles=frozenset()), actor="test")
    assert client.get(address, headers=headers).status_code == 403
    disable(services, mine.person.name, actor="test")
    assert client.get(address, headers=headers).status_code == 401


def test_what_a_disabled_person_sent_stays_theirs_and_opens_to_nobody_else(
    services: Services, client: TestClient, two: tuple[Sent, Sent]
) -> None:
    mine, theirs = two
    disable(services, theirs.person.name, actor="test")
    headers = key_headers(services, mine.person)
    assert client.get(f"/api/v1/documents/{theirs.ids['document_id']}", headers=headers).status_code == 404
