"""The first page, the help, the feedback desk and the page of those who run the service, in a real browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from samples.running import Running
from tests.e2e.conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.timeout(240)]
SET = Path(__file__).parents[2] / "samples" / "set"
PLACES = [
    "/", "/help", "/help?q=拍照", "/help/kinds", "/help/releases", "/feedback", "/feedback?show=all",
    "/feedback/new?page=/ledger", "/operations",
]  # fmt: skip


@pytest.fixture(scope="module")
def documents(running: Running, service: str) -> dict[str, str]:
    """One registered, one returned and one that waits for a review: their ids by file name."""
    names = ("digital-normal.pdf", "fault-sum.pdf", "fault-qr-number.pdf", "fault-cut.pdf")
    with httpx.Client(base_url=f"{service}/api/v1", headers=running.headers) as client:
        for name in names:
            answer = client.put(f"/submissions/home-pages/{name}", content=(SET / name).read_bytes())
        while not (view := client.get(f"/submissions/{answer.json()['id']}").json())["done"]:
            pass
    return {one["filename"]: one["id"] for one in view["documents"]}


@pytest.mark.usefixtures("documents")
def test_the_first_page_tells_what_came_today_and_what_needs_somebody(
    opened: Callable[..., Page], service: str
) -> None:
    page = opened()
    page.goto(service)
    expect(page.locator("#waiting b")).to_have_text("0")
    expect(page.locator("#oldest b")).to_have_text("–")
    assert int(page.locator("#received b").inner_text()) >= 4
    assert int(page.locator("#registered b").inner_text()) >= 1
    expect(page.locator("#missing")).to_contain_text("还没有导入")
    plot = page.locator("#by-day svg")
    assert plot.locator("rect.good").count() >= 1
    assert plot.locator("rect.bad").count() >= 1
    assert "退回" in (plot.locator("desc").text_content() or "")
    page.locator("#by-day summary").click()
    first = page.locator("#by-day tbody tr").first
    assert first.locator("td").first.inner_text() == page.locator("#registered b").inner_text()
    expect(page.locator("#reasons tbody tr").first).to_be_visible()

    page.locator("#needs a", has_text="开始复核").click()
    assert page.url == f"{service}/review"


def test_help_answers_a_question_and_every_page_leads_to_its_topics(opened: Callable[..., Page], service: str) -> None:
    page = opened(java_script_enabled=False)
    page.goto(f"{service}/ledger")
    page.locator(".foot nav a").first.click()
    assert page.url == f"{service}/help/ledger"

    page.goto(f"{service}/help")
    page.locator("main input[name=q]").fill("怎么拍照")
    page.locator("main form button").click()
    expect(page.locator("#answers details").first).to_contain_text("拍")
    page.goto(f"{service}/help?q=zzzzqqqq&lang=en")
    expect(page.locator("#answers")).to_contain_text("Nothing in the help answers that.")


def test_a_report_takes_its_page_along_is_answered_and_its_reporter_sees_the_answer(
    opened: Callable[..., Page], service: str, documents: dict[str, str]
) -> None:
    document = documents["fault-sum.pdf"]
    page = opened(java_script_enabled=False)
    page.goto(f"{service}/documents/{document}")
    page.locator(".foot a", has_text="反馈").last.click()
    expect(page.locator("main form")).to_contain_text(f"/documents/{document}")
    expect(page.locator("input[name=document]")).to_have_value(document)
    assert page.locator("input[name=rule]").input_value()
    page.locator("textarea").fill("怎么拍照才清楚？这张我拍了三次")
    page.locator("main form button").click()

    expect(page.locator("#answers details").first).to_be_visible()
    expect(page.locator("textarea")).to_have_value("怎么拍照才清楚？这张我拍了三次")
    page.get_by_role("button", name="仍然提交").click()
    expect(page.locator(".note.good")).to_contain_text("已收到")
    expect(page.locator("dl.facts")).to_contain_text(document[:8])

    page.get_by_role("button", name="我来处理").click()
    expect(page.locator(".chip")).to_contain_text("处理中")
    page.locator("textarea").first.fill("请把票放平再拍。")
    page.get_by_role("button", name="答复").click()
    page.goto(f"{service}/feedback")
    row = page.locator("tbody tr", has_text="怎么拍照才清楚").first
    expect(row).to_contain_text("已答复")
    row.locator("a").click()
    expect(page.locator("#talk")).to_contain_text("请把票放平再拍。")

    page.locator("textarea").last.fill("还是不行")
    page.get_by_role("button", name="提交补充").click()
    expect(page.locator(".chip")).to_contain_text("待处理")
    page.goto(f"{service}/feedback?show=waiting")
    expect(page.locator("tbody").first).to_contain_text("怎么拍照才清楚")


def test_an_address_from_outside_is_never_a_link_on_a_report(
    opened: Callable[..., Page], running: Running, service: str
) -> None:
    page = opened()
    for address in ("//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        said = {"text": "看这里", "page": address}
        told = httpx.post(f"{service}/api/v1/feedback", json=said, headers=running.headers).json()
        page.goto(f"{service}/feedback/{told['id']}")
        expect(page.locator("dl.facts")).to_contain_text(address)
        assert page.locator("dl.facts a").count() == 0


def test_operations_show_the_work_and_lead_to_the_history_of_each_document(
    opened: Callable[..., Page], service: str, documents: dict[str, str]
) -> None:
    page = opened()
    page.goto(f"{service}/operations")
    assert int(page.locator("#done b").inner_text()) >= 3
    expect(page.locator("#stuck b")).to_have_text("0")
    expect(page.locator("#rules tbody tr").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("Python")
    page.locator("summary", has_text="已完成").click()
    page.locator(f"a[href='/documents/{documents['digital-normal.pdf']}']").click()
    expect(page.locator(".history")).to_be_visible()


def test_operations_tell_how_a_document_was_read_and_draw_how_fast(
    opened: Callable[..., Page], service: str, documents: dict[str, str]
) -> None:
    page = opened()
    page.goto(f"{service}/operations")
    for plot in page.locator("#speed svg").all():
        assert plot.locator("circle.good").count() == 1, "one day has passed"
    page.locator("summary", has_text="已完成").click()
    page.locator(f"a[href='/operations/documents/{documents['digital-normal.pdf']}']").click()
    steps = page.locator("#log tbody tr")
    expect(steps.first).to_contain_text("已接收")
    expect(page.locator("#log")).to_contain_text("已入账")
    expect(page.locator("main")).to_contain_text("ms")
    assert page.locator("main form").count() == 0, "it is too late to take it back"


def test_operations_show_the_watched_folder_and_what_came_of_it(
    opened: Callable[..., Page], service: str, inbox: Path
) -> None:
    page = opened()
    (inbox / "来自扫描仪.pdf").write_bytes((SET / "digital-special.pdf").read_bytes())
    row = page.locator("#folders tbody tr").first

    brought_back = inbox / "registered" / "来自扫描仪.pdf"
    end = time.monotonic() + 60
    while not brought_back.exists() and time.monotonic() < end:
        time.sleep(0.2)
    assert brought_back.exists(), "the watcher looks for the answer some seconds after it was given"
    page.goto(f"{service}/operations")
    expect(row).to_contain_text("扫描仪")
    expect(row.locator("[data-label=今天入账]")).to_have_text("1")
    expect(row.locator("[data-label=卡住]")).to_have_text("0")
    expect(page.locator("#folders .chip.bad")).to_have_count(0)


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_no_serious_fault_and_no_page_is_wider_than_its_screen(
    opened: Callable[..., Page], service: str, size: str
) -> None:
    for theme in ("light", "dark"):
        page = opened(*SIZES[size], color_scheme=theme)
        faults = {}
        for address in PLACES:
            page.goto(service + address)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], address
            found = Axe().run(page).response["violations"]
            grave = [one for one in found if one["impact"] in ("serious", "critical")]
            if grave:
                faults[address] = [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in grave]
        assert faults == {}
