"""The ledger answers what people ask of it, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa

from intake.desk import search
from intake.desk.search import BadCursor, Order, Totals, ledger_page, totals
from intake.desk.selection import selected
from intake.desk.services import Services
from intake.store.database import migrate, open_database, reading
from intake.store.entries import change, enter
from intake.store.entry_index import Phrase, index_of, indexes_chinese
from intake.store.tables import entries
from models.query import Query, parse_query
from models.sight import EVERYTHING, Sight
from tests.integration.entered import USUAL, entered
from tests.integration.invoices import BUYER, number, tax_id

TODAY = dt.date(2026, 11, 24)
OTHER_COMPANY = tax_id("310115", "87654321")


def asked(**given: str) -> Query:
    return parse_query(given, TODAY)


def found(services: Services, sight: Sight = EVERYTHING, **given: str) -> set[str]:
    """The numbers that are found, as the page and the totals agree."""
    page = ledger_page(services, sight, asked(**given), limit=200)
    assert totals(services, sight, asked(**given)).count == len(page.rows)
    return {row["invoice_number"] for row in page.rows}


@pytest.fixture
def ledger(services: Services) -> Services:
    """Six invoices that differ in everything that is asked for."""
    entered(services, 1)
    entered(
        services, 2, invoice_number="12345678", invoice_code="044001900111", seller_name="深圳（鼎泰）贸易有限公司",
        total="10000.00", issue_date="2026-05-20", kind="vat_normal_electronic", items="*纸制品*复印纸Ａ４\n*酒*啤酒",
    )  # fmt: skip
    entered(
        services, 3, invoice_number="26312000000000328077", total="3280.00", sender="小李", buyer_tax_id=OTHER_COMPANY,
        buyer_name="上海样例科技有限公司", seller_name="北京海天广告有限公司", items="*广告服务*推广费50%",
    )  # fmt: skip
    entered(services, 4, total="-106.00", amount_excl_tax="-100.00", tax="-6.00", items="*餐饮服务*餐费[退*]?")
    entered(services, 5, total="3299.50", seller_name="杭州Ｏｍｅｇａ软件有限公司", issue_date="2026-03-31")
    voided = entered(services, 6, total=None, amount_excl_tax=None, tax=None, issue_date=None, kind="quota")
    with services.database.begin() as connection:
        change(connection, voided, "verified", actor="test", details={"result": "voided"})
    return services


ONE, TWO, THREE, FOUR, FIVE, SIX = number(1), "12345678", "26312000000000328077", number(4), number(5), number(6)
ALL = {ONE, TWO, THREE, FOUR, FIVE, SIX}


@pytest.fixture
def finds(ledger: Services, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, set[str]]], None]:
    """Hold what the box finds to what it should, both near at hand and through the indexes."""

    def check(expected: dict[str, set[str]]) -> None:
        for walk in (search.WALK, 1):
            monkeypatch.setattr(search, "WALK", walk)
            assert {typed: found(ledger, q=typed) for typed in expected} == expected

    return check


Finds = Callable[[dict[str, set[str]]], None]


def test_sub_phrases_of_chinese_names(finds: Finds) -> None:
    range_ = {ONE, FOUR, SIX}
    finds({"范例": range_, "例餐": range_, "范例餐饮": range_, "海天": {THREE}, "饮": range_ | {FIVE}, "范列": set()})


def test_width_and_case_do_not_matter(finds: Finds) -> None:
    finds({typed: {TWO} for typed in ("（鼎泰）", "(鼎泰)贸易", "a4", "复印纸A4")})
    finds({typed: {FIVE} for typed in ("omega", "ＯＭＥＧＡ软件", "卖方:Omega软件")})


def test_amounts_in_every_form(finds: Finds) -> None:
    finds({typed: {TWO} for typed in ("10000", "10,000.00", "¥1万", "壹万", "壹万圆整", ">5000", "1万以上")})
    finds({"3280-3300": {THREE, FIVE}, "3299.50": {FIVE}, "-106.00": {ONE, FOUR}, "金额:<0": {FOUR}})


def test_numbers_whole_and_in_part(finds: Finds) -> None:
    finds({"12345678": {TWO}, THREE: {THREE}, "328077": {THREE}, "044001900111": {TWO}, "号码:2345": {TWO}})
    finds({"044001900111 12345678": {TWO}, "04400190011112345678": {TWO}, "代码:4001": {TWO}, "代码:2345": set()})


def test_bare_digits_are_a_part_of_a_number_or_an_amount(services: Services, finds: Finds) -> None:
    entered(services, 7, total="328077.00")
    finds({"328077": {THREE, number(7)}, "3280": {THREE}})


def test_one_to_three_digits_are_a_part_of_something_only_beside_something_else(finds: Finds) -> None:
    finds({"50": set(), "推广 50": {THREE}, "106": {ONE, FOUR}, "6": set(), "077": set(), "海天 077": {THREE}})


def test_words_are_found_among_few_days_and_among_many(finds: Finds) -> None:
    finds({"2026-03 软件": {FIVE}, "2026-03 范例": {ONE, FOUR}, "2026年 鼎泰": {TWO}, "2025年 鼎泰": set()})


def test_a_sender_by_any_part_of_the_name(finds: Finds) -> None:
    finds({"提交人:李": {THREE}, "提交人:小": ALL, "提交人:小王": ALL - {THREE}, "提交人:王小": set()})


@pytest.mark.parametrize(
    ("given", "index"),
    [
        ({"verification": "mismatch,voided"}, "verification"),
        ({"reconciliation": "different"}, "reconciliation"),
        ({"sender": "李"}, "sender"),
        ({"region": "西藏"}, "region"),
        ({"seller": "海天", "issued": "2026-03"}, "totals"),
    ],
)
def test_what_is_rare_is_found_by_its_index(ledger: Services, given: dict[str, str], index: str) -> None:
    told = index_of(ledger.database.dialect.name)
    query = sa.select(told.rows.c.entry_id).where(*selected(told, EVERYTHING, asked(**given)))
    text = str(query.compile(ledger.database, compile_kwargs={"literal_binds": True})).replace("%%", "%")
    with reading(ledger.database) as connection:
        postgres = connection.dialect.name == "postgresql"
        if postgres:  # it reads a small table as a whole
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explained = connection.exec_driver_sql(f"EXPLAIN {'' if postgres else 'QUERY PLAN'} {text.replace('%', '%%')}")
        plan = "\n".join(str(row[-1]) for row in explained)
    assert f"ix_{'entries' if postgres else 'entry_index'}_{index}" in plan


def test_days_in_every_form(finds: Finds) -> None:
    finds({typed: {TWO} for typed in ("2026-05-20", "2026年5月20日", "20260520", "2026-05", "2026年5月")})
    finds({"2026-03-31": {FIVE}, "2026-03-01~2026-03-31": {ONE, THREE, FOUR, FIVE}})


def test_phrases_stay_within_their_field_and_line(finds: Finds) -> None:
    finds({"推广费": {THREE}, "啤酒": {TWO}, "a4*酒": set(), "有限公司北京": set(), "卖方:样例": set()})


def test_signs_that_mean_something_to_databases_are_only_signs(finds: Finds) -> None:
    finds({"费50%": {THREE}, "餐费[退*]": {FOUR}, "项目:[退*]?": {FOUR}})
    finds(
        {typed: set() for typed in ("费%", "范_餐饮", "范*饮", "卖方:范?餐", "[范]例", "卖方:'", '项目:"', "项目:\\")}
    )


def test_filters_by_name(finds: Finds) -> None:
    finds({"卖方:北京": {THREE}, "买方:上海": {THREE}, "项目:餐费": {ONE, FOUR, FIVE, SIX}, "地区:上海": {THREE}})
    finds({"提交人:小李": {THREE}, "已作废": {SIX}, "票种:定额": {SIX}, f"买方:{OTHER_COMPANY}": {THREE}})


def test_everything_that_is_said_must_hold(finds: Finds) -> None:
    finds({"北京 3280": {THREE}, "深圳": {TWO}, "范例 样例 106": {ONE, FOUR}, "范例 已作废": {SIX}})
    finds({"范例 海天": set(), "": ALL})


def test_totals_are_exact_and_count_refunds_as_negative(ledger: Services) -> None:
    assert totals(ledger, EVERYTHING, asked(q="范例")) == Totals(3, Decimal(0), Decimal(0), Decimal(0))
    entered(ledger, 8, total="999999999999.99", seller_name="大额公司")
    entered(ledger, 9, total="0.01", seller_name="大额公司")
    assert totals(ledger, EVERYTHING, asked(q="大额")).total == Decimal("1000000000000.00")
    assert totals(ledger, EVERYTHING, asked(q="没有的")).as_json()["total"] == "0.00"


def test_near_misses_are_told_apart_from_what_was_asked(ledger: Services) -> None:
    for typed, meant in (
        ("海天广吿", THREE), ("北京海夭广告", THREE), ("范列餐饮", ONE), ("(鼎秦)贸易", TWO), ("omgea软件", FIVE),
        ("26312000000000328071", THREE), ("26312000000000382077", THREE), ("12345768", TWO), ("卖方:范例餐钦", ONE),
    ):  # fmt: skip
        page = ledger_page(ledger, EVERYTHING, asked(q=typed))
        assert (typed, page.rows) == (typed, [])
        assert meant in {row["invoice_number"] for row in page.similar}, typed
        assert all(70 < row["likeness"] < 100 for row in page.similar)


def test_what_is_only_distantly_like_is_no_near_miss(ledger: Services) -> None:
    assert ledger_page(ledger, EVERYTHING, asked(q="广州塔餐厅")).similar == []


def test_two_people_see_what_is_theirs(ledger: Services) -> None:
    for sight in (Sight("小王", frozenset(), frozenset()), Sight("小李", frozenset(), frozenset())):
        assert found(ledger, sight) == ({THREE} if sight.name == "小李" else ALL - {THREE})
        assert ledger_page(ledger, sight, asked(q="海天广吿")).similar == [] or sight.name == "小李"
    assert found(ledger, Sight("老板", frozenset({OTHER_COMPANY}), None)) == {THREE}
    assert found(ledger, Sight("老板", frozenset({BUYER, OTHER_COMPANY}), None), q="餐费") == {ONE, FOUR, FIVE, SIX}


@pytest.mark.parametrize("order", list(Order))
def test_pages_have_no_gap_and_no_repeat_while_others_enter(
    services: Services, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    dice = random.Random(order)
    for serial in range(40):
        day = dice.choice((None, "2026-03-01", "2026-03-02"))
        entered(services, serial, total=dice.choice((None, "1.00", "2.00")), issue_date=day, items="a" * (serial % 3))
    monkeypatch.setattr(search, "WALK", 5)
    wanted = asked(item="a")
    whole = [row["id"] for row in ledger_page(services, EVERYTHING, wanted, order=order, limit=200).rows]
    seen, cursor, serial = [], "", 100
    while True:
        page = ledger_page(services, EVERYTHING, wanted, order=order, cursor=cursor, limit=4)
        seen += [row["id"] for row in page.rows]
        entered(services, serial, total="1.50", issue_date="2026-03-01", items="a")
        serial += 1
        if page.next is None:
            break
        cursor = page.next
        assert serial < 200
    assert [one for one in seen if one in whole] == whole
    assert len(set(seen)) == len(seen)


def test_a_page_is_in_its_order(ledger: Services) -> None:
    def numbers(order: Order) -> list[str]:
        return [row["invoice_number"] for row in ledger_page(ledger, EVERYTHING, Query(), order=order).rows]

    assert numbers(Order.NEWEST) == [SIX, FIVE, FOUR, THREE, TWO, ONE]
    assert numbers(Order.OLDEST) == [ONE, TWO, THREE, FOUR, FIVE, SIX]
    assert numbers(Order.LARGEST) == [TWO, FIVE, THREE, ONE, FOUR, SIX]
    assert numbers(Order.SMALLEST)[:2] == [FOUR, ONE]
    assert numbers(Order.LATEST_ISSUED)[0] == TWO
    assert numbers(Order.FIRST_ISSUED)[-1] == SIX


def test_a_cursor_of_another_order_is_refused(ledger: Services) -> None:
    cursor = ledger_page(ledger, EVERYTHING, Query(), limit=2).next
    assert cursor is not None
    with pytest.raises(BadCursor):
        ledger_page(ledger, EVERYTHING, Query(), order=Order.LARGEST, cursor=cursor)
    for wrong in ("bm9uc2Vuc2U=", "W10=", "é", "WyItcmVnaXN0ZXJlZCIsIDEuMCwgMl0="):
        with pytest.raises(BadCursor):
            ledger_page(ledger, EVERYTHING, Query(), cursor=wrong)


def test_what_is_withdrawn_is_not_found(ledger: Services) -> None:
    with ledger.database.begin() as connection:
        identity = connection.execute(sa.select(entries.c.id).where(entries.c.invoice_number == TWO)).scalar_one()
        change(connection, identity, "withdrawn", actor="test")
    assert found(ledger) == ALL - {TWO}
    assert found(ledger, q="鼎泰") == set()


def test_whoever_changes_an_entry_cannot_forget_the_index(ledger: Services) -> None:
    mine = entries.c.invoice_number == TWO
    with ledger.database.begin() as connection:
        text = connection.execute(sa.select(entries.c.searched).where(mine)).scalar_one()
        connection.execute(entries.update().where(mine).values(searched=text.replace("鼎Z泰", "泰Z鼎"), region="65"))
    assert (found(ledger, q="鼎泰"), found(ledger, q="泰鼎"), found(ledger, region="新疆")) == (set(), {TWO}, {TWO})
    if ledger.database.dialect.name == "sqlite":
        with ledger.database.begin() as connection:
            connection.exec_driver_sql("INSERT INTO entry_words (entry_words) VALUES ('integrity-check')")


def test_the_index_survives_that_sqlite_is_packed(ledger: Services) -> None:
    if ledger.database.dialect.name == "sqlite":
        with contextlib.closing(ledger.database.raw_connection()) as connection:
            connection.cursor().execute("VACUUM")
    assert (found(ledger, q="鼎泰"), found(ledger, q="海天")) == ({TWO}, {THREE})


def test_rows_do_not_show_the_forms_in_which_they_are_searched(ledger: Services) -> None:
    row = ledger_page(ledger, EVERYTHING, asked(q="已作废")).rows[0]
    assert not {"words", "searched"} & row.keys()
    assert (row["verification_zh"], row["kind_zh"], row["region_zh"]) == ("已作废", "定额发票", "北京")


def test_a_database_of_the_locale_c_finds_chinese_too_but_is_known_to_be_slow(postgres_url: str) -> None:
    server = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE locale_c TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'")
    server.dispose()
    engine = open_database(postgres_url.rsplit("/", 1)[0] + "/locale_c")
    migrate(engine)
    with engine.begin() as connection:
        assert not indexes_chinese(connection)
        facts = {**USUAL, "invoice_number": number(1), "key": number(1)}
        assert enter(connection, "e" * 32, facts, actor="test", document_id=None)
        words = index_of("postgresql").holds([Phrase("例餐")])
        assert connection.execute(sa.select(sa.func.count()).where(*words)).scalar_one() == 1
    engine.dispose()
