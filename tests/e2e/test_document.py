"""The page of a document: what became of it, where it is wrong, and what can be done, live and on paper."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from models.kinds import Kind
from samples.faults import FAULTS
from samples.forms import in_form
from samples.invoice import draw_invoice
from tests.integration.invoices import einvoice, number

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.timeout(180)]
_serials = itertools.count(500_000)


def wrong_sum() -> bytes:
    """A drawn PDF whose sum does not hold."""
    seed = next(_serials)
    return in_form(FAULTS["sum"].change(draw_invoice(seed, Kind.DIGITAL_NORMAL)), "pdf", seed)


def sent(page: Page, service: str, content: bytes, name: str = "一张.xml") -> str:
    """Send a file and give the address of its page."""
    token = page.request.get(f"{service}/api/v1/me").json()["form_token"]
    address = f"{service}/api/v1/submissions/d{next(_serials)}/{name}"
    answer = page.request.put(address, data=content, headers={"x-csrf-token": token})
    identity: str = answer.json()["documents"][0]["document_id"]
    return f"{service}/documents/{identity}"


def to_the_batch(page: Page) -> None:
    """Go from a document to its batch, and wait until its script is there: before, its buttons are plain forms."""
    page.get_by_role("link", name="本次上传").click()
    page.wait_for_url("**/batches/*")


def test_a_returned_document_shows_the_sentence_the_place_and_the_mend(page: Page, service: str) -> None:
    page.goto(sent(page, service, wrong_sum(), "错.pdf"))
    expect(page.locator(".verdict h1")).to_have_text("已退回", timeout=60_000)
    reason = page.locator(".reasons li").first
    expect(reason).to_contain_text("≠")
    expect(reason).to_contain_text("请核对金额；印错请开票方换开")
    expect(reason).to_contain_text("谁能帮忙 开票方")
    expect(reason.locator("img.crop")).to_be_visible()
    assert reason.locator("img.crop").evaluate("image => image.decode().then(() => image.naturalWidth)") > 30

    box = page.locator(".mark.reject rect").first.bounding_box()
    picture = page.locator(".sheet img").bounding_box()
    assert box
    assert picture
    assert picture["x"] <= box["x"] <= picture["x"] + picture["width"]
    assert picture["y"] + picture["height"] / 2 < box["y"] < picture["y"] + picture["height"], "the sums stand below"
    reason.get_by_role("button", name="看位置").click()
    expect(page.locator(".mark.reject rect").first).to_be_in_viewport()


def test_a_field_and_its_place_on_the_page_point_at_each_other(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    page.goto(sent(page, service, wrong_sum(), "指.pdf"))
    expect(page.locator(".verdict h1")).to_have_text("已退回", timeout=60_000)
    page.locator("tr[data-for$='.seller_tax_id']").focus()
    expect(page.locator("rect.shown")).to_have_count(1)
    page.locator("rect[data-field$='.issue_date']").click()
    expect(page.locator("tr[data-for$='.issue_date']")).to_be_focused()


def test_the_page_is_live_while_the_document_is_read(page: Page, service: str) -> None:
    address = sent(page, service, wrong_sum(), "等.pdf")
    page.goto(address)
    expect(page.locator(".verdict h1")).to_have_text("已退回", timeout=60_000)
    assert page.url == address
    expect(page.locator(".history li").last).to_contain_text("已退回")


def test_a_mended_file_is_sent_from_the_page_and_linked(page: Page, service: str) -> None:
    serial = number(next(_serials))
    first = sent(page, service, einvoice(serial, total="1.00"))
    page.goto(first)
    expect(page.locator(".verdict h1")).to_have_text("已退回", timeout=60_000)
    mended: Any = {"name": "更正.xml", "mimeType": "text/xml", "buffer": einvoice(serial)}
    page.locator("input[data-send]").set_input_files(mended)

    page.wait_for_url("**/batches/*")
    expect(page.locator("tbody .chip.registered")).to_be_visible(timeout=60_000)
    page.goto(first)
    expect(page.locator(".verdict")).to_contain_text("已由此文件更正")


def test_a_returned_document_is_contested_with_words(page: Page, service: str) -> None:
    page.goto(sent(page, service, einvoice(number(next(_serials)), total="1.00")))
    expect(page.locator(".verdict h1")).to_have_text("已退回", timeout=60_000)
    page.locator(".acts summary").click()
    page.get_by_label("一句话说明").fill("供应商确认金额无误")
    page.get_by_role("button", name="提交异议").click()

    expect(page.locator(".verdict h1")).to_have_text("待复核")
    expect(page.locator(".history")).to_contain_text("供应商确认金额无误")


def test_the_live_page_takes_nothing_away_from_somebody_who_types(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    page.goto(sent(page, service, einvoice(number(next(_serials)), total="1.00")))
    expect(page.locator(".verdict h1")).to_have_text("已退回", timeout=60_000)
    page.reload()
    page.locator(".acts summary").click()
    words = page.get_by_label("一句话说明")
    words.press_sequentially("供应商确")
    page.locator("#document > *").evaluate("part => { part.dataset.old = 'yes'; }")

    page.evaluate("import('/static/live.js').then((live) => live.refresh(document.getElementById('document')))")
    words.press_sequentially("认无误")
    expect(words).to_have_value("供应商确认无误")
    assert page.locator("#document > [data-old]").count() == 1, "it waits until the words are written"

    page.locator(".verdict h1").click()
    expect(page.locator("#document > [data-old]")).to_have_count(0)
    expect(words).to_be_visible()
    expect(words).to_have_value("供应商确认无误")


def test_a_returned_document_is_read_again_from_its_batch(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    page.goto(sent(page, service, einvoice(number(next(_serials)), total="1.00")))
    expect(page.locator(".verdict h1")).to_have_text("已退回", timeout=60_000)
    to_the_batch(page)
    page.get_by_role("button", name="重新识别").click()
    expect(page.locator(".toast")).to_contain_text("1 张需要您处理", timeout=60_000)
    page.get_by_role("link", name="一张.xml").click()
    assert page.locator(".history").inner_text().count("已退回") == 2


def test_what_was_read_again_before_the_page_looks_is_told_too(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    document = sent(page, service, einvoice(number(next(_serials)), total="1.00"))
    page.goto(document)
    expect(page.locator(".verdict h1")).to_have_text("已退回", timeout=60_000)

    def answer_when_it_is_done(route: Route) -> None:
        answer = route.fetch()
        reader = opened()
        reader.goto(document)
        expect(reader.locator(".history")).to_have_text(re.compile("已退回.*已退回", re.DOTALL), timeout=60_000)
        route.fulfill(response=answer)

    page.route("**/retry", answer_when_it_is_done)
    to_the_batch(page)
    page.get_by_role("button", name="重新识别").click()
    expect(page.locator(".toast")).to_contain_text("1 张需要您处理", timeout=90_000)


def test_a_button_of_a_batch_says_when_the_service_is_away(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    page.goto(sent(page, service, einvoice(number(next(_serials)), total="1.00")))
    expect(page.locator(".verdict h1")).to_have_text("已退回", timeout=60_000)
    to_the_batch(page)
    page.route("**/retry", lambda route: route.abort())
    page.get_by_role("button", name="重新识别").click()
    expect(page.locator(".toast")).to_contain_text("服务没有应答")


def test_a_duplicate_is_no_failure_and_leads_to_the_first(page: Page, service: str) -> None:
    once = einvoice(number(next(_serials)))
    first = sent(page, service, once)
    page.goto(first)
    expect(page.locator(".verdict h1")).to_have_text("已入账", timeout=60_000)
    page.goto(sent(page, service, once))
    expect(page.locator(".verdict h1")).to_have_text("重复")
    assert "失败" not in page.locator("main").inner_text()
    page.get_by_role("link", name="查看先前的文件").click()
    assert page.url == first


def test_paper_shows_the_outcome_and_the_page_without_buttons(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    page.goto(sent(page, service, wrong_sum(), "印.pdf"))
    expect(page.locator(".verdict h1")).to_have_text("已退回", timeout=60_000)
    page.emulate_media(media="print")
    expect(page.locator(".verdict h1")).to_be_visible()
    expect(page.locator(".mark.reject rect").first).to_be_visible()
    for hidden in (".side", ".acts", "#print"):
        expect(page.locator(hidden)).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")


def test_a_decision_works_without_scripts(opened: Callable[..., Page], service: str) -> None:
    page = opened(java_script_enabled=False)
    page.goto(sent(page, service, einvoice(number(next(_serials)), total="1.00")))
    expect(page.locator(".verdict h1")).to_have_text("已退回", timeout=60_000)
    page.locator(".acts summary").click()
    page.get_by_label("一句话说明").fill("请看")
    page.get_by_role("button", name="提交异议").click()
    page.get_by_role("button", name="退回", exact=True).click()
    expect(page.locator(".verdict h1")).to_have_text("已退回")
    page.get_by_role("button", name="撤销我的决定").click()
    expect(page.locator(".verdict h1")).to_have_text("待复核")
