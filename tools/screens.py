"""Draw the pictures of the pages for the documentation (``make screens``): the real service, fed with samples."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from models.rights import Role
from samples.month import FIRST, LAST, Sent, Trouble, file_of, listed, month, pack
from samples.running import ROOT, Running, running_service
from samples.signing import first_sign_in
from samples.tax_list import full_query

SET = ROOT / "samples" / "set"
FOLDER = ROOT / "docs" / "screens"
_DESK, _PHONE = (1440, 900), (390, 844)
#: Colours that a picture keeps: enough for flat pages, and a third of the bytes.
_COLOURS = 96
_PATIENCE_SECONDS = 600.0
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
    Screen("upload", "/upload"),
    Screen("batch", "batch"),
    Screen("batch-dark", "batch", theme="dark"),
    Screen("returned", _RETURNED),
    Screen("review", "review"),
    Screen("review-dark", "review", theme="dark"),
    Screen("review-list", "/review"),
    Screen("ledger", "/ledger"),
    Screen("entry", "entry"),
    Screen("trace", "trace"),
    Screen("reconciliation", "reconciliation"),
    Screen("regions", "/regions?since=2026-10-01"),
    Screen("operations", "/operations"),
    Screen("rules", "/rules"),
    Screen("help", "/help"),
    Screen("phone", "/phone", size=_PHONE),
    Screen("phone-batch", "batch", size=_PHONE),
    Screen("phone-returned", _RETURNED, size=_PHONE, theme="dark"),
)


def main() -> None:
    """Start the service, send it the samples and a month, and write a picture of each page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="shoupiao-screens-") as name:
        inbox = Path(name) / "扫描仪"
        with running_service(Path(name), watched=inbox, roles=tuple(Role)) as running, _client(running) as client:
            (inbox / "来自扫描仪.pdf").write_bytes((SET / "digital-sole-trader.pdf").read_bytes())
            addresses = {**_samples(client), **_month(client)}
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
                signed_in = first_sign_in(browser, running)
                for screen in SCREENS:
                    _draw(browser, signed_in, screen, running.address + addresses.get(screen.shows, screen.shows))


def _client(running: Running) -> httpx.Client:
    return httpx.Client(base_url=f"{running.address}/api/v1", headers=running.headers, timeout=60)


def _samples(client: httpx.Client) -> dict[str, str]:
    """Send every sample as one batch; give the addresses of the batch, of each file's page, and of a review."""
    files = {path.name: path.read_bytes() for path in sorted(SET.iterdir()) if path.suffix != ".json"}
    view = _sent(client, "screens", files)
    documents = {one["filename"]: one for one in view["documents"]}
    return {
        "batch": f"/batches/{view['id']}",
        "review": f"/review/{documents[_REVIEWED]['invoices'][0]['id']}",
        **{name: f"/documents/{one['id']}" for name, one in documents.items()},
    }


def _month(client: httpx.Client) -> dict[str, str]:
    """Send a small month of a company and the list of the tax authority; give the addresses of what came of it."""
    chosen = _chosen()
    client.post("/policies", content=pack().encode(), headers={"content-type": "application/toml"}).raise_for_status()
    brought = {f"{one.drawn.number}.xml": file_of(one) for one in chosen if one.trouble is not Trouble.NEVER_SENT}
    _sent(client, "month", brought)
    rows = [row for one in chosen for row in listed(one)]
    days = {"first_day": FIRST.isoformat(), "last_day": LAST.isoformat()}
    answer = client.post("/reconciliations", files={"file": ("全量发票查询.xlsx", full_query(rows))}, data=days)
    answer.raise_for_status()
    fits, wrong = (next(one for one in chosen if one.trouble is what) for what in (Trouble.NONE, Trouble.WRONG_SUM))
    entry = client.get("/invoices", params={"q": fits.drawn.number}).json()["invoices"][0]["id"]
    return {
        "reconciliation": f"/reconciliation/{answer.json()['id']}",
        "entry": f"/entries/{entry}",
        "trace": f"/trace?q={wrong.drawn.number}",
    }


def _chosen() -> list[Sent]:
    """Some of every trouble, and most without one."""
    by_trouble: dict[Trouble, list[Sent]] = {}
    for one in month(600):
        by_trouble.setdefault(one.trouble, []).append(one)
    return [one for trouble, some in by_trouble.items() for one in some[: 60 if trouble is Trouble.NONE else 3]]


def _sent(client: httpx.Client, name: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Send files as one batch and wait until each has its outcome."""
    for filename, content in files.items():
        answer = client.put(f"/submissions/{name}/{quote(filename)}", content=content)
    end = time.monotonic() + _PATIENCE_SECONDS
    view: dict[str, Any] = {"done": False}
    while not view["done"] and time.monotonic() < end:
        time.sleep(1)
        view = client.get(f"/submissions/{answer.json()['id']}").json()
    return view


def _draw(browser: Browser, signed_in: Any, screen: Screen, address: str) -> None:
    width, height = screen.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=screen.theme, locale="zh-CN",
        is_mobile=screen.size == _PHONE,
        service_workers="block", storage_state=signed_in,
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
