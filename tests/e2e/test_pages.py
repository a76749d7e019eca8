"""The pages in a real browser, in front of the whole running service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from intake.redis_server import free_port
from tests.e2e.signing import OWN_PASSWORD, first_password, first_sign_in
from tests.integration.invoices import einvoice, number

pytestmark = [pytest.mark.browser, pytest.mark.ocr]
ROOT = Path(__file__).parents[2]
LOG = "up.log"
#: The first password of each service that was started, by its address.
given: dict[str, str] = {}
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    var, port = tmp_path_factory.mktemp("var"), free_port()
    environment = {**os.environ, "SHOUPIAO_VAR": str(var)}
    with (var / LOG).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "intake", "up", "--port", str(port)], env=environment, cwd=ROOT, stdout=log
        )
    address = f"http://127.0.0.1:{port}"
    _wait_for(f"{address}/readyz")
    given.update({address: first_password(var / LOG)})
    yield address
    process.send_signal(signal.SIGTERM)
    process.wait(40)


def _wait_for(address: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"{address} did not answer")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def signed_in(service: str, browser: Browser) -> Any:
    """The browser of the administrator, who has just signed in for the first time."""
    return first_sign_in(browser, service, given[service])


@pytest.fixture(params=[(1280, 860), (390, 844)], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, signed_in: Any) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, storage_state=signed_in)
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield opened
    assert complaints == []
    context.close()


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


@pytest.mark.parametrize("address", ["/", "/ledger", "/trace", "/trace?q=1", "/account", "/users", "/users/admin"])
def test_no_page_is_wider_than_the_screen(page: Page, service: str, address: str) -> None:
    page.goto(service + address)
    assert page.evaluate("document.documentElement.scrollWidth") <= (page.viewport_size or {"width": 0})["width"]


def test_the_language_is_remembered(page: Page, service: str) -> None:
    page.goto(service)
    page.get_by_role("link", name="English").click()
    page.goto(f"{service}/ledger")
    expect(page.locator("h1")).to_have_text("Ledger")


def test_the_page_can_be_used_by_keyboard(page: Page, service: str) -> None:
    page.goto(service)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_a_form_works_without_scripts_and_signing_out_ends_it(browser: Browser, service: str, signed_in: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{service}/rules")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(OWN_PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(f"{service}/rules")
    page.goto(service)
    content = einvoice(number(30_000))
    page.locator("input[type=file]").first.set_input_files(
        [{"name": "一张.xml", "mimeType": "text/xml", "buffer": content}]
    )
    page.locator("#upload button[type=submit]").click()
    expect(page.locator("tbody")).to_contain_text("一张.xml")
    page.goto(f"{service}/account")
    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(f"{service}/login")
    page.goto(f"{service}/ledger")
    expect(page.get_by_label("用户名")).to_be_visible()
    context.close()
