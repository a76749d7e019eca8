"""A list of the tax authority held against the ledger: every bucket, every reason, and what follows."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from intake.desk.reconciliation import loading
from intake.desk.reconciliation.history import run_view, runs
from intake.desk.reconciliation.loading import BadPeriod, BeingLoaded, Period
from intake.desk.reconciliation.rows import run_rows
from intake.desk.reconciliation.run import reconcile
from intake.desk.services import Services
from intake.errors import UnreadableInput
from intake.store.database import reading
from intake.store.entries import change, rebuilt
from intake.store.history import verify
from intake.store.tables import alarms, events, reconciliation_rows, reconciliations, tax_lists, tax_rows
from models.clock import day_of, start_of
from models.reconciliation import Bucket
from models.sight import EVERYTHING
from samples.tax_list import DIFFERENCES, Listed, deduction_template, full_query, planted, red_of
from tests.integration.ledgers import (
    BEIJING,
    SHANGHAI,
    STRANGER,
    entry,
    facts,
    install_pack,
    listed,
    money,
    register,
    written,
)  # fmt: skip

OCTOBER = Period("2026-10-01", "2026-10-31")


def run(services: Services, folder: Path, rows: list[Listed], period: Period | None = OCTOBER) -> str:
    return reconcile(services, written(folder, full_query(rows)), filename="十月.xlsx", actor="财务", period=period)


def rows_of(services: Services, run_id: str, bucket: str | None = None) -> list[dict[str, Any]]:
    return run_rows(services, run_id, EVERYTHING, bucket=Bucket(bucket) if bucket else None, limit=200)[0]


def ends(services: Services, run_id: str) -> dict[str, tuple[str, list[str]]]:
    """Bucket and reasons of every invoice, by its key on the list or, failing that, in the ledger; its first row."""
    found: dict[str, tuple[str, list[str]]] = {}
    for row in rows_of(services, run_id):
        key = row["listed"]["key"] if row["listed"] else entry(services, row["entry"]["id"])["key"]
        found.setdefault(key, (row["bucket"], [one["reason"] for one in row["reasons"]]))
    return found


def state(services: Services, identity: str) -> tuple[str, str]:
    row = entry(services, identity)
    return row["reconciliation"], row["verification"]


@pytest.fixture
def ledger(services: Services) -> list[str]:
    """Thirty invoices of October to the company in Beijing."""
    install_pack(services)
    return [register(services, facts(serial)) for serial in range(30)]


def test_a_list_without_differences_matches(services: Services, ledger: list[str], tmp_path: Path) -> None:
    run_id = run(services, tmp_path, listed(services))
    told = run_view(services, run_id, EVERYTHING)
    counts = {one["bucket"]: one["count"] for one in told["buckets"]}
    assert counts == {"matched": 30, "suggested": 0, "different": 0, "only_listed": 0, "only_here": 0, "explained": 0}
    assert (told["direction"], told["company"], told["form"]) == ("received", BEIJING, "full_query")
    matched = told["buckets"][0]
    assert matched["listed"] == matched["entered"] == money(sum(row.total for row in listed(services)))
    assert {entry(services, one)["reconciliation"] for one in ledger} == {"matched"}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_planted_difference_is_found(services: Services, ledger: list[str], tmp_path: Path, seed: int) -> None:
    rows, plan = planted(listed(services), seed=seed)
    run_id = run(services, tmp_path, rows)
    found = ends(services, run_id)
    by_entry = {row["entry"]["invoice_number"]: row["bucket"] for row in rows_of(services, run_id) if row["entry"]}
    assert {name: by_entry[plan[name][0]] for name in DIFFERENCES} == {
        name: bucket for name, (bucket, _) in DIFFERENCES.items()
    }
    assert {name: found[keys[0]][1] for name, keys in plan.items() if keys[0] in found} == {
        "amount": ["AMOUNT_DIFF"], "date": ["DATE_DIFF"], "buyer": ["BUYER_DIFF"], "seller": ["SELLER_DIFF"],
        "voided": ["STATUS_DIFF"], "red_full": ["STATUS_DIFF", "RED_PAIR"], "red_partial": ["STATUS_DIFF"],
        "abnormal": ["STATUS_DIFF"], "twice": [], "missing": ["NOT_ON_LIST"], "not_received": [],
    }  # fmt: skip
    lonely = {reason for bucket, reasons in found.values() if bucket == "only_listed" for reason in reasons}
    assert lonely == {"NOT_RECEIVED", "RED_PAIR", "RED_OF_OURS"}


def test_a_row_says_what_differs_and_who_can_help(services: Services, ledger: list[str], tmp_path: Path) -> None:
    first, *others = listed(services)
    run_id = run(services, tmp_path, [replace(first, total=first.total + 100, amount=first.amount + 100), *others])
    (row,) = rows_of(services, run_id, bucket="different")
    total = next(one for one in row["differences"] if one["field"] == "total")
    assert (total["listed"], total["entered_zh"]) == (money(first.total + 100), money(first.total))
    told = row["findings"][0]
    assert told["rule"] == "REC-DIFF"
    assert (
        told["message_zh"] == f"{first.number} 与税务清单不一致：价税合计 {total['entered_zh']} / {total['listed']}。"
    )
    assert told["who_en"] == "finance"


def test_what_is_on_one_side_only_is_told_with_its_remedy(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    first, second, *others = listed(services)
    run_id = run(
        services, tmp_path, [replace(first, number="26312999999999999999", seller="某", total=1), *others, second]
    )
    (there,) = rows_of(services, run_id, bucket="only_listed")
    (here,) = rows_of(services, run_id, bucket="only_here")
    assert there["findings"][0]["rule"] == "REC-ONLY-TAX"
    assert there["findings"][0]["remedy_zh"] == "请经办人补交“某”的这张发票。"
    assert here["findings"][0]["message_zh"] == f"台账里有、税务清单里没有：{first.number}。"
    assert state(services, here["entry"]["id"])[0] == "not_listed"


ABSENT: dict[str, tuple[str, dict[str, Any]]] = {
    "a taxi receipt": ("KIND_NEVER_LISTED", {"kind": "taxi", "key": "1|2", "buyer_tax_id": None}),
    "a kind that the list has none of": ("KIND_NOT_IN_EXPORT", {"kind": "digital_special"}),
    "another buyer's invoice": ("OTHER_COMPANY", {"buyer_tax_id": STRANGER}),
    "an invoice that names no buyer": ("BUYER_UNKNOWN", {"buyer_tax_id": None}),
    "one that the list should have": ("NOT_ON_LIST", {}),
}


def test_an_entry_that_is_not_listed_is_explained(services: Services, ledger: list[str], tmp_path: Path) -> None:
    rows = listed(services)
    added = {name: register(services, facts(100 + place, **changed))
             for place, (name, (_, changed)) in enumerate(ABSENT.items())}  # fmt: skip
    found = ends(services, run(services, tmp_path, rows))
    missing = ("only_here", ["NOT_ON_LIST"])
    assert {name: found[entry(services, one)["key"]] for name, one in added.items()} == {
        name: missing if reason == "NOT_ON_LIST" else ("explained", [reason]) for name, (reason, _) in ABSENT.items()
    }
    assert {name: entry(services, one)["reconciliation"] for name, one in added.items()} == {
        name: "not_listed" if reason == "NOT_ON_LIST" else "unseen" for name, (reason, _) in ABSENT.items()
    }


def test_an_invoice_of_another_company_of_ours_is_not_in_question(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    rows = listed(services)
    register(services, facts(100, buyer_tax_id=SHANGHAI))
    assert {bucket for bucket, _ in ends(services, run(services, tmp_path, rows)).values()} == {"matched"}


def test_a_source_that_the_list_has_none_of_explains(services: Services, ledger: list[str], tmp_path: Path) -> None:
    rows = [replace(row, kind="") for row in listed(services)]
    paper = {"kind": "vat_special_paper", "invoice_code": "3100261130", "invoice_number": "01234567"}
    register(services, facts(100, **paper, key="3100261130|01234567"))
    assert ends(services, run(services, tmp_path, rows))["3100261130|01234567"] == (
        "explained", ["SOURCE_NOT_IN_EXPORT"],
    )  # fmt: skip


def test_what_was_issued_yesterday_is_too_fresh(services: Services, ledger: list[str], tmp_path: Path) -> None:
    today = day_of(time.time())
    rows = listed(services)
    fresh = register(services, facts(100, issue_date=(today - dt.timedelta(days=1)).isoformat()))
    older = register(services, facts(101, issue_date=(today - dt.timedelta(days=2)).isoformat()))
    found = ends(services, run(services, tmp_path, rows, Period("2026-10-01", today.isoformat())))
    assert found[entry(services, fresh)["key"]] == ("explained", ["TOO_FRESH"])
    assert found[entry(services, older)["key"]] == ("only_here", ["NOT_ON_LIST"])


def test_what_came_in_the_days_of_the_list_but_was_issued_before_is_outside(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    today = day_of(time.time())
    rows = listed(services)
    before = register(services, facts(100, issue_date="2026-08-15"))
    found = ends(services, run(services, tmp_path, rows, Period("2026-10-01", today.isoformat())))
    assert found[entry(services, before)["key"]] == ("explained", ["OUTSIDE_COVERAGE"])


def test_without_a_period_the_list_covers_its_own_days_only(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    rows = [row for row in listed(services) if "2026-10-05" <= row.day <= "2026-10-20"]
    run_id = run(services, tmp_path, rows, period=None)
    told = run_view(services, run_id, EVERYTHING)
    assert (told["first_day"], told["last_day"]) == ("2026-10-05", "2026-10-20")
    assert [told for told in ends(services, run_id).values() if told != ("matched", [])] == []


def test_a_period_must_hold_the_days_of_the_list(services: Services, ledger: list[str], tmp_path: Path) -> None:
    for period in (Period("2026-10-04", "2026-10-31"), Period("2026-10-31", "2026-10-01")):
        with pytest.raises(BadPeriod):
            run(services, tmp_path, listed(services), period)


def test_a_choice_proves_nothing_of_what_it_leaves_out(services: Services, ledger: list[str], tmp_path: Path) -> None:
    rows = listed(services)
    path = written(tmp_path, deduction_template(rows[5:]))
    found = ends(services, reconcile(services, path, filename="x", actor="财务", period=OCTOBER))
    assert found[rows[0].key] == ("explained", ["ONLY_A_CHOICE"])
    assert found[rows[9].key] == ("matched", [])


def test_what_another_list_holds_is_not_missing(services: Services, ledger: list[str], tmp_path: Path) -> None:
    rows = listed(services)
    run(services, tmp_path, rows)
    found = ends(services, run(services, tmp_path, rows[1:]))
    assert found[rows[0].key] == ("explained", ["ON_ANOTHER_LIST"])
    assert {entry(services, one)["reconciliation"] for one in ledger} == {"matched"}


def test_rows_that_ask_for_nothing_are_explained(services: Services, ledger: list[str], tmp_path: Path) -> None:
    rows = listed(services)
    strange = replace(rows[0], number="26312888888888888801", buyer_tax_id=STRANGER)
    void = replace(rows[0], number="26312888888888888802", status="作废", total=333, amount=300, tax=33)
    blue = replace(rows[0], number="26312888888888888803", total=555, amount=500, tax=55)
    red = red_of(blue, "26312888888888888804")
    found = ends(services, run(services, tmp_path, [*rows, strange, void, blue, red]))
    assert found[strange.key] == ("explained", ["OTHER_COMPANY"])
    assert found[void.key] == ("explained", ["DEAD_ON_LIST"])
    assert found[blue.key] == found[red.key] == ("explained", ["RED_PAIR"])


def test_a_list_of_a_stranger_asks_for_nothing_and_says_nothing_of_us(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    rows = [replace(row, number=f"26999{row.number[5:]}", buyer_tax_id=STRANGER) for row in listed(services)]
    assert {(bucket, *reasons) for bucket, reasons in ends(services, run(services, tmp_path, rows)).values()} == {
        ("explained", "OTHER_COMPANY")
    }
    assert {entry(services, one)["reconciliation"] for one in ledger} == {"unseen"}


def test_a_number_twice_with_other_figures_is_a_difference(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    rows = listed(services)
    again = replace(rows[0], total=rows[0].total + 1, amount=rows[0].amount + 1)
    (row,) = rows_of(services, run(services, tmp_path, [*rows, again]), bucket="different")
    assert [one["reason"] for one in row["reasons"]] == ["DUPLICATE_IN_EXPORT", "AMOUNT_DIFF"]
    assert row["listed"]["line"] == len(rows) + 2


def test_another_kind_on_the_list_is_a_difference(services: Services, ledger: list[str], tmp_path: Path) -> None:
    first, *others = listed(services)
    special = replace(first, kind="数电发票（增值税专用发票）")
    (row,) = rows_of(services, run(services, tmp_path, [special, *others]), bucket="different")
    assert row["differences"][0]["entered_zh"] == "数电普票"
    assert "Kind: Digital VAT invoice / 数电发票(增值税专用发票)" in row["findings"][0]["message_en"]


def test_an_entry_that_was_withdrawn_is_missing_again(services: Services, ledger: list[str], tmp_path: Path) -> None:
    rows = listed(services)
    with services.database.begin() as connection:
        change(connection, ledger[3], "withdrawn", actor="财务")
    key = entry(services, ledger[3])["key"]
    assert ends(services, run(services, tmp_path, rows))[key] == ("only_listed", ["ENTRY_WITHDRAWN"])


def test_of_several_likely_entries_none_is_chosen_for_people(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    rows = listed(services)
    twins = [register(services, {**facts(200 + one), "total": "77.00", "seller_tax_id": STRANGER,
                                 "issue_date": "2026-10-09"}) for one in range(2)]  # fmt: skip
    wanted = replace(rows[0], number="26312777777777777777", total=7700, day="2026-10-08", seller_tax_id=STRANGER)
    (row,) = rows_of(services, run(services, tmp_path, [*rows, wanted]), bucket="suggested")
    assert [one["reason"] for one in row["reasons"]] == ["SAME_SELLER_DAY_TOTAL", "SEVERAL_CANDIDATES"]
    assert {row["entry"]["id"], *row["others"]} == set(twins)
    assert {state(services, one)[0] for one in twins} <= {"unseen", "not_listed"}


def test_zeros_that_a_spreadsheet_dropped_are_restored_with_a_note(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    paper = {"kind": "vat_normal_electronic", "invoice_code": "031002600211", "invoice_number": "00234567"}
    identity = register(services, facts(100, **paper, key="031002600211|00234567"))
    rows = [replace(row, as_number=row.code != "") for row in listed(services)]
    run_id = run(services, tmp_path, rows)
    assert ends(services, run_id)["031002600211|00234567"] == ("matched", ["ZEROS_RESTORED"])
    assert state(services, identity)[0] == "matched"


def test_a_red_letter_invoice_is_negative_however_it_is_written(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    register(services, facts(100, amount_excl_tax="-900.00", tax="-57.63", total="-957.63"))
    *others, red = sorted(listed(services), key=lambda row: -row.total)
    for written_as in (red, replace(red, amount=90000, tax=5763, total=95763, positive="否")):
        found = ends(services, run(services, tmp_path, [*others, written_as]))
        assert found[red.key] == ("matched", [])
    wrong = replace(red, amount=90000, tax=5763, total=95763)
    assert ends(services, run(services, tmp_path, [*others, wrong]))[red.key] == ("different", ["AMOUNT_DIFF"])


def test_a_list_of_what_we_issued_is_held_against_what_we_issued(services: Services, tmp_path: Path) -> None:
    install_pack(services)
    ours = [
        register(services, facts(one, seller_tax_id=BEIJING, buyer_tax_id=STRANGER, buyer_name="客户"))
        for one in range(4)
    ]
    rows = listed(services)
    bought = register(services, facts(50))
    run_id = run(services, tmp_path, rows[1:])
    assert run_view(services, run_id, EVERYTHING)["direction"] == "issued"
    found = ends(services, run_id)
    assert entry(services, bought)["key"] not in found
    assert found[rows[0].key] == ("only_here", ["NOT_ON_LIST"])
    assert sum(entry(services, one)["reconciliation"] == "matched" for one in ours) == 3


def test_a_row_with_a_rounded_number_is_refused_and_named(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    first, *others = listed(services)
    told = run_view(services, run(services, tmp_path, [replace(first, as_number=True), *others]), EVERYTHING)
    assert told["refused"] == 1
    (refused,) = told["refused_rows"]
    assert (refused["line"], refused["rule"]) == (2, "REC-NUMBER-ROUNDED")
    assert told["rows"] == 29


def test_a_list_of_rounded_numbers_only_is_refused_whole(services: Services, ledger: list[str], tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput) as refusal:
        run(services, tmp_path, [replace(row, as_number=True) for row in listed(services)])
    assert refusal.value.rule == "REC-NUMBER-ROUNDED"
    with reading(services.database) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(tax_lists)).scalar() == 0


def test_the_same_list_against_the_same_ledger_is_the_same_run(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    rows, _ = planted(listed(services), seed=3)
    first = run(services, tmp_path, rows)
    before = counted(services)
    assert run(services, tmp_path, rows) == first
    assert counted(services) == before


def test_a_change_of_the_ledger_makes_a_new_run_and_leaves_the_old_one(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    rows = listed(services)
    late = replace(rows[0], number=facts(100)["invoice_number"], amount=23700, tax=700, total=24400)
    first = run(services, tmp_path, [*rows, late])
    assert ends(services, first)[late.key] == ("only_listed", ["NOT_RECEIVED"])
    register(services, facts(100, issue_date=late.day, seller_tax_id=late.seller_tax_id))
    second = run(services, tmp_path, [*rows, late])
    assert second != first
    assert ends(services, second)[late.key] == ("matched", [])
    (row,) = rows_of(services, first, bucket="only_listed")
    assert row["since"]["entry_id"]


def test_what_was_known_on_a_day_is_told_from_the_runs_of_then(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    rows = listed(services)
    first = run(services, tmp_path, rows)
    register(services, facts(100))
    second = run(services, tmp_path, rows)
    with services.database.begin() as connection:
        then = start_of(dt.date(2026, 10, 31)) + 3600
        connection.execute(reconciliations.update().where(reconciliations.c.id == first).values(finished_at=then))
    known = {day: [one["id"] for one in runs(services, EVERYTHING, as_of=dt.date.fromisoformat(day))[0]]
             for day in ("2026-10-30", "2026-10-31", "2999-01-01")}  # fmt: skip
    assert known == {"2026-10-30": [], "2026-10-31": [first], "2999-01-01": [second]}
    assert [one["id"] for one in runs(services, EVERYTHING)[0]] == [second, first]
    page, after = runs(services, EVERYTHING, limit=1)
    assert [one["id"] for one in page] == [second]
    assert [one["id"] for one in runs(services, EVERYTHING, cursor=str(after))[0]] == [first]


def test_a_list_whose_loading_was_cut_is_loaded_anew_and_covers_nothing_before(
    services: Services, ledger: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = listed(services)
    monkeypatch.setattr(loading, "_CHUNK", 10)
    monkeypatch.setattr(loading, "_finish", cut)
    with pytest.raises(Cut):
        run(services, tmp_path, rows)
    with services.database.begin() as connection:
        left = connection.execute(sa.select(tax_lists)).one()
        assert left.first_day > left.last_day
        connection.execute(tax_rows.delete().where(tax_rows.c.line > 15))
        connection.execute(tax_lists.update().values(imported_at=left.imported_at - 1000))
    monkeypatch.undo()
    run_id = run(services, tmp_path, rows)
    assert [told for told in ends(services, run_id).values() if told != ("matched", [])] == []
    with reading(services.database) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(tax_rows)).scalar() == 30


def test_a_list_that_somebody_is_loading_is_not_loaded_beside_it(
    services: Services, ledger: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_write_rows", cut)
    with pytest.raises(Cut):
        run(services, tmp_path, listed(services))
    monkeypatch.undo()
    with pytest.raises(BeingLoaded):
        run(services, tmp_path, listed(services))


def test_the_chain_and_the_entries_built_from_it_hold_after_many_changes(
    services: Services, ledger: list[str], tmp_path: Path
) -> None:
    rows, _ = planted(listed(services), seed=5)
    run(services, tmp_path, rows)
    with reading(services.database) as connection:
        assert verify(connection).ok
        for one in ledger:
            told = sa.select(events.c.what, events.c.at, events.c.details).where(events.c.entry_id == one)
            built = rebuilt(tuple(event) for event in connection.execute(told.order_by(events.c.id)))
            assert {**built, "id": one} == entry(services, one)


class Cut(Exception):
    """The process ended here."""


def cut(*_: object) -> None:
    raise Cut


def counted(services: Services) -> list[int]:
    """How many rows every table of the reconciliation and the history has."""
    tables = (events, tax_lists, tax_rows, reconciliations, reconciliation_rows, alarms)
    with reading(services.database) as connection:
        return [connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables]
