"""The pages in a real browser, in front of the whole running service."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.integration.invoices import einvoice, number

pytestmark = [pytest.mark.browser, pytest.mark.ocr]


def upload(page: Page, service: str, *files: tuple[str, bytes]) -> None:
    page.goto(service)
    chooser = page.locator("input[type=file]").first
    chooser.set_input_files([{"name": name, "mimeType": "text/xml", "buffer": content} for name, content in files])
    page.wait_for_url("**/batches/*")


def serial(page: Page, offset: int) -> int:
    return offset + (page.viewport_size or {"width": 0})["width"]


@pytest.mark.timeout(150)
def test_files_reach_their_final_state_without_a_reload(page: Page, service: str) -> None:
    good, bad = einvoice(number(serial(page, 0))), einvoice(number(serial(page, 10_000)), total="1.00")
    upload(page, service, ("好.xml", good), ("坏.xml", bad))
    expect(page.locator(".chip.registered")).to_have_count(1, timeout=60_000)
    expect(page.locator(".chip.rejected")).to_have_count(1, timeout=60_000)
    page.reload()
    expect(page.locator(".chip.registered")).to_have_text("已入账")
    expect(page.locator("tbody")).to_contain_text("≠")


@pytest.mark.timeout(150)
def test_a_document_shows_its_fields_and_its_history(page: Page, service: str) -> None:
    upload(page, service, ("一张.xml", einvoice(number(serial(page, 20_000)))))
    expect(page.locator(".chip.registered")).to_have_count(1, timeout=60_000)
    page.get_by_role("link", name="一张.xml").click()
    expect(page.locator(".verdict h1")).to_have_text("已入账")
    expect(page.locator(".fields")).to_contain_text(number(serial(page, 20_000)))
    expect(page.locator(".history")).to_contain_text("已接收")


@pytest.mark.parametrize("address", ["/", "/upload", "/ledger", "/trace", "/trace?q=1", "/rules"])
def test_no_page_is_wider_than_the_screen(page: Page, service: str, address: str) -> None:
    page.goto(service + address)
    assert page.evaluate("document.documentElement.scrollWidth") <= (page.viewport_size or {"width": 0})["width"]


def test_the_language_is_remembered(page: Page, service: str) -> None:
    page.goto(service)
    if menu := page.locator("[popovertarget=side]:visible").all():
        menu[0].click()
    page.get_by_role("link", name="English").click()
    page.goto(f"{service}/ledger")
    expect(page.locator("h1")).to_have_text("Ledger")


def test_the_page_can_be_used_by_keyboard(page: Page, service: str) -> None:
    page.goto(service)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
