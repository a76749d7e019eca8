"""The two clients against the whole service as a process, and through a proxy that loses every other answer."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import playwright
import pytest

from clients.python.shoupiao_client import NotReached, Refused, Shoupiao, StillWaiting
from models.rights import Role
from samples.running import Running, running_service
from tests.fakes.losing_proxy import losing_every_other_answer
from tests.integration.invoices import einvoice, number

pytestmark = pytest.mark.ocr
#: Playwright brings a Node that runs TypeScript as it is.
NODE = Path(playwright.__file__).parent / "driver" / "node"
EXAMPLES = Path(__file__).parents[2] / "clients" / "python" / "examples"
STORY = Path(__file__).with_name("client_story.mts")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_service(tmp_path_factory.mktemp("service"), roles=(Role.FINANCE, Role.SUBMITTER)) as running:
        yield running


@pytest.fixture
def shoupiao(service: Running) -> Iterator[Shoupiao]:
    with Shoupiao(service.address, service.key) as client:
        yield client


@pytest.fixture
def losing(service: Running) -> Iterator[str]:
    with losing_every_other_answer(service.address) as address:
        yield address


def test_a_file_is_sent_and_waited_for(shoupiao: Shoupiao, tmp_path: Path) -> None:
    (tmp_path / "发票 1.xml").write_bytes(einvoice(number(801)))
    sent = shoupiao.send([tmp_path / "发票 1.xml"])
    (document,) = shoupiao.wait(sent.id, seconds=120)
    assert (document.id, document.filename, document.state) == (*sent.document_ids, "发票 1.xml", "registered")
    assert (len(document.entry_ids), document.reasons) == (1, ())


def test_what_came_back_says_why_and_is_mended(shoupiao: Shoupiao) -> None:
    sent = shoupiao.send([("a.xml", einvoice(number(802), total="107.00"))])
    (returned,) = shoupiao.wait(sent.id, seconds=120)
    (reason,) = returned.reasons
    assert (returned.state, reason.rule, reason.who) == ("rejected", "AMT-SUM", "issuer")
    assert reason.zh in shoupiao.feedback(returned.id)
    (mended,) = shoupiao.wait(shoupiao.mend(returned.id, ("a.xml", einvoice(number(802)))).id, seconds=120)
    assert (mended.state, mended.raw["mends"]) == ("registered", returned.id)


def test_lost_answers_and_a_second_run_take_nothing_twice(shoupiao: Shoupiao, service: Running, losing: str) -> None:
    files = [(f"{serial}.xml", einvoice(number(serial))) for serial in (803, 804)]
    with Shoupiao(losing, service.key) as client:
        first = client.send(files, client_id="扫描/2026-11-25")
        assert client.send(files, client_id="扫描/2026-11-25") == first
    documents = shoupiao.wait(first.id, seconds=120)
    assert [one.id for one in documents] == list(first.document_ids)
    assert [one.state for one in documents] == ["registered", "registered"]


def test_where_an_invoice_is(shoupiao: Shoupiao) -> None:
    unlike_others = "26317200009876543210"
    content = einvoice(unlike_others)
    shoupiao.wait(shoupiao.send([("a.xml", content)]).id, seconds=120)
    found = shoupiao.where(unlike_others)
    assert (found.code, found.certain, found.who) == ("REGISTERED", True, "sender")
    assert shoupiao.where_is(("copy.xml", content)).code == "REGISTERED"


def test_changes_are_followed_from_a_place_on(shoupiao: Shoupiao) -> None:
    place = 0
    while (page := shoupiao.changes(place)).more:
        place = page.next
    place = page.next
    (document_id,) = shoupiao.send([("a.xml", einvoice(number(806)))]).document_ids
    told: list[str] = []
    for page in shoupiao.follow(place, types=["invoice.registered", "document.registered"], wait=10):
        told += [one.type for one in page.changes if one.data["document_id"] == document_id]
        if len(told) == 2:
            break
    assert told == ["invoice.registered", "document.registered"]


def test_a_refusal_is_an_exception_with_both_sentences(shoupiao: Shoupiao, service: Running) -> None:
    with pytest.raises(Refused, match=r"Not found.*\(404 not_found\)") as unknown:
        shoupiao.document("nobody")
    assert (unknown.value.status, unknown.value.code) == (404, "not_found")
    assert unknown.value.zh == "没有找到，可能编号有误。"
    with Shoupiao(service.address, "sp0.nothing") as stranger, pytest.raises(Refused) as refused:
        stranger.where("3280")
    assert refused.value.status == 401


def test_patience_ends(service: Running, shoupiao: Shoupiao) -> None:
    with Shoupiao("http://127.0.0.1:9", service.key, patience=0.5) as nowhere, pytest.raises(NotReached):
        nowhere.document("1")
    sent = shoupiao.send([("a.xml", einvoice(number(807)))])
    with pytest.raises(StillWaiting, match=sent.id):
        shoupiao.wait(sent.id, seconds=0)


def test_an_app_sends_for_somebody(service: Running) -> None:
    app = service.joined_by("报销小程序", Role.OPERATOR, Role.FINANCE)
    with Shoupiao(app.address, app.key, sender="小张") as client:
        sent = client.send([("a.xml", einvoice(number(808)))])
        (document,) = client.wait(sent.id, seconds=120)
    assert document.state == "registered"


def test_the_typescript_client_tells_the_same_story(service: Running, losing: str, tmp_path: Path) -> None:
    files = {
        "good": einvoice(number(811)),
        "bad": einvoice(number(812), total="107.00"),
        "mended": einvoice(number(812)),
    }
    for name, content in files.items():
        (tmp_path / f"{name}.xml").write_bytes(content)
    run = subprocess.run(
        [NODE, STORY, service.address, losing, service.key, tmp_path], capture_output=True, text=True, timeout=100
    )
    assert run.returncode == 0, run.stderr
    story: dict[str, Any] = json.loads(run.stdout)
    assert story["again"] == story["sent"]
    assert (story["states"], story["rules"]) == (["registered", "rejected", "registered"], ["AMT-SUM"])
    assert "107.00" in story["feedback"]
    assert (story["where"], story["whereIs"]) == ("REGISTERED", "REGISTERED")
    assert {"invoice.registered", "document.rejected"} <= set(story["types"])
    refused = {"name": "Refused", "status": 404, "code": "not_found", "zh": "没有找到，可能编号有误。"}
    assert story["refused"] == refused
    assert (story["stranger"]["status"], story["nobody"]["name"]) == (401, "NotReached")


def run_example(service: Running, name: str, *arguments: str | Path) -> str:
    environment = {**service.environment, "SHOUPIAO_KEY": service.key, "PYTHONPATH": str(EXAMPLES.parent)}
    command = [sys.executable, EXAMPLES / name, service.address, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_folder_of_a_scanner_is_sent_once(service: Running, tmp_path: Path) -> None:
    for name, content in {"good": einvoice(number(821)), "bad": einvoice(number(822), total="107.00")}.items():
        (tmp_path / f"{name}.xml").write_bytes(content)
        os.utime(tmp_path / f"{name}.xml", (1_795_000_000, 1_795_000_000))
    (tmp_path / "half.xml").write_bytes(b"<EInv")
    told = run_example(service, "scan_folder.py", tmp_path)
    assert told.splitlines()[0].startswith("bad.xml 已退回 金额 100.00 + 税额 6.00 ≠ 价税合计 107.00")
    assert told.splitlines()[1:] == ["good.xml 已入账"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["half.xml", "sent"]
    assert run_example(service, "scan_folder.py", tmp_path) == ""


def test_an_erp_pulls_what_is_registered(service: Running, shoupiao: Shoupiao, tmp_path: Path) -> None:
    for serial in (831, 832):
        shoupiao.wait(shoupiao.send([("a.xml", einvoice(number(serial)))]).id, seconds=120)
        for _ in range(2):
            run_example(service, "erp_pull.py", tmp_path / "erp.db", "3")
        rows = sqlite3.connect(tmp_path / "erp.db").execute("SELECT number, total, state FROM invoices").fetchall()
        assert rows.count((number(serial), "106.00", "registered")) == 1
