"""The whole service as a process: what comes back is understood, mended, contested and decided over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.rights import Role
from samples.running import running_service
from tests.integration.invoices import einvoice, number

pytestmark = pytest.mark.ocr
SAMPLES = Path(__file__).parents[2] / "samples" / "set"
#: Who decides, and who sends; each comes with a key.
LI: dict[str, str] = {}
WANG: dict[str, str] = {}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("service")
    with running_service(folder) as service:
        LI.update(service.joined_by("Li", Role.REVIEWER).headers)
        WANG.update(service.joined_by("Wang", Role.SUBMITTER).headers)
        with httpx.Client(base_url=f"{service.address}/api/v1", headers=service.headers, timeout=30) as client:
            yield client


def settled(api: httpx.Client, content: bytes, name: str = "a.xml", **fields: str) -> dict[str, Any]:
    """Send a file and give its document once the machine is done with it."""
    sent = api.post("/submissions", files={"files": (name, content)}, data=fields, headers=WANG).json()
    address = f"/documents/{sent['documents'][0]['document_id']}"
    end = time.monotonic() + 120
    while not (view := api.get(address).json())["final"]:
        assert time.monotonic() < end, view["state"]
        time.sleep(0.3)
    found: dict[str, Any] = view
    return found


def test_what_came_back_is_sent_again_mended(api: httpx.Client) -> None:
    returned = settled(api, einvoice(number(701), total="107.00"))
    (reason,) = returned["reasons"]
    assert (returned["state"], reason["rule"], reason["who"]) == ("rejected", "AMT-SUM", "issuer")
    assert "107.00" in api.get(f"/documents/{returned['id']}/reason.txt").text
    mended = settled(api, einvoice(number(701)), mends=returned["id"])
    assert (mended["state"], mended["mends"]) == ("registered", returned["id"])
    assert api.get(f"/documents/{returned['id']}").json()["mended_by"] == [mended["id"]]


def test_what_came_back_is_contested_and_decided_by_a_person(api: httpx.Client) -> None:
    returned = settled(api, einvoice(number(702), total="108.00"))
    invoice = f"/invoices/{returned['invoices'][0]['id']}"
    said = {"words": "票面就是这样", "rule": "AMT-SUM"}
    assert api.post(f"{invoice}/contest", json=said, headers=WANG).json()["state"] == "in_review"
    waiting = next(one for one in api.get("/reviews").json()["reviews"] if one["id"] == returned["invoices"][0]["id"])
    assert (waiting["contested"], waiting["objection"]["rules"]) == (True, ["AMT-SUM"])
    refused = api.post(f"{invoice}/review", json={"action": "confirm"}, headers=LI)
    assert (refused.status_code, refused.json()["rules"]) == (422, ["AMT-SUM"])
    decision = {"action": "confirm", "corrections": {"total": "106.00"}}
    assert api.post(f"{invoice}/review", json=decision, headers=LI).json()["state"] == "registered"
    (record,) = [one for one in api.get("/rules/statistics").json()["rules"] if one["rule"] == "AMT-SUM"]
    assert (record["contested"], record["upheld"]) == (1, 1)
    assert api.post(f"{invoice}/undo", headers=LI).json()["state"] == "in_review"


def test_where_it_is_wrong_is_shown_on_the_page(api: httpx.Client) -> None:
    document = settled(api, (SAMPLES / "fault-lines.pdf").read_bytes(), "fault-lines.pdf")
    (reason,) = document["reasons"]
    assert (reason["rule"], reason["number"]) == ("AMT-LINES", 1)
    plain, marked = (
        api.get(f"/documents/{document['id']}/{kind}/{reason['page']}.webp") for kind in ("pages", "feedback")
    )
    assert plain.headers["content-type"] == marked.headers["content-type"] == "image/webp"
    assert plain.content != marked.content
    assert api.get(f"{str(api.base_url).split('/api/')[0]}{reason['crop']}").content[:4] == b"RIFF"
