"""The ledger, reconciliation, the regions and sync as people use them in a browser, at every size."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from samples.running import Running
from samples.tax_list import from_entry, full_query
from tests.e2e.conftest import SIZES
from tests.integration.invoices import einvoice, tax_id

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.timeout(240)]

#: A seller that no other test has, so that the selections here hold only what these tests sent.
SELLER = "成都台账样本商贸有限公司"
PARTY = (tax_id("510104", "45678123"), SELLER)
_serials = itertools.count(700_000)
SET = Path(__file__).parents[2] / "samples" / "set"
TOTALS = ("106.00", "212.00", "318.00")


@pytest.fixture(scope="module")
def api(running: Running, service: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{service}/api/v1", timeout=30, headers=running.headers) as client:
        yield client


@pytest.fixture(scope="module")
def numbers(api: httpx.Client) -> list[str]:
    """The numbers of three registered invoices of Sichuan; their totals are ``TOTALS``."""
    sent = [f"26512{next(_serials):015d}" for _ in TOTALS]
    for one, total in zip(sent, TOTALS, strict=True):
        amount = float(total) / 1.06
        content = einvoice(one, total=total, amount=f"{amount:.2f}", tax=f"{amount * 0.06:.2f}", seller=PARTY)
        batch = api.put(f"/submissions/ledger-pages/{one}.xml", content=content).json()["id"]
    while not api.get(f"/submissions/{batch}").json()["done"]:
        pass
    assert {one["invoice_number"] for one in entries(api)} == set(sent)
    return sent


def entries(api: httpx.Client) -> list[dict[str, object]]:
    found: list[dict[str, object]] = api.get("/invoices", params={"seller": SELLER}).json()["invoices"]
    return found


def upload_list(page: Page, service: str, content: bytes, name: str) -> None:
    page.goto(f"{service}/reconciliation")
    page.get_by_label("清单文件").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="上传并对账").click()
    page.wait_for_url(re.compile(r"/reconciliation/\w{32}"))


def test_a_search_is_summed_and_exported_as_it_is_filtered(page: Page, service: str, numbers: list[str]) -> None:
    page.goto(f"{service}/ledger")
    page.get_by_label("搜索", exact=True).fill(f"卖方:{SELLER}")
    page.get_by_text("更多条件").click()
    page.get_by_label("价税合计").fill(">200")
    page.get_by_label("排序").select_option("total")
    page.get_by_role("button", name="搜索").click()

    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tfoot")).to_contain_text("2 张发票")
    expect(page.locator("tfoot")).to_contain_text("530.00")
    assert "kind" not in page.url
    with page.expect_download() as exported:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(exported.value.path().read_text("utf-8-sig"))))
    assert [row["价税合计"].strip() for row in rows] == ["212.00", "318.00"]


def test_a_view_is_kept_opened_and_forgotten(page: Page, service: str, numbers: list[str]) -> None:
    name = f"视图{next(_serials)}"
    page.goto(f"{service}/ledger?seller={SELLER}&sort=-total")
    page.get_by_label("把当前条件存为视图").fill(name)
    page.get_by_role("button", name="保存视图").click()
    page.goto(f"{service}/ledger")
    page.get_by_role("link", name=name).click()

    expect(page.locator("tbody th a")).to_have_text(list(reversed(numbers)))
    expect(page.locator(".views a[aria-current=true]")).to_have_text(name)
    page.get_by_text("管理视图").click()
    page.get_by_role("button", name=f"删除 {name}").click()
    expect(page.get_by_role("link", name=name)).to_have_count(0)
    expect(page.locator("tbody th a")).to_have_text(list(reversed(numbers)))


def test_what_is_not_found_is_answered_with_what_is_like_it(page: Page, service: str, numbers: list[str]) -> None:
    page.goto(f"{service}/ledger?seller=成都台帐样本商贸")
    expect(page.locator(".empty")).to_contain_text("没有符合条件的发票")
    expect(page.locator("#similar")).to_contain_text(numbers[0])


def test_a_filter_that_is_not_understood_is_told_beside_the_form(opened: Callable[..., Page], service: str) -> None:
    page = opened(may_say="status of 422")
    page.goto(f"{service}/ledger?amount=许多")
    expect(page.get_by_role("alert")).to_contain_text("“许多”无法识别")
    expect(page.get_by_label("价税合计")).to_have_value("许多")


def test_an_entry_goes_through_its_life_on_its_page(
    opened: Callable[..., Page], service: str, api: httpx.Client
) -> None:
    one = f"26512{next(_serials):015d}"
    batch = api.put(f"/submissions/life/{one}.xml", content=einvoice(one)).json()["id"]
    while not api.get(f"/submissions/{batch}").json()["done"]:
        pass
    page = opened(may_say="status of 4(09|12)")
    page.goto(f"{service}/ledger?number={one}")
    page.get_by_role("link", name=one).click()
    expect(page.get_by_label("粘贴这一行")).to_have_value(re.compile(one))
    page.get_by_label("查验结果").select_option("match")
    page.locator("form[action$=verification] button").click()
    expect(page.locator(".note.good")).to_contain_text("已保存查验结果")
    seen_before = page.locator("form[action$=booking] input[name=revision]").input_value()
    page.get_by_role("button", name="记账").click()
    page.get_by_label("报销单号").fill("BX-2026-118")
    page.locator("form[action$=claim] button").click()
    page.get_by_role("button", name="登记归档").click()

    expect(page.locator(".history")).to_contain_text("查验一致")
    expect(page.locator(".history")).to_contain_text("用于报销 · BX-2026-118")
    expect(page.locator(".history li")).to_have_count(5)
    page.locator("input[name=revision]").first.evaluate("(field, value) => { field.value = value; }", seen_before)
    page.locator("form[action$=verification] button").click()
    expect(page.locator(".empty")).to_contain_text("已有更改")
    page.get_by_role("link", name="返回上一页").click()
    expect(page.locator("h1")).to_contain_text("106.00")


def test_a_list_becomes_a_ladder(page: Page, service: str, api: httpx.Client, numbers: list[str]) -> None:
    misread, differing, stranger = f"26512{next(_serials):015d}", numbers[1], f"26512{next(_serials):015d}"
    listed = {row.number: row for row in map(from_entry, entries(api))}
    rows = [
        replace(listed[numbers[2]], number=misread, seller="另一家", seller_tax_id=tax_id("310115", "12345678")),
        replace(listed[differing], amount=listed[differing].amount + 100, total=listed[differing].total + 100),
        listed[numbers[0]],
        replace(listed[numbers[0]], number=stranger, amount=500, tax=30, total=530),
    ]
    upload_list(page, service, full_query(rows), f"清单{stranger}.xlsx")

    tabs = page.get_by_role("navigation", name="对账结果")
    tabs.get_by_role("link", name="有差异").click()
    expect(page.locator("tbody")).to_contain_text("金额不同")
    tabs.get_by_role("link", name=re.compile("^一致")).click()
    expect(page.locator("tbody")).to_contain_text(numbers[0])
    with page.expect_download() as workbook:
        page.get_by_role("link", name="Excel").click()
    assert workbook.value.path().read_bytes()[:2] == b"PK"


def test_a_list_that_cannot_be_read_says_what_to_do(opened: Callable[..., Page], service: str) -> None:
    page = opened(may_say="status of 422")
    page.goto(f"{service}/reconciliation")
    page.get_by_label("清单文件").set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"})
    page.get_by_role("button", name="上传并对账").click()
    expect(page.locator(".empty strong")).not_to_be_empty()
    page.get_by_role("link", name="返回上一页").click()
    expect(page.locator("h1")).to_have_text("对账")


def test_the_regions_lead_to_what_they_count(page: Page, service: str, numbers: list[str]) -> None:
    page.goto(f"{service}/regions?since=2026-03-01&until=2026-03-31")
    page.get_by_role("link", name=re.compile("^四川 已入账")).click()
    expect(page.locator("tbody")).to_contain_text(numbers[0])
    assert page.url.endswith("/ledger?region=51&since=2026-03-01&until=2026-03-31")


def test_a_region_leads_to_its_own_reviews_only(opened: Callable[..., Page], service: str, api: httpx.Client) -> None:
    sent = (SET / "fault-qr-number.pdf").read_bytes()
    batch = api.put("/submissions/region/fault-qr-number.pdf", content=sent).json()["id"]
    while not api.get(f"/submissions/{batch}").json()["done"]:
        pass
    row = next(one for one in api.get("/regions", params={"since": "2025-01-01"}).json()["regions"] if one["waiting"])
    page = opened()
    page.goto(f"{service}/regions?since=2025-01-01")
    page.get_by_role("link", name=re.compile(f"^{row['zh']} 待复核")).click()
    expect(page.locator("main")).to_contain_text(f"只看{row['zh']}开出的发票")
    expect(page.locator("tbody tr")).not_to_have_count(0)
    page.goto(f"{service}/review?region=54")
    expect(page.locator("tbody tr")).to_have_count(0)


def test_a_partner_is_added_with_a_secret_shown_once_tried_paused_and_deleted(page: Page, service: str) -> None:
    name = f"财务系统{next(_serials)}"
    page.goto(f"{service}/sync")
    page.get_by_label("名称").fill(name)
    page.get_by_label("接收地址").fill("https://nobody.invalid/hook")
    page.get_by_role("button", name="添加对接系统").click()
    expect(page.get_by_label("签名密钥")).to_have_value(re.compile("^whsec_"))
    page.get_by_role("link", name="已保存好").click()
    assert "whsec_" not in page.content()

    card = page.get_by_role("region", name=name)
    card.get_by_role("button", name="发送测试消息").click()
    expect(page.get_by_role("alert")).to_contain_text("域名无法解析")
    card.get_by_role("button", name="暂停").click()
    expect(card.locator(".chip")).to_have_text("已暂停")
    card.get_by_role("button", name="继续").click()
    expect(card.locator(".chip")).to_have_text("正常")
    card.get_by_role("link", name=name).click()
    page.get_by_text("删除这个系统").first.click()
    page.get_by_role("button", name="删除这个系统").click()
    expect(page.get_by_role("region", name=name)).to_have_count(0)


def test_the_ledger_needs_no_script(opened: Callable[..., Page], service: str, numbers: list[str]) -> None:
    page = opened(390, 844, java_script_enabled=False)
    page.goto(f"{service}/ledger?seller={SELLER}")
    page.get_by_role("link", name=numbers[0]).click()
    page.get_by_label("报销单号").fill("BX-1")
    page.locator("form[action$=claim] button").click()
    assert "did=used" in page.url


def test_every_column_of_the_ledger_is_seen_on_a_small_desk(
    opened: Callable[..., Page], service: str, numbers: list[str]
) -> None:
    page = opened(1280, 800)
    page.goto(f"{service}/ledger")
    table = page.get_by_role("region", name="台账")
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_no_serious_fault_and_no_page_is_wider_than_its_screen(
    opened: Callable[..., Page], service: str, api: httpx.Client, numbers: list[str], size: str, theme: str
) -> None:
    page = opened(*SIZES[size], color_scheme=theme)
    rows_of = entries(api)
    rows = [from_entry(one) for one in rows_of]
    upload_list(page, service, full_query([replace(rows[0], total=rows[0].total + 100), *rows[1:]]), "清单.xlsx")
    run = page.url.removeprefix(service).partition("?")[0]
    places = [
        "/ledger",
        "/ledger?amount=>1",
        "/ledger?q=没有的",
        f"/entries/{entries(api)[0]['id']}",
        "/reconciliation",
    ]
    places += [f"{run}?bucket={one}" for one in ("matched", "different", "only_listed", "only_here", "explained")]
    faults = {}
    for address in [*places, "/regions", "/regions?every=true", "/sync"]:
        page.goto(service + address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], address
        found = Axe().run(page).response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        if grave:
            faults[address] = [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in grave]
    assert faults == {}
