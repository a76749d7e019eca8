"""The whole running service and a real browser in front of it, shared by every test of this tier."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from samples.running import running_service

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
_NO_NETWORK = r"^Failed to load resource: net::ERR_(FAILED|CONNECTION_FAILED|INTERNET_DISCONNECTED)"
#: A desk, a tablet and a phone, in CSS pixels.
SIZES = {"desk": (1440, 900), "tablet": (768, 1024), "phone": (390, 844)}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_service(tmp_path_factory.mktemp("service")) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages in contexts of their own; at the end none of them may have complained on its console.

    A network that a test took away is no complaint, nor is what it says by ``may_say``.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(width: int = 1440, height: int = 900, may_say: str = "^$", **options: object) -> Page:
        def note(said: str) -> None:
            if not re.search(f"{_NO_NETWORK}|{may_say}", said):
                complaints.append(said)

        context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: note(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, opened: Callable[..., Page]) -> Page:
    return opened(*SIZES[request.param])
