"""Draw the pictures of the pages for the documentation (``make screens``): the real service, fed with the samples."""

from __future__ import annotations

import io
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from models.rights import Role
from samples.running import ROOT, Running, running_service

SET = ROOT / "samples" / "set"
FOLDER = ROOT / "docs" / "screens"
_DESK, _PHONE = (1440, 900), (390, 844)
#: Colours that a picture keeps: enough for flat pages, and a third of the bytes.
_COLOURS = 96
_PATIENCE_SECONDS = 300.0
_RETURNED, _REVIEWED = "fault-sum.pdf", "fault-qr-number.pdf"


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture: its file name, what it shows (an address, or the name of a sample file), and how."""

    name: str
    shows: str
    size: tuple[int, int] = _DESK
    theme: Literal["light", "dark"] = "light"


SCREENS = (
    Screen("home", "/"),
    Screen("batch", "batch"),
    Screen("batch-dark", "batch", theme="dark"),
    Screen("returned", _RETURNED),
    Screen("review-dark", _REVIEWED, theme="dark"),
    Screen("ledger", "/ledger"),
    Screen("rules", "/rules"),
    Screen("phone", "/phone", size=_PHONE),
    Screen("phone-batch", "batch", size=_PHONE),
    Screen("phone-returned", _RETURNED, size=_PHONE, theme="dark"),
)


def main() -> None:
    """Start the service, send it the samples, and write a picture of each page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="shoupiao-screens-") as folder,
        running_service(Path(folder), roles=tuple(Role)) as running,
    ):
        addresses = _fill(running)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            for screen in SCREENS:
                _draw(browser, screen, running.address + addresses.get(screen.shows, screen.shows))


def _fill(running: Running) -> dict[str, str]:
    """Send every sample as one batch; give the addresses of the batch and of each file's page."""
    with httpx.Client(base_url=f"{running.address}/api/v1", headers=running.headers) as client:
        for path in sorted(SET.iterdir()):
            if path.suffix != ".json":
                answer = client.put(f"/submissions/screens/{quote(path.name)}", content=path.read_bytes())
        batch = answer.json()["id"]
        end = time.monotonic() + _PATIENCE_SECONDS
        view: dict[str, Any] = {"done": False}
        while not view["done"] and time.monotonic() < end:
            time.sleep(1)
            view = client.get(f"/submissions/{batch}").json()
    documents = {one["filename"]: f"/documents/{one['id']}" for one in view["documents"]}
    return {"batch": f"/batches/{batch}", **documents}


def _draw(browser: Browser, screen: Screen, address: str) -> None:
    width, height = screen.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=screen.theme, locale="zh-CN",
        is_mobile=screen.size == _PHONE,
        service_workers="block",
    )  # fmt: skip
    page = context.new_page()
    page.goto(address)
    if screen.name == "phone":
        _take_photos(page)
    page.wait_for_load_state("networkidle")
    drawn = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(_COLOURS)
    drawn.save(FOLDER / f"{screen.name}.png", optimize=True)
    context.close()


def _take_photos(page: Page) -> None:
    names = ("digital-photo.jpg", "paper-photo.jpg", "ticket-taxi.jpg")
    page.locator(".shutter input").set_input_files([SET / name for name in names])
    page.locator("#strip img[src]").nth(len(names) - 1).wait_for()


if __name__ == "__main__":
    main()
