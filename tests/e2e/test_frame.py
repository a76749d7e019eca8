"""What holds for every page: it fits each screen, everybody can use it, it is light, and nothing comes from outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, expect

from samples.running import Running
from tests.e2e.conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.timeout(240)]
SET = Path(__file__).parents[2] / "samples" / "set"
#: One file for each outcome, and the page that shows it.
SENT = {
    "registered": "digital-normal.pdf",
    "rejected": "fault-sum.pdf",
    "in_review": "fault-qr-number.pdf",
    "failed_to_open": "fault-cut.pdf",
}
PLACES = ["/", "/upload", "/phone", "/offline", "/review", "/ledger", "/trace?q=2", "/rules", "/nowhere"]
PLACES += ["/reconciliation", "/regions", "/sync", "/help", "/feedback", "/feedback/new", "/operations"]
PLACES += ["/audit", "/account", "/users", "/users/demo", "/keys"]
FIRST_PAGE_BYTES = 150_000
TARGETS = "button, input, select, summary, .button, .places a, .tabs a, .sieve a, .segments a"
_TOO_SMALL = """all => all.filter((one) => one.checkVisibility())
  .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.min(width, height) < 24).map(([html]) => html)"""


@pytest.fixture(scope="module")
def sent(running: Running, service: str) -> dict[str, str]:
    """The addresses of a batch with every outcome, and of its documents."""
    with httpx.Client(base_url=f"{service}/api/v1", headers=running.headers) as client:
        for name in SENT.values():
            answer = client.put(f"/submissions/every-outcome/{name}", content=(SET / name).read_bytes())
        batch = answer.json()["id"]
        while not (view := client.get(f"/submissions/{batch}").json())["done"]:
            pass
    documents = {one["filename"]: f"/documents/{one['id']}" for one in view["documents"]}
    return {"batch": f"/batches/{batch}", **{state: documents[name] for state, name in SENT.items()}}


def addresses(sent: dict[str, str]) -> list[str]:
    return [*PLACES, *sent.values(), f"/operations{sent['registered']}"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_no_serious_fault_and_no_page_is_wider_than_its_screen(
    opened: Callable[..., Page], service: str, sent: dict[str, str], size: str, theme: str
) -> None:
    page = opened(*SIZES[size], color_scheme=theme, may_say="status of 404")
    faults = {}
    for address in addresses(sent):
        page.goto(service + address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], address
        found = Axe().run(page).response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        if grave:
            faults[address] = [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in grave]
    assert faults == {}


@pytest.mark.parametrize("address", ["/", "/upload", "/phone"])
def test_the_first_page_is_light_and_nothing_comes_from_outside(
    opened: Callable[..., Page], service: str, address: str
) -> None:
    page = opened(service_workers="block")
    answered: list[Request] = []
    page.on("requestfinished", lambda request: answered.append(request))
    page.goto(service + address)
    page.wait_for_load_state("networkidle")

    sizes = [request.sizes() for request in answered]
    assert sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes) <= FIRST_PAGE_BYTES
    assert {urlsplit(request.url).netloc for request in answered} == {urlsplit(service).netloc}


def test_every_page_says_which_place_it_is(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    for address, name in (
        ("/", "首页"),
        ("/upload", "收票"),
        ("/trace", "查票"),
        ("/ledger", "台账"),
        ("/reconciliation", "对账"),
        ("/regions", "地区"),
        ("/sync", "同步"),
        ("/operations", "运行"),
        ("/rules", "规则"),
        ("/feedback", "反馈"),
        ("/help", "帮助"),
    ):
        page.goto(service + address)
        expect(page.locator(".side a[aria-current=page]")).to_have_text(name)
        assert page.title()


def test_the_navigation_leads_to_pages_only(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    page.goto(service)
    links = page.locator(".places a, .tabs a").evaluate_all("links => links.map((link) => link.href)")
    assert len(links) >= 6
    assert {link: page.request.get(link).status for link in links} == dict.fromkeys(links, 200)


def test_the_theme_is_chosen_and_remembered(opened: Callable[..., Page], service: str) -> None:
    page = opened(color_scheme="light")
    page.goto(f"{service}/ledger?q=1")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("link", name="深色").click()
    assert page.url == f"{service}/ledger?q=1&theme=dark"
    page.goto(f"{service}/rules")
    expect(page.locator("body")).not_to_have_css("background-color", light)
    page.get_by_role("link", name="自动").click()
    expect(page.locator("body")).to_have_css("background-color", light)


def test_the_language_is_chosen_and_remembered_and_the_filters_stay(opened: Callable[..., Page], service: str) -> None:
    page = opened(390, 844)
    page.goto(f"{service}/ledger?q=北京")
    page.locator(".bar [popovertarget]").click()
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Ledger")
    expect(page.locator("input[type=search][name=q]")).to_have_value("北京")
    page.goto(f"{service}/rules")
    expect(page.locator("h1")).to_have_text("Rules")


def test_the_keyboard_reaches_everything_and_shows_where_it_is(page: Page, service: str) -> None:
    page.goto(f"{service}/upload")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    focused = page.evaluate(
        """() => { const one = document.activeElement, ring = getComputedStyle(one.closest(".button") ?? one);
                   return [one.name, ring.outlineStyle, parseFloat(ring.outlineWidth)]; }"""
    )
    assert focused == ["files", "solid", 3]


def test_targets_are_large_enough(page: Page, service: str, sent: dict[str, str]) -> None:
    """WCAG 2.2, 2.5.8: 24 CSS pixels, save for links within a sentence."""
    small = {}
    for address in addresses(sent):
        if address == "/nowhere":
            continue
        page.goto(service + address)
        found = page.locator(TARGETS).evaluate_all(_TOO_SMALL)
        if found:
            small[address] = found
    assert small == {}


def test_an_unknown_address_is_answered_in_the_frame(opened: Callable[..., Page], service: str) -> None:
    page = opened(may_say="status of 404")
    page.goto(f"{service}/documents/nothing")
    expect(page.locator(".empty")).to_contain_text("没有找到")
    page.get_by_role("link", name="回到首页").click()
    assert page.url == f"{service}/"
