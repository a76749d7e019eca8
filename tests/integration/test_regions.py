"""Regions: which one issued an invoice, and how each stands."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.regions import region_counts
from intake.desk.services import Services
from models.clock import day_of
from models.finding import Verdict
from models.sight import EVERYTHING, Sight
from tests.integration.invoices import BUYER, SELLER, number
from tests.integration.people import boss, key_headers
from tests.integration.test_rules_of_the_desk import settled, slip
from tests.integration.tracing import OTHER_COMPANY, entered, load_list, row

SHENZHEN = "26952000000000000007"
COUNTS = ("listed", "here", "waiting", "refused", "missing")


def standing(services: Services, region: str | None, sight: Sight = EVERYTHING, **asked: str) -> tuple[int, ...]:
    counted = region_counts(services, sight, **{"since": "2026-01-01", **asked})
    (found,) = (one for one in counted["regions"] if one["region"] == region)
    return tuple(found[name] for name in COUNTS)


def test_every_region_has_its_counts(services: Services) -> None:
    load_list(services, row(number(1)), row(number(2)), row(SHENZHEN))
    load_list(services, row(number(1)), imported_at=1000.0)  # the same invoice on an older list counts once
    entered(services, number(1))
    entered(services, number(3), total="107.00")
    settled(services, slip())
    rows = region_counts(services, EVERYTHING)["regions"]
    assert len(rows) == 36 + 1
    assert [one["zh"] for one in rows][-6:] == ["大连", "青岛", "宁波", "厦门", "深圳", "未知地区"]
    assert standing(services, "11") == (2, 1, 0, 1, 1)
    assert standing(services, "95") == (1, 0, 0, 0, 1)
    assert standing(services, "31") == (0, 0, 1, 0, 0)  # the code of the slip begins with 3100 after its first digit
    assert standing(services, "44") == (0, 0, 0, 0, 0)


def test_one_returned_and_sent_again_rightly_is_not_refused(services: Services) -> None:
    entered(services, number(1), total="107.00")
    entered(services, number(1))
    assert standing(services, "11") == (0, 1, 0, 0, 0)


def test_counts_are_by_period_and_company(services: Services) -> None:
    entered(services, number(1))
    entered(services, number(2), day="2026-04-02", buyer=(OTHER_COMPANY, "深圳样例贸易有限公司"))
    load_list(services, row(number(1)), row(number(2), issue_date="2026-04-02", buyer_tax_id=OTHER_COMPANY))
    assert standing(services, "11") == (2, 2, 0, 0, 0)
    assert standing(services, "11", until="2026-03-31") == (1, 1, 0, 0, 0)
    assert standing(services, "11", since="2026-04-01", company=BUYER) == (0, 0, 0, 0, 0)
    assert standing(services, "11", company=OTHER_COMPANY) == (1, 1, 0, 0, 0)


def test_without_days_the_last_three_months_are_counted_and_named(services: Services) -> None:
    entered(services, number(1))
    entered(services, number(2), day=day_of(time.time()).isoformat())
    counted = region_counts(services, EVERYTHING)
    assert counted["until"] == day_of(time.time()).isoformat()
    assert sum(one["here"] for one in counted["regions"]) == 1


def test_counts_hold_only_what_may_be_seen(services: Services) -> None:
    load_list(services, row(number(1)), row(number(2)))
    entered(services, number(1), department="研发部")
    assert standing(services, "11", Sight("小李", frozenset({BUYER}), frozenset({"销售部"}))) == (0, 0, 0, 0, 0)
    assert standing(services, "11", Sight("小李", frozenset({BUYER}), frozenset({"研发部"}))) == (0, 1, 0, 0, 0)
    assert standing(services, "11", Sight("李会计", frozenset({BUYER}), None)) == (2, 1, 0, 0, 1)


def test_where_number_and_code_say_nothing_the_code_on_it_and_then_the_seller_do(services: Services) -> None:
    qr = "01,32,,26952000000000000007,106.00,20260302,,"
    settled(services, slip(invoice_code=None, invoice_number=None, qr_payload=qr))
    settled(services, slip(invoice_code=None, invoice_number="1", seller_tax_id=SELLER))
    settled(services, slip(invoice_code=None, invoice_number="2"))
    assert [standing(services, region)[2] for region in ("95", "31", None)] == [1, 1, 1]


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), headers=key_headers(services, boss(services))) as opened:
        yield opened


def test_the_api_gives_regions_and_the_reviews_of_one(client: TestClient, services: Services) -> None:
    settled(services, slip())
    settled(services, slip(Verdict.REVIEW, invoice_code="144031909110", invoice_number="12345678"))
    asked = {"since": "2026-07-01", "until": "2026-07-31"}
    (shanghai,) = (one for one in client.get("/api/v1/regions", params=asked).json()["regions"] if one["zh"] == "上海")
    assert shanghai["waiting"] == 1
    waiting = client.get("/api/v1/reviews", params={"region": "95"}).json()["reviews"]
    assert [one["invoice_number"] for one in waiting] == ["12345678"]
    assert len(client.get("/api/v1/reviews").json()["reviews"]) == 2
    assert client.get("/api/v1/regions", params={"since": "gestern"}).status_code == 422


def test_a_period_is_made_of_days_of_the_calendar(client: TestClient) -> None:
    for day in ("2026-02-30", "6500-45-73"):
        assert client.get("/api/v1/regions", params={"until": day}).status_code == 422
        assert client.get("/api/v1/handoff.csv", params={"since": day}).status_code == 422
    first = client.get("/api/v1/regions", params={"until": "0001-01-31"}).json()
    assert (first["since"], first["until"]) == ("0001-01-01", "0001-01-31")
