"""The review desk, by keyboard alone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import count

import httpx
import pytest
from playwright.sync_api import Page, expect

from models.kinds import Kind
from models.rights import Role
from samples.faults import _seller_id
from samples.forms import in_form
from samples.invoice import draw_invoice
from samples.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.timeout(240)]
_SEEDS = count(7000)


def doubtful(running: Running, many: int) -> None:
    """Invoices whose seller's tax id does not hold, all waiting for a person."""
    with httpx.Client(base_url=running.address, timeout=60, headers=running.headers) as client:
        documents = []
        for _ in range(many):
            seed = next(_SEEDS)
            content = in_form(_seller_id(draw_invoice(seed * 4, Kind.DIGITAL_NORMAL)), "pdf", seed)
            answer = client.put(f"/api/v1/submissions/review-{seed}/{seed}.pdf", content=content).json()
            documents.append(answer["documents"][0]["document_id"])
        end = time.monotonic() + 120
        for document in documents:
            while client.get(f"/api/v1/documents/{document}").json()["state"] != "in_review":
                assert time.monotonic() < end
                time.sleep(0.2)


def keys(page: Page, *pressed: str) -> int:
    for key in pressed:
        page.keyboard.press(key)
    return len(pressed)


def shown(page: Page) -> str:
    return str(page.locator("#review").get_attribute("data-invoice"))


def test_ten_invoices_are_reviewed_by_keyboard_in_under_two_minutes(
    opened: Callable[..., Page], running: Running, service: str
) -> None:
    doubtful(running, 10)
    page = opened()
    page.goto(f"{service}/review")
    page.get_by_role("link", name="开始复核").click()
    expect(page.locator(".review-row.current")).to_be_visible()
    pressed, start = 0, time.monotonic()
    for _ in range(10):
        expect(page.locator("#sum")).to_contain_text("✓")
        before = shown(page)
        pressed += keys(page, "Enter", "a")
        page.wait_for_function("before => document.querySelector('#review')?.dataset.invoice !== before", arg=before)
        expect(page.locator(".note.good")).to_contain_text("已入账")
        if page.url.endswith("/review"):
            break
    assert pressed <= 20
    assert time.monotonic() - start < 120


def test_a_field_is_chosen_shown_corrected_and_the_sum_follows(page: Page, running: Running, service: str) -> None:
    doubtful(running, 1)
    page.goto(f"{service}/review")
    page.get_by_role("link", name="开始复核").click()
    expect(page.locator(".review-row.current")).to_be_visible()
    total = page.locator("#f-total")
    total.focus()
    expect(page.locator("rect.shown")).to_have_attribute("data-name", "total")
    first = page.locator(".review-sheet:not([hidden])").get_attribute("viewBox")
    expect(page.locator(".review-sheet:not([hidden])")).not_to_have_attribute("viewBox", re.compile("^0 0 "))
    assert first
    page.keyboard.press("1")
    page.keyboard.type("23.00")
    expect(page.locator("#sum")).to_contain_text("≠")
    page.keyboard.press("Escape")
    expect(page.locator("#sum")).to_contain_text("✓")
    expect(page.locator("#words")).to_contain_text("✓")


def test_a_return_takes_a_reason_and_can_be_taken_back(
    opened: Callable[..., Page], running: Running, service: str
) -> None:
    doubtful(running, 2)
    page = opened()
    page.goto(f"{service}/review")
    page.get_by_role("link", name="开始复核").click()
    expect(page.locator(".review-row.current")).to_be_visible()
    first = shown(page)
    keys(page, "r")
    expect(page.locator("#reasons")).to_be_visible()
    keys(page, "1")
    expect(page.locator(".note.good")).to_contain_text("已退回")
    assert shown(page) != first
    expect(page.locator(".review-row.current")).to_be_visible()
    keys(page, "z")
    expect(page.locator(".note.good")).to_contain_text("已撤销")
    assert shown(page) == first
    expect(page.locator(".review-row.current")).to_be_visible()
    keys(page, "?")
    expect(page.locator("#keys")).to_be_visible()


def test_a_drawn_box_is_read_into_the_chosen_field(opened: Callable[..., Page], running: Running, service: str) -> None:
    doubtful(running, 1)
    page = opened()
    page.goto(f"{service}/review")
    page.get_by_role("link", name="开始复核").click()
    expect(page.locator(".review-row.current")).to_be_visible()
    total, expected = page.locator("#f-total"), page.locator("#f-total").input_value()
    box = [
        float(edge) for edge in str(page.locator("[data-name=total][data-box]").get_attribute("data-box")).split(",")
    ]
    total.focus()
    page.wait_for_timeout(600)  # the picture glides to the field
    keys(page, "1")
    total.blur()
    sheet = page.locator(".review-sheet:not([hidden])")
    corners = sheet.evaluate(
        "(svg, [x0, y0, x1, y1]) => [[x0, y0], [x1, y1]].map(([x, y]) => { const p = new DOMPoint(x, y)"
        ".matrixTransform(svg.getScreenCTM()); return [p.x, p.y]; })",
        box,
    )
    (x0, y0), (x1, y1) = corners
    page.mouse.move(x0 - 6, y0 - 4)
    page.mouse.down()
    page.mouse.move(x1 + 6, y1 + 4, steps=4)
    page.mouse.up()
    expect(total).to_have_value(expected, timeout=15_000)


def test_two_people_do_not_decide_on_one_invoice(opened: Callable[..., Page], running: Running, service: str) -> None:
    doubtful(running, 1)
    li = running.joined_by("Li", Role.REVIEWER).headers
    invoice = httpx.get(f"{service}/api/v1/reviews", headers=li).json()["reviews"][0]["id"]
    httpx.post(f"{service}/api/v1/invoices/{invoice}/hold", headers=li).raise_for_status()
    page = opened()
    page.goto(f"{service}/review/{invoice}")
    expect(page.locator("#held")).to_contain_text("Li 正在处理")
    keys(page, "a")
    expect(page.locator(".note.bad")).to_contain_text("Li")
    httpx.delete(f"{service}/api/v1/invoices/{invoice}/hold", headers=li).raise_for_status()


def test_the_list_names_what_to_look_at(page: Page, running: Running, service: str) -> None:
    doubtful(running, 1)
    width = (page.viewport_size or {"width": 0})["width"]
    name = f"ouyang-zhenhua-{width}"
    other = running.joined_by(name, Role.REVIEWER).headers
    reviews = httpx.get(f"{service}/api/v1/reviews", headers=other).json()["reviews"]
    holds = [f"{service}/api/v1/invoices/{one['id']}/hold" for one in reviews]
    held = [hold for hold in holds if httpx.post(hold, headers=other).is_success]  # some are in other tests' hands
    page.goto(f"{service}/review")
    rows = page.locator("tbody tr", has_text=f"{name} 正在处理").filter(has_text="TAXID-CHECK")
    expect(rows.first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for hold in held:
        httpx.delete(hold, headers=other).raise_for_status()
