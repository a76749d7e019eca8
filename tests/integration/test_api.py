"""The doors over HTTP, on a real database and a real Redis."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from intake.check.catalogue import rules
from intake.desk.services import Services
from intake.queue import JobQueue
from intake.settings import Settings
from intake.store.blobs import Blobs
from intake.wiring import build_services
from models.rights import Role
from tests.integration.invoices import einvoice, number
from tests.integration.people import boss, key_headers, somebody
from tests.integration.test_desk import work


@pytest.fixture
def desk(redis_url: str, tmp_path: Path) -> Iterator[Services]:
    opened = build_services(Settings(var=tmp_path / "var", redis_url=redis_url, max_bytes=200_000))
    opened.queue.connection.flushall()
    yield opened
    opened.database.dispose()
    opened.queue.connection.close()


@pytest.fixture
def client(desk: Services) -> Iterator[TestClient]:
    with TestClient(create_app(desk), follow_redirects=False, headers=key_headers(desk, boss(desk))) as opened:
        yield opened


def post(client: TestClient, content: bytes, name: str = "a.xml", **headers: str) -> dict[str, object]:
    answer = client.post("/api/v1/submissions", files={"files": (name, content)}, headers=headers)
    assert answer.status_code == 202, answer.text
    taken: dict[str, object] = answer.json()
    return taken


def put(client: TestClient, content: bytes, client_id: str = "phone-1", name: str = "a.xml") -> dict[str, object]:
    answer = client.put(f"/api/v1/submissions/{client_id}/{name}", content=content)
    assert answer.status_code == 202, answer.text
    taken: dict[str, object] = answer.json()
    return taken


def test_an_upload_is_accepted_at_once_and_followed(client: TestClient, desk: Services, tmp_path: Path) -> None:
    taken = post(client, einvoice(number(1)))
    (document,) = taken["documents"]  # type: ignore[misc]
    assert document["state"] in ("received", "queued")
    work(desk, document["document_id"], tmp_path)
    view = client.get(str(taken["url"])).json()
    assert view["counts"] == {"registered": 1}
    assert client.get("/api/v1/invoices/totals", params={"q": number(1)[-6:]}).json()["count"] == 1


def test_the_same_key_is_the_same_submission(client: TestClient) -> None:
    first = post(client, einvoice(number(2)), **{"Idempotency-Key": "k1"})
    again = post(client, einvoice(number(2)), **{"Idempotency-Key": "k1"})
    assert first["id"] == again["id"]
    assert first["documents"][0]["document_id"] == again["documents"][0]["document_id"]  # type: ignore[index]


def test_a_stream_sent_twice_is_one_document(client: TestClient) -> None:
    first, again = (put(client, einvoice(number(3)))["documents"] for _ in range(2))
    assert first[0]["document_id"] == again[0]["document_id"]  # type: ignore[index]


def test_a_stream_over_the_limit_is_refused_while_it_comes(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b"x" * 10_000

    answer = client.put("/api/v1/submissions/c/big.bin", content=endless())
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail_zh"].startswith("文件超过上限")


def test_one_file_too_large_does_not_lose_the_others(client: TestClient) -> None:
    files = [("files", ("big.pdf", b"x" * 300_000)), ("files", ("ok.xml", einvoice(number(4))))]
    documents = client.post("/api/v1/submissions", files=files).json()["documents"]
    assert [one.get("error") for one in documents] == ["too_large", None]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/documents/nothing", 404),
        ("GET", "/api/v1/submissions/nothing", 404),
        ("GET", "/api/v1/submissions/nothing/events", 404),
        ("GET", "/api/v1/invoices/nothing", 404),
        ("POST", "/api/v1/documents/nothing/retry", 404),
        ("GET", "/api/v1/invoices?cursor=bm9uc2Vuc2U=", 400),
        ("GET", "/api/v1/invoices?limit=100000", 422),
        ("POST", "/api/v1/submissions", 422),
        ("DELETE", "/api/v1/invoices", 405),
        ("GET", "/api/v1/unknown", 404),
    ],
)
def test_every_error_is_a_problem_in_both_languages(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["detail"]
    assert body["detail_zh"]


def test_a_browser_gets_its_errors_as_a_page(client: TestClient) -> None:
    answer = client.get("/documents/nothing", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "没有找到" in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/ledger", "/trace", "/api/v1/rules", "/healthz", "/static/frame.js", "/nothing"]
)
def test_every_answer_carries_the_guards(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"


def test_an_original_comes_only_as_a_download(client: TestClient) -> None:
    taken = post(client, einvoice(number(5)), name="发票.xml")
    document = taken["documents"][0]["document_id"]  # type: ignore[index]
    answer = client.get(f"/api/v1/documents/{document}/original")
    assert answer.content == einvoice(number(5))
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_names_of_strangers_are_shown_as_text(client: TestClient, desk: Services, tmp_path: Path) -> None:
    sharp = "<img src=x onerror=alert(1)>.xml"
    taken = post(client, einvoice(number(6), name="&lt;script&gt;alert(1)&lt;/script&gt;"), name=sharp)
    document = taken["documents"][0]["document_id"]  # type: ignore[index]
    work(desk, document, tmp_path)
    for path in (f"/batches/{taken['id']}", f"/documents/{document}", "/trace?q=onerror"):
        page = client.get(path).text
        assert "<img src=x" not in page
        assert "<script>alert" not in page


def test_events_can_be_resumed_after_the_last_one(client: TestClient, desk: Services, tmp_path: Path) -> None:
    taken = post(client, einvoice(number(7)))
    work(desk, taken["documents"][0]["document_id"], tmp_path)  # type: ignore[index]
    address = f"/api/v1/submissions/{taken['id']}/events"
    first = events_of(client.get(address).text)
    assert [name for name, _ in first][-1] == "done"
    seen = [identity for name, identity in first if name == "change"]
    rest = events_of(client.get(address, headers={"Last-Event-ID": seen[-2]}).text)
    assert [identity for name, identity in rest if name == "change"] == seen[-1:]


def events_of(text: str) -> list[tuple[str, str]]:
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "event" in lines:
            found.append((lines["event"], lines.get("id", "")))
    return found


def test_the_form_leads_to_the_page_of_the_batch(client: TestClient) -> None:
    answer = client.post("/upload", files={"files": ("a.xml", einvoice(number(8)))}, data={"sender": "小王"})
    assert answer.status_code == 303
    page = client.get(answer.headers["location"])
    assert "a.xml" in page.text


def test_the_pages_speak_english_when_asked(client: TestClient) -> None:
    assert "Drop invoices here" in client.get("/?lang=en").text
    assert "把发票拖到这里" in client.get("/?lang=zh").text


def test_the_description_of_the_api_is_whole(client: TestClient) -> None:
    description = client.get("/api/v1/openapi.json").json()
    assert "/api/v1/submissions/{client_id}/{filename}" in description["paths"]
    assert json.dumps(description)


def test_readiness_knows_a_bucket_that_is_not_there(desk: Services, s3_url: str) -> None:
    for url, told in ((s3_url, "ok"), (f"{s3_url}-of-nobody", "StorageUnavailable")):
        elsewhere = dataclasses.replace(desk, blobs=Blobs(url, desk.settings.var))
        with TestClient(create_app(elsewhere)) as client:
            assert client.get("/readyz").json()["storage"] == told


def test_readiness_names_what_is_away(desk: Services, client: TestClient) -> None:
    assert client.get("/readyz").status_code == 200
    away = dataclasses.replace(desk, queue=JobQueue("redis://127.0.0.1:1/0"))
    with TestClient(create_app(away)) as without_redis:
        answer = without_redis.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["queue"] != "ok"


def sent(client: TestClient, content: bytes, **fields: str) -> str:
    """Send one XML file and give its document."""
    answer = client.post("/api/v1/submissions", files=[("files", ("a.xml", content))], data=fields)
    return str(answer.json()["documents"][0]["document_id"])


def test_a_returned_invoice_is_contested_and_the_rule_counted(
    client: TestClient, desk: Services, tmp_path: Path
) -> None:
    document = sent(client, einvoice(number(201), total="107.00"))
    work(desk, document, tmp_path)
    view = client.get(f"/api/v1/documents/{document}").json()
    reason = next(one for one in view["reasons"] if one["rule"] == "AMT-SUM")
    assert reason["remedy_zh"]
    assert reason["who"] == "issuer"
    (invoice,) = view["invoices"]
    contested = client.post(f"/api/v1/invoices/{invoice['id']}/contest", json={"words": "没错", "rule": "AMT-SUM"})
    assert contested.json()["state"] == "in_review"
    (record,) = [one for one in client.get("/api/v1/rules/statistics").json()["rules"] if one["rule"] == "AMT-SUM"]
    assert (record["rejected"], record["contested"]) == (1, 1)


def test_a_mended_file_is_linked_through_the_door(client: TestClient, desk: Services, tmp_path: Path) -> None:
    returned = sent(client, einvoice(number(202), total="107.00"))
    work(desk, returned, tmp_path)
    mended = sent(client, einvoice(number(202)), mends=returned)
    work(desk, mended, tmp_path)
    assert client.get(f"/api/v1/documents/{returned}").json()["mended_by"] == [mended]
    assert client.get(f"/api/v1/documents/{mended}").json()["state"] == "registered"
    unknown = client.post("/api/v1/submissions", files=[("files", ("a.xml", b"<a/>"))], data={"mends": "nothing"})
    assert unknown.status_code == 404


def test_a_second_claim_is_refused_with_the_first_one_named(client: TestClient, desk: Services, tmp_path: Path) -> None:
    work(desk, sent(client, einvoice(number(203))), tmp_path)
    entry = client.get("/api/v1/invoices").json()["invoices"][0]["id"]
    assert client.put(f"/api/v1/entries/{entry}/used-by", json={"claim": "BX-1"}).status_code == 200
    second = client.put(f"/api/v1/entries/{entry}/used-by", json={"claim": "BX-2"})
    assert (second.status_code, second.json()["claim"]) == (409, "BX-1")
    assert "BX-1" in second.json()["detail_zh"]


def test_two_reviewers_do_not_collide(client: TestClient, desk: Services, tmp_path: Path) -> None:
    document = sent(client, einvoice(number(204), total="107.00"))
    work(desk, document, tmp_path)
    (invoice,) = client.get(f"/api/v1/documents/{document}").json()["invoices"]
    address = f"/api/v1/invoices/{invoice['id']}"
    client.post(f"{address}/contest", json={"words": "没错"})
    li, zhang = (key_headers(desk, somebody(desk, name, Role.REVIEWER)) for name in ("Li", "Zhang"))
    assert client.post(f"{address}/hold", headers=li).status_code == 200
    taken = client.post(f"{address}/hold", headers=zhang)
    assert (taken.status_code, taken.json()["holder"]) == (409, "Li")
    assert [one["held_by"] for one in client.get("/api/v1/reviews").json()["reviews"]] == ["Li"]
    wrong = client.post(f"{address}/review", json={"action": "confirm"}, headers=li)
    assert wrong.status_code == 422
    assert "107.00" in wrong.json()["detail_zh"]
    mended = {"action": "confirm", "corrections": {"total": "106.00"}}
    assert client.post(f"{address}/review", json=mended, headers=li).json()["state"] == "registered"
    (record,) = [one for one in client.get("/api/v1/rules/statistics").json()["rules"] if one["rule"] == "AMT-SUM"]
    assert (record["upheld"], record["overturned"]) == (1, 0)  # the total was wrong, the rule was not
    assert client.post(f"{address}/undo", headers=zhang).status_code == 409
    assert client.post(f"{address}/undo", headers=li).json()["state"] == "in_review"


def test_a_pack_with_a_mistake_is_answered_with_its_line(client: TestClient) -> None:
    toml = {"content-type": "application/toml"}
    text = 'name = "a"\nversion = "1"\nvalid_from = 2026-01-01\n[limits]\nage_days = -1\n'
    refused = client.post("/api/v1/policies", content=text, headers=toml)
    assert (refused.status_code, refused.json()["mistakes"][0]["line"]) == (422, 5)
    good = text.replace("-1", "90")
    assert client.post("/api/v1/policies/try", content=good, headers=toml).json()["count"] == 0
    assert client.get("/api/v1/policies").json() == {"policies": []}
    assert client.post("/api/v1/policies", content=good, headers=toml).status_code == 201
    assert client.get("/api/v1/policies").json()["policies"][0]["holds"] is True
    assert client.post("/api/v1/policies", content=good, headers=toml).json()["code"] == "known_version"


def test_judging_again_does_what_its_dry_run_named(client: TestClient, desk: Services, tmp_path: Path) -> None:
    work(desk, sent(client, einvoice(number(205), total="107.00")), tmp_path)
    toml = {"content-type": "application/toml"}
    text = 'name = "a"\nversion = "1"\nvalid_from = 2026-01-01\n[graver]\nreject = ["EV-NO-ORIGINAL"]\n'
    client.post("/api/v1/policies", content=text, headers=toml)
    address = f"/api/v1/policies/{client.get('/api/v1/policies').json()['policies'][0]['id']}/rejudge"
    assert client.get(address).json() == {"changes": [], "counts": {}, "count": 0, "to_review": 0}
    other = client.post(address, json={"expected": 3})
    assert (other.status_code, other.json()["code"]) == (409, "not_as_tried")
    assert client.post(address, json={"expected": 0}).json() == {"to_review": 0}
    assert client.get("/api/v1/policies/nothing/rejudge").status_code == 404


def test_a_file_that_is_no_invoice_is_contested_filled_in_and_registered(
    client: TestClient, desk: Services, tmp_path: Path
) -> None:
    document = sent(client, b"")
    work(desk, document, tmp_path)
    view = client.get(f"/api/v1/documents/{document}").json()
    assert [one["rule"] for one in view["reasons"]] == ["FILE-EMPTY"]
    contested = client.post(f"/api/v1/documents/{document}/contest", json={"words": "请看附件"}).json()
    assert (contested["state"], contested["invoices"][0]["objection"]["words"]) == ("in_review", "请看附件")
    assert client.get("/api/v1/reviews").json()["count"] == 1
    again = client.post(f"/api/v1/documents/{document}/contest", json={"words": "请看附件"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"action": "confirm", "corrections": {"totl": "1.00"}}, "unknown_field"),
        ({"action": "refuse", "reason": "because"}, "unknown_reason"),
        ({"action": "confirm", "corrections": {"total": "x" * 500}}, "invalid"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    body: dict[str, object], code: str, client: TestClient, desk: Services, tmp_path: Path
) -> None:
    document = sent(client, einvoice(number(206), total="107.00"))
    work(desk, document, tmp_path)
    (invoice,) = client.get(f"/api/v1/documents/{document}").json()["invoices"]
    wrong_rule = client.post(f"/api/v1/invoices/{invoice['id']}/contest", json={"words": "没错", "rule": "QR-CRC"})
    assert (wrong_rule.status_code, wrong_rule.json()["rules"]) == (422, ["AMT-SUM"])
    client.post(f"/api/v1/invoices/{invoice['id']}/contest", json={"words": "没错"})
    answer = client.post(f"/api/v1/invoices/{invoice['id']}/review", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_every_rule_is_served_also_those_not_checked(client: TestClient) -> None:
    served = client.get("/api/v1/rules").json()["rules"]
    assert len(served) == len(rules())
    assert {one["checked"] for one in served} >= {"always", "policy", "tax authority", "not measured"}
    assert all(one["mend_zh"] and one["source"] and one["since"] for one in served)


@pytest.mark.parametrize(
    ("path", "stage", "source"),
    [("/rules", "文件与图像", "本系统规则"), ("/rules?lang=en", "File and picture", "house rule")],
)
def test_the_page_of_rules_shows_them_all(client: TestClient, path: str, stage: str, source: str) -> None:
    text = client.get(path).text
    assert "AMT-SUM" in text
    assert "VER-NOT-FOUND" in text
    assert f"<h2>{stage}</h2>" in text
    assert source in text


def test_a_submission_has_an_address_before_its_first_file(client: TestClient) -> None:
    opened = client.put("/api/v1/submissions/batch-1", params={"door": "page"}).json()
    assert client.get(opened["url"]).json()["documents"] == []
    assert client.put("/api/v1/submissions/batch-1").json()["id"] == opened["id"]

    assert put(client, einvoice(number(61)), client_id="batch-1")["id"] == opened["id"]
    view = client.get(opened["url"]).json()
    assert (view["door"], len(view["documents"])) == ("page", 1)


def test_a_batch_shows_what_its_chips_choose(client: TestClient, desk: Services, tmp_path: Path) -> None:
    good, bad = (
        put(client, einvoice(number(62)), name="好.xml"),
        put(client, einvoice(number(63), total="1.00"), name="坏.xml"),
    )
    for taken in (good, bad):
        work(desk, taken["documents"][0]["document_id"], tmp_path)  # type: ignore[index]
    address = f"/batches/{good['id']}"

    assert "坏.xml" not in client.get(address, params={"show": "registered"}).text
    assert "好.xml" not in client.get(address, params={"show": "needs"}).text
    both = client.get(address, params={"show": "nonsense"}).text
    assert "好.xml" in both
    assert "坏.xml" in both


def test_a_retry_from_the_batch_comes_back_to_it_and_nowhere_else(client: TestClient) -> None:
    taken = put(client, einvoice(number(64)))
    document = taken["documents"][0]["document_id"]  # type: ignore[index]
    back = client.post(f"/documents/{document}/retry", data={"batch": str(taken["id"])})
    assert back.headers["location"] == f"/batches/{taken['id']}"
    assert client.post(f"/documents/{document}/retry", data={"batch": "//elsewhere.example"}).status_code == 422
