"""The whole running service and a real browser in front of it, shared by every test of this tier."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from models.rights import Role
from samples.running import Running, running_service
from samples.signing import first_sign_in

FLAGS = [
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
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the service watches."""
    return tmp_path_factory.mktemp("watched") / "扫描仪"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, inbox: Path) -> Iterator[Running]:
    """A service of its own for each file, and somebody there who may do everything."""
    with running_service(tmp_path_factory.mktemp("service"), watched=inbox, roles=tuple(Role)) as started:
        yield started


@pytest.fixture(scope="module")
def service(running: Running) -> str:
    """The address of the service."""
    return running.address


@pytest.fixture(scope="module")
def signed_in(running: Running, browser: Browser) -> Any:
    """What the browser of somebody keeps who has signed in."""
    return first_sign_in(browser, running)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def opened(browser: Browser, signed_in: Any) -> Iterator[Callable[..., Page]]:
    """Opens pages in contexts of their own; at the end none of them may have complained on its console.

    Whoever opens them has signed in unless ``storage_state`` says something else. A network that a test took away is no
    complaint, nor is what it says by ``may_say``.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(width: int = 1440, height: int = 900, may_say: str = "^$", **options: object) -> Page:
        def note(said: str) -> None:
            if not re.search(f"{_NO_NETWORK}|{may_say}", said):
                complaints.append(said)

        kept = {"storage_state": signed_in, **options}
        context = browser.new_context(viewport={"width": width, "height": height}, **kept)  # type: ignore[arg-type]
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
