"""Every answer of the rule book (§9.1), from real invoices on the desk: one test for each code."""

from __future__ import annotations

import datetime as dt
import time

import pytest
import sqlalchemy as sa

from intake.desk.review import refuse
from intake.desk.services import Services
from intake.desk.settle import begin, fail
from intake.desk.trace.ask import NothingAsked
from intake.desk.views import document_view
from intake.store.database import reading
from intake.store.entries import change
from intake.store.tables import entries
from models.clock import day_of
from models.finding import Verdict
from models.sight import EVERYTHING, Sight
from tests.integration.invoices import number, tax_id
from tests.integration.test_rules_of_the_desk import settled, slip
from tests.integration.tracing import (
    ask,
    bring,
    einvoice,
    entered,
    load_list,
    row,
    with_pack,
    work,
)  # fmt: skip

SHENZHEN = "26952000000000000007"
WANG = Sight("小王", None, None)


def entry_id(services: Services, key: str) -> str:
    with reading(services.database) as connection:
        return str(connection.execute(sa.select(entries.c.id).where(entries.c.key == key)).scalar_one())


def verified(services: Services, key: str, result: str) -> None:
    with services.database.begin() as connection:
        change(connection, entry_id(services, key), "verified", actor="李会计", details={"result": result})


def test_nothing_like_it_was_received(services: Services) -> None:
    entered(services, number(1))
    answer = ask(services, "海底捞 3280 上周")
    assert (answer["code"], answer["who"], answer["invoice"]) == ("NOT_RECEIVED", "sender", None)
    assert "重新上传" in answer["next_zh"]


def test_its_file_waits_to_be_read(services: Services) -> None:
    bring(services, einvoice(number(1)), name="first.xml")
    bring(services, einvoice(number(2)), name="餐费.xml")
    answer = ask(services, "餐费.xml")
    assert answer["code"] == "IN_PROGRESS"
    assert "第 2 位" in answer["reason_zh"]
    assert answer["who"] == "operator"  # nothing was read in the last ten minutes
    work(services, bring(services, einvoice(number(3))))
    answer = ask(services, "餐费.xml")
    assert answer["who"] == "sender"
    assert "预计" in answer["reason_zh"]
    assert answer["next_check"] is not None


def test_the_machine_could_not_do_the_work(services: Services) -> None:
    document = bring(services, einvoice(number(1)), name="餐费.xml")
    for _ in range(services.settings.attempts):
        claim = begin(services, document)
        assert claim is not None
        fail(services, claim, "the worker stopped answering")
    answer = ask(services, "餐费.xml")
    assert answer["code"] == "OCR_FAILED"
    assert "没有完成" in answer["reason_zh"]


def test_nothing_could_be_read_in_it(services: Services) -> None:
    work(services, bring(services, b"<xml>broken", name="餐费.xml"))
    answer = ask(services, "餐费.xml")
    assert answer["code"] == "OCR_FAILED"
    assert [piece["rule"] for piece in answer["evidence"]]


def test_it_was_returned_by_a_rule(services: Services) -> None:
    entered(services, number(1), total="107.00")
    answer = ask(services, number(1))
    assert answer["code"] == "REJECTED"
    assert "107.00" in answer["reason_zh"]
    assert [one["rule"] for one in answer["evidence"]][:1] == ["AMT-SUM"]
    assert [one["what"] for one in answer["timeline"]][-1] == "rejected"


def test_it_was_returned_by_a_person(services: Services) -> None:
    document = settled(services, slip())
    (invoice,) = document_view(services, EVERYTHING, document)["invoices"]
    refuse(services, invoice["id"], actor="李会计", reason="private", words="家庭聚餐")
    answer = ask(services, "青禾出租 23")
    assert answer["code"] == "REJECTED"
    assert "与公务无关" in answer["reason_zh"]
    assert "家庭聚餐" in answer["reason_zh"]


def test_a_person_must_confirm_it(services: Services) -> None:
    settled(services, slip())
    answer = ask(services, "131001460001 00296318")
    assert (answer["code"], answer["who"]) == ("IN_REVIEW", "finance")
    assert "价税合计" in answer["reason_zh"]
    assert answer["invoice"]["state"] == "in_review"


def test_the_file_came_after_another_of_the_same_invoice(services: Services) -> None:
    entered(services, number(1), sender="小李", name_of_file="first.xml")
    work(services, bring(services, einvoice(number(1)) + b"\n", name="again.xml"))
    for asked, sight in (("again.xml", EVERYTHING), (number(1), WANG)):
        answer = ask(services, asked, sight)
        assert answer["code"] == "DUPLICATE"
        assert "小李" in answer["reason_zh"]
        assert entry_id(services, number(1))[:8] in answer["reason_zh"]
    assert ask(services, number(1), Sight("小李", None, None))["code"] == "REGISTERED"


def test_the_same_bytes_again_lead_to_where_the_first_ones_stand(services: Services) -> None:
    entered(services, number(1), sender="小李", name_of_file="first.xml")
    bring(services, einvoice(number(1)), name="again.xml")
    assert ask(services, "again.xml")["code"] == "DUPLICATE"
    entered(services, number(2), total="107.00", name_of_file="wrong.xml")
    assert ask(services, "wrong.xml")["code"] == "REJECTED"


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (number(12345)[:-2] + "54", "number"),
        ("深圳样例贸易 106.00", "company"),
        ("范例餐饮 106.00 2026年1月", "month"),
        (f"{number(12345)} 212.00", "amount"),
        (f"{number(12345)} 海底捞", "name"),
    ],
)
def test_it_is_registered_but_not_as_it_was_asked(services: Services, asked: str, what: str) -> None:
    with_pack(services)
    entered(services, number(12345))
    answer = ask(services, asked + (" 范例餐饮" if what == "company" else ""))
    assert answer["code"] == "REGISTERED_ELSEWHERE"
    assert [one["what"] for one in answer["differences"]] == [what]


def test_another_region_issued_it(services: Services) -> None:
    entered(services, SHENZHEN)
    answer = ask(services, "北京 106.00")
    assert answer["code"] == "REGION_DIFFERS"
    assert "深圳税务局" in answer["reason_zh"]
    assert "号码第3-4位" in answer["reason_zh"]
    assert ask(services, "深圳 106.00")["code"] == "REGISTERED"


def test_it_is_too_fresh_for_the_tax_authority(services: Services) -> None:
    today = day_of(time.time())
    load_list(services, days=("2026-01-01", today.isoformat()))
    entered(services, number(1), day=(today - dt.timedelta(1)).isoformat())
    answer = ask(services, number(1))
    assert answer["code"] == "SYNC_DELAY"
    assert (today + dt.timedelta(1)).isoformat() in answer["next_check"]["zh"]


def test_the_tax_authority_lists_it_and_nobody_sent_it(services: Services) -> None:
    load_list(services, row(number(1)))
    for asked in (number(1), "北京 106 2026年3月", "范例餐饮"):
        answer = ask(services, asked)
        assert answer["code"] == "KNOWN_TO_TAX"
        assert "第 2 行" in answer["reason_zh"]
    assert answer["evidence"][0]["at"] is not None


def test_it_is_made_out_to_somebody_else(services: Services) -> None:
    entered(services, number(1), buyer=(tax_id("310115", "MA1K2345"), "上海别家有限公司"))
    with_pack(services)
    answer = ask(services, number(1))
    assert (answer["code"], answer["who"]) == ("NOT_OURS", "issuer")
    assert "上海别家有限公司" in answer["reason_zh"]


def test_no_list_that_was_loaded_could_have_it(services: Services) -> None:
    load_list(services, row(number(9)), days=("2026-01-01", "2026-01-31"))
    load_list(services, days=("2026-03-01", "2026-03-31"), form="deduction_template")
    entered(services, number(1))
    answer = ask(services, number(1))
    assert answer["code"] == "OUT_OF_EXPORT"
    assert "2026-01-01" in answer["reason_zh"]
    load_list(services, days=("2026-03-01", "2026-03-31"))
    answer = ask(services, number(1))
    assert answer["code"] == "REGISTERED"
    assert "应有而没有" in answer["reason_zh"]


def test_it_was_voided_or_taken_back(services: Services) -> None:
    entered(services, number(1))
    load_list(services, row(number(1)), imported_at=1000.0)
    assert ask(services, number(1))["code"] == "REGISTERED"
    load_list(services, row(number(1), status="已红冲-全额"), row(number(2), status="作废"))
    answer = ask(services, number(1))
    assert (answer["code"], answer["who"]) == ("VOIDED", "issuer")
    assert "全额红冲" in answer["reason_zh"]
    assert ask(services, number(2))["code"] == "VOIDED"  # nobody is asked to send what is worth nothing
    entered(services, number(3))
    verified(services, number(3), "voided")
    assert ask(services, number(3))["code"] == "VOIDED"


def test_the_tax_authority_lists_none_of_its_kind(services: Services) -> None:
    settled(services, slip(Verdict.ACCEPT))
    answer = ask(services, "出租车 23")
    assert answer["code"] == "KIND_NOT_TRACKED"
    assert answer["invoice"]["state"] == "registered"


def test_the_tax_authority_did_not_find_it(services: Services) -> None:
    entered(services, number(1))
    verified(services, number(1), "not_found")
    answer = ask(services, number(1))
    assert (answer["code"], answer["who"]) == ("NOT_FOUND", "issuer")


def test_not_found_too_soon_says_nothing(services: Services) -> None:
    entered(services, number(1), day=day_of(time.time()).isoformat())
    verified(services, number(1), "not_found")
    assert ask(services, number(1))["code"] == "SYNC_DELAY"


def test_it_is_where_it_belongs(services: Services) -> None:
    document = entered(services, number(1))
    answer = ask(services, f"北京 {number(1)}")
    assert (answer["code"], answer["certain"]) == ("REGISTERED", True)
    assert answer["invoice"]["document_id"] == document
    assert "没有可对照的税局清单" in answer["reason_zh"]
    load_list(services, row(number(1)))
    assert "税局清单上也有" in ask(services, number(1))["reason_zh"]


def test_the_first_step_that_holds_is_the_answer_and_later_ones_stand_beside_it(services: Services) -> None:
    entered(services, SHENZHEN)
    load_list(services, row(SHENZHEN, status="作废"))
    answer = ask(services, f"北京 {SHENZHEN}")
    assert answer["code"] == "REGION_DIFFERS"
    assert [one["code"] for one in answer["also"]] == ["VOIDED"]


def test_a_question_without_content_is_no_question(services: Services) -> None:
    with pytest.raises(NothingAsked):
        ask(services, "我的发票在哪？")
