"""Sending files from a browser in every way there is, and following them on the page of their batch."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.integration.invoices import einvoice, number

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.timeout(180)]

#: Numbers that no other test uses.
_serials = itertools.count(300_000)
PUT_FILE = re.compile(r"/api/v1/submissions/\w+/.+\.xml$")
#: Gives the page a drop or a paste with files, as the system would.
_HAND_OVER = """([type, files]) => {
  const data = new DataTransfer();
  for (const [name, content] of files) {
    data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name, { type: "text/xml" }));
  }
  const event = type === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
    : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


def good() -> bytes:
    return einvoice(number(next(_serials)))


def bad() -> bytes:
    return einvoice(number(next(_serials)), total="1.00")


def hand_over(page: Page, kind: str, **files: bytes) -> None:
    named = [[f"{name}.xml", base64.b64encode(content).decode()] for name, content in files.items()]
    page.evaluate(_HAND_OVER, [kind, named])


def wait_until_done(page: Page) -> None:
    expect(page.locator("#batch [data-done=yes]:not([data-count='0'])")).to_be_attached(timeout=90_000)


def test_a_drop_on_the_page_for_sending_ends_registered_and_says_so(page: Page, service: str) -> None:
    page.goto(f"{service}/upload")
    hand_over(page, "dragenter", 一=good())
    expect(page.get_by_text("松开即可上传")).to_be_visible()

    once = good()
    hand_over(page, "drop", 甲=once, 乙=bad(), 丙=good())

    page.wait_for_url("**/batches/*")
    expect(page.locator(".toast")).to_have_text("2 张已入账，0 张重复，1 张需要您处理", timeout=90_000)
    expect(page.locator(".chip.registered")).to_have_count(2)
    expect(page.locator("tbody")).to_contain_text("≠")
    page.goto(f"{service}/upload")
    hand_over(page, "drop", 甲=once)
    page.wait_for_url("**/batches/*")
    expect(page.locator("tbody .chip.duplicate")).to_have_text("重复", timeout=60_000)


def test_every_page_takes_a_drop_and_shows_the_way_to_the_batch(page: Page, service: str) -> None:
    page.goto(f"{service}/rules")
    page.route(PUT_FILE, lambda route: route.abort())
    hand_over(page, "drop", 规则页=good())

    expect(page.locator("#panel")).to_contain_text("规则页.xml")
    expect(page.locator("#panel")).to_contain_text("等待网络")
    page.unroute(PUT_FILE)
    page.get_by_role("link", name="查看进度").click()

    page.wait_for_url("**/batches/*")
    wait_until_done(page)
    expect(page.locator("tbody")).to_contain_text("规则页.xml")
    expect(page.locator("#outgoing li")).to_have_count(0)


def test_what_is_pasted_is_sent(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    page.goto(f"{service}/upload")
    hand_over(page, "paste", 截图=good())

    page.wait_for_url("**/batches/*")
    expect(page.locator("tbody .chip.registered")).to_be_visible(timeout=60_000)


def test_a_dropped_folder_is_sent_with_its_folders_and_without_litter(
    opened: Callable[..., Page], service: str, tmp_path: Path
) -> None:
    folder = tmp_path / "三月"
    (folder / "北京").mkdir(parents=True)
    (folder / "上海.xml").write_bytes(good())
    (folder / "北京" / "出租.xml").write_bytes(good())
    (folder / ".DS_Store").write_bytes(b"litter")
    page = opened()
    page.goto(f"{service}/upload")

    protocol = page.context.new_cdp_session(page)
    files = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        protocol.send("Input.dispatchDragEvent", {"type": kind, "x": 500, "y": 400, "data": files})

    page.wait_for_url("**/batches/*")
    expect(page.locator("tbody td.name")).to_have_count(2)
    assert sorted(page.locator("tbody td.name").all_inner_texts()) == ["上海.xml", "出租.xml"]


def test_the_chips_choose_what_is_shown_and_stand_in_the_address(page: Page, service: str) -> None:
    page.goto(f"{service}/upload")
    hand_over(page, "drop", 好=good(), 坏=bad())
    page.wait_for_url("**/batches/*")
    wait_until_done(page)

    page.locator(".sieve").get_by_role("link", name="需要我处理 1").click()
    page.wait_for_url("**/batches/*?show=needs")
    expect(page.locator("tbody td.name")).to_have_text("坏.xml")
    page.reload()
    expect(page.locator("tbody td.name")).to_have_text("坏.xml")
    page.locator(".sieve").get_by_role("link", name="已入账 1").click()
    expect(page.locator("tbody td.name")).to_have_text("好.xml")
    page.locator(".sieve").get_by_role("link", name="重复 0").click()
    expect(page.locator(".empty")).to_contain_text("没有符合条件的文件")


def test_a_refused_file_says_why_and_is_sent_again_by_its_button(opened: Callable[..., Page], service: str) -> None:
    page = opened(may_say="status of 400")
    page.goto(f"{service}/upload")
    refusal = {"detail": "No room.", "detail_zh": "没有空间。"}
    page.context.route(PUT_FILE, lambda route: route.fulfill(status=400, json=refusal))
    hand_over(page, "drop", 满=good())
    page.wait_for_url("**/batches/*")

    row = page.locator("#outgoing li")
    expect(row).to_contain_text("没有空间。")
    page.reload()
    expect(row).to_contain_text("没有空间。")
    page.context.unroute(PUT_FILE)
    row.get_by_role("button", name="重试").click()

    expect(page.locator("tbody .chip.registered")).to_be_visible(timeout=60_000)
    expect(row).to_have_count(0)


def test_files_that_could_not_leave_yet_survive_a_reload_and_leave_by_themselves(
    opened: Callable[..., Page], service: str
) -> None:
    page = opened()
    page.goto(f"{service}/upload")
    page.context.route(PUT_FILE, _fail)
    hand_over(page, "drop", 一=good(), 二=good(), 三=good(), 四=good())
    page.wait_for_url("**/batches/*")
    expect(page.locator("#outgoing li")).to_have_count(4)

    page.reload()
    expect(page.locator("#outgoing li")).to_have_count(4)
    page.context.unroute(PUT_FILE)

    wait_until_done(page)
    expect(page.locator("#outgoing li")).to_have_count(0, timeout=60_000)
    expect(page.locator("tbody .chip.registered")).to_have_count(4, timeout=60_000)


def test_a_file_over_the_limit_is_named_and_taken_off_again(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    page.goto(f"{service}/upload")
    hand_over(page, "drop", 大=bytes(21 * 2**20), 小=good())
    page.wait_for_url("**/batches/*")

    row = page.locator("#outgoing li.bad")
    expect(row).to_contain_text("超过上限 20 MB")
    expect(page.locator("tbody .chip.registered")).to_be_visible(timeout=60_000)
    row.get_by_role("button", name="移除").click()
    expect(row).to_have_count(0)


def test_a_batch_is_followed_where_events_do_not_come_through(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    page.context.route("**/events", lambda route: route.fulfill(status=200, content_type="text/event-stream", body=""))
    page.goto(f"{service}/upload")
    hand_over(page, "drop", 轮询=good())

    page.wait_for_url("**/batches/*")
    expect(page.locator(".toast")).to_contain_text("1 张已入账", timeout=90_000)


def test_the_way_back_leads_to_the_whole_page(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    page.goto(f"{service}/upload")
    hand_over(page, "drop", 前=good())
    page.wait_for_url("**/batches/*")
    expect(page.locator(".toast")).to_contain_text("1 张已入账", timeout=60_000)
    page.get_by_role("link", name="前.xml").click()
    expect(page.locator(".verdict h1")).to_have_text("已入账")
    page.go_back()
    expect(page.locator("h1")).to_have_text("本次上传")
    expect(page.locator(".side")).to_be_visible()


def test_one_finds_back_to_what_was_sent_from_this_device(opened: Callable[..., Page], service: str) -> None:
    page = opened()
    page.goto(f"{service}/upload")
    hand_over(page, "drop", 回来=good())
    page.wait_for_url("**/batches/*")
    address = page.url
    page.goto(f"{service}/upload")
    page.locator("#recent a").first.click()
    assert page.url == address


def test_somebody_else_sees_the_same_batch_at_the_same_address(opened: Callable[..., Page], service: str) -> None:
    mine, theirs = opened(), opened()
    mine.goto(f"{service}/upload")
    hand_over(mine, "drop", 共享=good())
    mine.wait_for_url("**/batches/*")
    theirs.goto(f"{mine.url}?lang=en")

    expect(theirs.locator("tbody .chip.registered")).to_have_text("Registered", timeout=60_000)


def test_sending_and_lists_work_without_scripts(opened: Callable[..., Page], service: str) -> None:
    page = opened(390, 844, java_script_enabled=False)
    page.goto(f"{service}/upload")
    file = {"name": "无脚本.xml", "mimeType": "text/xml", "buffer": good()}
    page.locator("input[name=files]").set_input_files(file)
    page.get_by_role("button", name="上传", exact=True).click()

    page.wait_for_url("**/batches/*")
    expect(page.locator("tbody .chip.registered")).to_be_visible(timeout=60_000)
    page.goto(f"{service}/ledger?q={number(0)[:5]}")
    expect(page.locator("tbody tr").first).to_be_visible()


def _fail(route: Route) -> None:
    route.abort("connectionfailed")
