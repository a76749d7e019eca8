"""Asking where an invoice is: near misses, rights, files, what was looked at; by API, page and command."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from intake.cli import app
from intake.desk.services import Services
from intake.desk.trace.ask import trace_file
from models.rights import Role
from models.sight import EVERYTHING, Sight
from tests.integration.invoices import BUYER, number, tax_id
from tests.integration.people import boss, key_headers, somebody
from tests.integration.test_rules_of_the_desk import settled, slip
from tests.integration.tracing import (
    OTHER_COMPANY,
    ask,
    bring,
    einvoice,
    entered,
    load_list,
    row,
    with_pack,
    work,
)  # fmt: skip

LI_OF_SALES = Sight("小李", frozenset({BUYER}), frozenset({"销售部"}))
FINANCE_OF_BEIJING = Sight("李会计", frozenset({BUYER}), None)


def codes(answer: dict[str, object]) -> list[object]:
    return [one["invoice_number"] for one in answer["others"]]  # type: ignore[attr-defined]


REMEMBERED = (
    "26112000000000123456", "000000123456", "3456", "26112000000000", "尾号123456", "范例餐饮", "范例餐饮 106",
    "106.00 2026-03-02", "餐费 106", "北京 106 2026年3月", "壹佰零陆元 范例", "三月的餐费.xml", "上海范例餐饮有限公司",
)  # fmt: skip


def test_an_invoice_is_found_by_whatever_people_remember(services: Services) -> None:
    document = entered(services, "26112000000000123456", name_of_file="三月的餐费.xml")
    answers = {asked: ask(services, asked) for asked in REMEMBERED}
    found = {asked for asked, told in answers.items() if told["code"] == "REGISTERED"}
    assert found == set(REMEMBERED)
    assert {told["invoice"]["document_id"] for told in answers.values()} == {document}


@pytest.mark.parametrize("asked", ["26112000000000123457", "26112000000000124356", "2611200000000123456"])
def test_a_number_with_one_digit_wrong_swapped_or_missing_is_found(services: Services, asked: str) -> None:
    entered(services, "26112000000000123456")
    entered(services, "26112000000000999999")
    load_list(services, row("26112000000000777777"))
    answer = ask(services, asked)
    assert (answer["code"], answer["invoice"]["invoice_number"]) == ("REGISTERED_ELSEWHERE", "26112000000000123456")
    assert answer["differences"][0]["asked_zh"] == asked
    assert ask(services, "26112000000000777770")["code"] == "KNOWN_TO_TAX"


def test_one_of_ours_made_out_to_another_of_our_companies_is_found(services: Services) -> None:
    with_pack(services)
    entered(services, number(1), buyer=(OTHER_COMPANY, "深圳样例贸易有限公司"))
    answer = ask(services, "北京样例科技 范例餐饮 106")
    assert answer["code"] == "REGISTERED_ELSEWHERE"
    assert answer["differences"] == [
        {"what": "company", "asked_zh": "北京样例科技有限公司", "asked_en": "北京样例科技有限公司",
         "found_zh": "深圳样例贸易有限公司", "found_en": "深圳样例贸易有限公司"}
    ]  # fmt: skip


def test_the_same_total_of_another_seller_is_named_but_not_taken_for_it(services: Services) -> None:
    entered(services, number(1))
    answer = ask(services, "海底捞 106.00")
    assert answer["code"] == "NOT_RECEIVED"
    assert codes(answer) == [number(1)]
    assert answer["others"][0]["differences"][0]["what"] == "name"


def test_of_several_the_best_is_the_answer_and_the_others_are_named(services: Services) -> None:
    for serial, total in ((1, "106.00"), (2, "106.00"), (3, "106.00")):
        entered(services, number(serial), total=total, day=f"2026-0{serial}-02")
    answer = ask(services, "范例餐饮 106 2026年2月")
    assert answer["invoice"]["invoice_number"] == number(2)
    assert set(codes(answer)) == {number(1), number(3)}


def test_an_invoice_in_review_of_the_same_number_is_told_where_its_file_is_asked_for(services: Services) -> None:
    entered(services, number(1), name_of_file="first.xml")
    entered(services, number(1), name_of_file="other.xml", total="212.00", amount="200.00", tax="12.00")
    assert ask(services, "other.xml")["code"] == "IN_REVIEW"
    assert "212.00" in ask(services, "other.xml")["reason_zh"]
    assert ask(services, number(1))["code"] == "REGISTERED"


def test_a_file_of_ones_own_that_was_never_read_may_be_the_one(services: Services) -> None:
    work(services, bring(services, b"<xml>broken", name="IMG_1.jpg", sender="小王"))
    asked = "北京 3280 上周"
    answer = ask(services, asked, Sight("小王", None, None))
    assert (answer["code"], answer["certain"]) == ("OCR_FAILED", False)
    assert answer["reason_zh"].startswith("可能是")
    assert ask(services, asked, Sight("小李", None, None))["code"] == "NOT_RECEIVED"


def test_files_on_their_way_are_told_where_nothing_was_found(services: Services) -> None:
    bring(services, einvoice(number(1)), sender="小王")
    assert "1 个文件还没读完" in ask(services, number(1), Sight("小李", None, None))["reason_zh"]


def test_only_a_place_and_a_time_lead_to_what_needs_somebody(services: Services) -> None:
    load_list(services, row(number(1)), row(number(2)))
    entered(services, number(1))
    answer = ask(services, "北京的发票北京系统里没有")
    assert (answer["code"], answer["invoice"]["invoice_number"]) == ("KNOWN_TO_TAX", number(2))
    assert answer["certain"] is False


def test_a_name_is_found_in_the_whole_ledger_however_much_came_after_it(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.desk.trace.search.LATEST", 1)
    monkeypatch.setattr("intake.desk.search.WALK", 1)
    entered(services, number(1))
    for serial in (2, 3, 4):
        entered(services, number(serial), seller=(tax_id("110108", "MA01C2R3"), "北京海天广告有限公司"))
    assert ask(services, "范例餐饮")["invoice"]["invoice_number"] == number(1)
    assert ask(services, "上海范例 2026-03")["invoice"]["invoice_number"] == number(1)


def test_what_was_looked_at_is_told_with_its_age(services: Services) -> None:
    entered(services, number(1))
    (ledger, files, lists) = ask(services, number(1))["looked_at"]
    assert (ledger["source"], ledger["count"], files["unread"]) == ("ledger", 1, 0)
    assert lists["loaded"] is False
    assert "没有导入过" in lists["zh"]
    load_list(services, row(number(1)), imported_at=time.time() - 86400)
    load_list(services, days=("2025-01-01", "2025-01-31"))
    having, other = ask(services, number(1))["looked_at"][2:]
    assert (having["count"], having["covers"], round(having["age_seconds"] / 86400)) == (1, True, 1)
    assert (other["count"], other["covers"], other["lacks"]) == (0, False, ["day"])
    assert "不覆盖：开票日期" in other["zh"]


def test_what_others_have_is_not_told_unless_its_number_is_known(services: Services) -> None:
    mine = entered(services, number(987654), sender="小李", department="销售部")
    entered(services, number(2), sender="小王", department="研发部", total="212.00", amount="200.00", tax="12.00")
    entered(services, number(3), sender="小王", department="研发部", total="107.00")
    assert ask(services, number(987654), LI_OF_SALES)["invoice"]["document_id"] == mine
    for asked in ("212.00", number(2)[8:], "范例餐饮 212", number(2)[:-1] + "9", "2026年3月 北京 212"):
        answer = ask(services, asked, LI_OF_SALES)
        assert number(2) not in json.dumps(answer, ensure_ascii=False)
        assert "小王" not in json.dumps(answer, ensure_ascii=False)
    for hidden in (2, 3):
        answer = ask(services, number(hidden), LI_OF_SALES)
        assert (answer["code"], answer["who"]) == ("REGISTERED_ELSEWHERE", "finance")
        assert "其他部门" in answer["reason_zh"]
        assert (answer["invoice"], answer["timeline"], answer["evidence"], answer["others"]) == (None, [], [], [])
        told = json.dumps({**answer, "question": None}, ensure_ascii=False)
        assert not names_sum(told, "212")
        for secret in ("小王", "107.00", "2026-03-02", "范例", "研发部", number(hidden)):
            assert secret not in told
    assert ask(services, number(2), FINANCE_OF_BEIJING)["code"] == "REGISTERED"


def names_sum(told: str, digits: str) -> bool:
    """Whether a sum stands in it; the same digits within a moment or an id are none."""
    return re.search(rf"(?<![\w.]){digits}(?![0-9a-f])", told) is not None


def test_a_row_of_a_list_is_told_only_to_those_who_may_see_its_company(services: Services) -> None:
    load_list(services, row(number(1)))
    assert ask(services, number(1), FINANCE_OF_BEIJING)["invoice"]["total"] == "106.00"
    answer = ask(services, number(1), LI_OF_SALES)
    assert (answer["code"], answer["invoice"], answer["evidence"]) == ("KNOWN_TO_TAX", None, [])
    assert not names_sum(json.dumps({**answer, "question": None}, ensure_ascii=False), "106")
    assert ask(services, "范例餐饮 106", LI_OF_SALES)["code"] == "NOT_RECEIVED"


def test_a_duplicate_of_what_one_may_not_see_names_nothing_of_it(services: Services) -> None:
    entered(services, number(1), sender="小王", department="研发部", name_of_file="a.xml")
    work(services, bring(services, einvoice(number(1)) + b"\n", name="mine.xml", sender="小李", department="销售部"))
    answer = ask(services, number(1), LI_OF_SALES)
    assert (answer["code"], answer["who"]) == ("DUPLICATE", "finance")
    assert "小王" not in json.dumps(answer, ensure_ascii=False)
    assert answer["invoice"]["filename"] == "mine.xml"


def test_a_file_is_the_question(services: Services) -> None:
    content = einvoice(number(1))
    entered(services, number(1), name_of_file="a.xml")
    known = hashlib.sha256(content).hexdigest()
    assert trace_file(services, known, "whatever.xml", EVERYTHING)["code"] == "REGISTERED"
    assert trace_file(services, "0" * 64, "A.XML", EVERYTHING)["code"] == "REGISTERED"
    assert trace_file(services, "0" * 64, f"dzfp_{number(1)}_某.pdf", EVERYTHING)["code"] != "NOT_RECEIVED"
    assert trace_file(services, "0" * 64, "b.pdf", EVERYTHING)["code"] == "NOT_RECEIVED"
    other = trace_file(services, known, "a.xml", LI_OF_SALES)
    assert (other["code"], other["invoice"]) == ("REGISTERED_ELSEWHERE", None)


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), headers=key_headers(services, boss(services))) as opened:
        yield opened


def test_the_api_answers_words_and_files(client: TestClient, services: Services) -> None:
    entered(services, number(1), name_of_file="a.xml")
    assert client.get("/api/v1/trace", params={"q": number(1)}).json()["code"] == "REGISTERED"
    posted = client.post("/api/v1/trace", files={"file": ("x.xml", einvoice(number(1)))})
    assert posted.json()["code"] == "REGISTERED"
    vague = client.get("/api/v1/trace", params={"q": "发票在哪"})
    assert (vague.status_code, vague.json()["code"]) == (422, "nothing_asked")
    assert client.get("/api/v1/trace").status_code == 422


def test_the_sender_of_a_request_is_who_asks(client: TestClient, services: Services) -> None:
    work(services, bring(services, b"<xml>broken", name="IMG_1.jpg", sender="wang"))
    asked = {"q": "海底捞 3280"}
    wang, li = (key_headers(services, somebody(services, name, Role.SUBMITTER)) for name in ("wang", "li"))
    assert client.get("/api/v1/trace", params=asked, headers=wang).json()["code"] == "OCR_FAILED"
    assert client.get("/api/v1/trace", params=asked, headers=li).json()["code"] == "NOT_RECEIVED"


def test_the_page_shows_the_answer_in_both_languages(client: TestClient, services: Services) -> None:
    settled(services, slip())
    page = client.get("/trace", params={"q": "131001460001 00296318"}).text
    for told in ("待复核", "等待人工确认", "财务", "没有导入过"):
        assert told in page
    assert "A person must confirm" in client.get("/trace", params={"q": "00296318", "lang": "en"}).text


def test_the_command_line_answers_and_says_by_its_exit_code_whether_it_is_registered(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered(services, number(1))
    monkeypatch.setattr("intake.wiring.build_services", lambda settings: services)
    found = CliRunner().invoke(app, ["trace", "--json", number(1)])
    assert (found.exit_code, json.loads(found.stdout)["code"]) == (0, "REGISTERED")
    missing = CliRunner().invoke(app, ["trace", "海底捞", "3280"])
    assert missing.exit_code == 1
    assert "没有收到" in missing.stdout
    assert CliRunner().invoke(app, ["trace", "发票"]).exit_code == 2
