"""What becomes of an entry after its registration, at the desk and over HTTP."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import create_app
from intake.desk import lifecycle
from intake.desk.claims import UsedBefore, use_entry
from intake.desk.entry import entry_view
from intake.desk.lifecycle import Changed, Refused, archive, book, note_verification
from intake.desk.review import CannotUndo, confirm, undo
from intake.desk.rows import entry_broken
from intake.desk.services import Services
from intake.desk.views import NotFound, document_view
from intake.store.database import reading
from intake.store.entries import FACTS, change, enter
from intake.store.tables import entries, events
from models.entry import BOOKING_MARKS, Reconciliation, Verification
from models.finding import Verdict
from models.sight import EVERYTHING, Sight
from tests.integration.people import boss, key_headers
from tests.integration.test_rules_of_the_desk import settled, slip

LI = "李会计"


@pytest.fixture
def entry(services: Services) -> str:
    document = settled(services, slip(Verdict.ACCEPT))
    return str(document_view(services, EVERYTHING, document)["invoices"][0]["entry_id"])


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), headers=key_headers(services, boss(services))) as opened:
        yield opened


def view(services: Services, entry: str) -> dict[str, object]:
    return entry_view(services, EVERYTHING, entry)


def test_an_entry_tells_its_life_in_words(services: Services, entry: str) -> None:
    note_verification(services, EVERYTHING, entry, Verification.MATCH, actor=LI)
    book(services, EVERYTHING, entry, "03", actor=LI)
    archive(services, EVERYTHING, entry, actor=LI)
    told = view(services, entry)
    assert (told["verification_zh"], told["booking_en"], told["archive_zh"]) == ("查验一致", "Booked", "已归档")
    assert (told["booked_as"], told["booked_as_zh"]) == ("03", "企业所得税不扣除")
    history = told["history"]
    assert isinstance(history, list)
    assert [(one["what"], one["actor"]) for one in history] == [
        ("entered", "desk"), ("verified", LI), ("booked", LI), ("archived", LI),
    ]  # fmt: skip
    assert [one["zh"] for one in history] == ["登记入账", "查验一致", "已记账", "已归档"]
    assert told["revision"] == 4


def test_saying_the_same_again_changes_nothing(services: Services, entry: str) -> None:
    for _ in range(2):
        note_verification(services, EVERYTHING, entry, Verification.MATCH, actor=LI)
        book(services, EVERYTHING, entry, "02", actor=LI)
    assert view(services, entry)["revision"] == 3
    for _ in range(2):
        book(services, EVERYTHING, entry, "06", actor=LI)
    assert view(services, entry)["revision"] == 4


def test_the_same_answer_on_another_day_is_news(
    services: Services, entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_verification(services, EVERYTHING, entry, Verification.MATCH, actor=LI)
    now = lifecycle.time()
    monkeypatch.setattr(lifecycle, "time", lambda: now + 86_400)
    note_verification(services, EVERYTHING, entry, Verification.MATCH, actor=LI)
    assert view(services, entry)["revision"] == 3


@pytest.mark.parametrize("result", [Verification.VOIDED, Verification.RED_FULL])
def test_what_is_dead_is_not_booked(services: Services, entry: str, result: Verification) -> None:
    note_verification(services, EVERYTHING, entry, result, actor=LI)
    with pytest.raises(Refused) as refused:
        book(services, EVERYTHING, entry, "02", actor=LI)
    assert refused.value.code == "dead"


def test_what_died_after_its_booking_can_still_be_revoked(services: Services, entry: str) -> None:
    book(services, EVERYTHING, entry, "02", actor=LI)
    note_verification(services, EVERYTHING, entry, Verification.RED_FULL, actor=LI)
    book(services, EVERYTHING, entry, "06", actor=LI)
    assert view(services, entry)["booking"] == "revoked"


def test_another_mark_needs_the_first_to_be_revoked(services: Services, entry: str) -> None:
    with pytest.raises(Refused, match="not_booked"):
        book(services, EVERYTHING, entry, "06", actor=LI)
    book(services, EVERYTHING, entry, "02", actor=LI)
    with pytest.raises(Refused, match="booked_before"):
        book(services, EVERYTHING, entry, "03", actor=LI)
    book(services, EVERYTHING, entry, "06", actor=LI)
    book(services, EVERYTHING, entry, "03", actor=LI)
    assert view(services, entry)["booked_as"] == "03"


def test_a_withdrawn_entry_takes_no_step(services: Services, entry: str) -> None:
    with services.database.begin() as connection:
        change(connection, entry, "withdrawn", actor=LI)
    steps: list[Callable[[], None]] = [
        lambda: note_verification(services, EVERYTHING, entry, Verification.MATCH, actor=LI),
        lambda: book(services, EVERYTHING, entry, "02", actor=LI),
        lambda: archive(services, EVERYTHING, entry, actor=LI),
        lambda: use_entry(services, EVERYTHING, entry, claim="BX-1", actor=LI),
    ]
    for step in steps:
        with pytest.raises(Refused, match="withdrawn"):
            step()


@pytest.mark.parametrize("step", ["booked", "archived"])
def test_a_decision_is_not_undone_under_what_was_built_on_it(services: Services, step: str) -> None:
    document = settled(services, slip())
    invoice = document_view(services, EVERYTHING, document)["invoices"][0]["id"]
    confirm(services, invoice, actor=LI, corrections={})
    entry = document_view(services, EVERYTHING, document)["invoices"][0]["entry_id"]
    if step == "booked":
        book(services, EVERYTHING, entry, "02", actor=LI)
    else:
        archive(services, EVERYTHING, entry, actor=LI)
    with pytest.raises(CannotUndo):
        undo(services, invoice, actor=LI)


def test_who_may_not_see_an_entry_finds_none(services: Services, entry: str) -> None:
    stranger = Sight("小张")
    for step in (
        lambda: entry_view(services, stranger, entry),
        lambda: archive(services, stranger, entry, actor="小张"),
        lambda: use_entry(services, stranger, entry, claim="BX-1", actor="小张"),
    ):
        with pytest.raises(NotFound):
            step()
    assert entry_view(services, Sight("小王"), entry)["sender"] == "小王"


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
FACT = {name: st.none() for name in FACTS} | {
    "kind": st.just("taxi"),
    "invoice_number": st.from_regex(r"[0-9]{8}|26(11|95)2[0-9]{15}", fullmatch=True),
    "total": st.none() | st.decimals(-(10**6), 10**6, places=2).map(str),
    "seller_name": st.none() | NAMES,
    "items": st.none() | NAMES,
    "sender": NAMES.filter(bool),
}
STEPS = st.one_of(
    st.tuples(st.just("verify"), st.sampled_from(Verification)),
    st.tuples(st.just("book"), st.sampled_from(sorted(BOOKING_MARKS))),
    st.tuples(st.just("use"), st.sampled_from(["BX-1", "BX-2"])),
    st.tuples(st.just("reconcile"), st.sampled_from(Reconciliation)),
    st.tuples(st.sampled_from(["archive", "join", "withdraw", "enter again"]), st.none()),
)
keys = itertools.count()


def take(services: Services, entry: str, step: str, value: object, facts: dict[str, object]) -> None:
    """One step, as the desk takes it."""
    desk: dict[str, Callable[[], None]] = {
        "verify": lambda: note_verification(services, EVERYTHING, entry, Verification(value), actor=LI),
        "book": lambda: book(services, EVERYTHING, entry, str(value), actor=LI),
        "use": lambda: use_entry(services, EVERYTHING, entry, claim=str(value), actor=LI),
        "archive": lambda: archive(services, EVERYTHING, entry, actor=LI),
    }
    if step in desk:
        desk[step]()
        return
    changes = {
        "reconcile": ("reconciled", {"result": str(value)}),
        "join": ("joined", {"format": "pdf"}),
        "withdraw": ("withdrawn", {}),
        "enter again": ("entered", facts),
    }
    what, details = changes[step]
    with services.database.begin() as connection:
        change(connection, entry, what, actor=LI, details=details)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.fixed_dictionaries(FACT), again=st.fixed_dictionaries(FACT), steps=st.lists(STEPS, max_size=12))
def test_whatever_happens_the_events_build_the_row(
    services: Services, facts: dict[str, object], again: dict[str, object], steps: list[tuple[str, object]]
) -> None:
    entry = f"{next(keys):032x}"
    with services.database.begin() as connection:
        assert enter(connection, entry, {**facts, "key": entry}, actor="desk", document_id=None)
    for step, value in steps:
        with contextlib.suppress(Refused, UsedBefore):
            take(services, entry, step, value, {**again, "key": entry})
    with reading(services.database) as connection:
        row = connection.execute(sa.select(entries).where(entries.c.id == entry)).mappings().one()
        mine = sa.select(events).where(events.c.entry_id == entry).order_by(events.c.id)
        told = connection.execute(mine).mappings().all()
    assert entry_broken(entry, row, told) is None
    assert row["revision"] == len(told)
    assert [one["what"] for one in view(services, entry)["history"]] == [one["what"] for one in told]  # type: ignore[attr-defined]


def test_a_change_meant_for_an_earlier_state_is_refused(client: TestClient, entry: str) -> None:
    address = f"/api/v1/entries/{entry}"
    looked = client.get(address).headers["etag"]
    done = client.put(f"{address}/verification", json={"result": "match"}, headers={"if-match": looked})
    assert (done.status_code, done.json()["verification"], done.headers["etag"]) == (200, "match", '"2"')
    late = client.put(f"{address}/booking", json={"mark": "02"}, headers={"if-match": looked})
    assert (late.status_code, late.json()["code"], late.json()["revision"]) == (412, "changed", 2)
    assert "刷新" in late.json()["detail_zh"]
    for tags in ('"1", "2"', "*"):
        done = client.put(f"{address}/booking", json={"mark": "02"}, headers={"if-match": tags})
        assert (done.status_code, done.json()["booked_as"]) == (200, "02")
    for tags in ('W/"3"', "3", '"x"'):
        assert client.post(f"{address}/archive", headers={"if-match": tags}).status_code == 412
    assert client.post(f"{address}/archive", headers={"if-match": '"3"'}).status_code == 200


def test_a_step_that_makes_no_sense_is_answered_with_a_sentence(client: TestClient, entry: str) -> None:
    address = f"/api/v1/entries/{entry}"
    assert client.put(f"{address}/verification", json={"result": "unchecked"}).json()["code"] == "no_result"
    assert client.put(f"{address}/booking", json={"mark": "07"}).status_code == 422
    client.put(f"{address}/verification", json={"result": "voided"})
    dead = client.put(f"{address}/booking", json={"mark": "02"})
    assert (dead.status_code, dead.json()["detail_zh"]) == (409, "这张发票已作废，不能记账。")
    assert dead.json()["detail"] == "This invoice is voided and cannot be booked."
    client.post(f"{address}/archive")
    again = client.post(f"{address}/archive")
    assert (again.status_code, again.json()["code"]) == (409, "archived_before")
    assert client.post("/api/v1/entries/nothing/archive").status_code == 404


def test_no_address_deletes_an_entry_or_an_invoice(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    deleting = {path.removeprefix("/api/v1/").split("/{")[0] for path, methods in paths.items() if "delete" in methods}
    assert deleting == {"invoices", "reconciliations/links", "sync/endpoints", "views"}
    assert "delete" not in paths["/api/v1/invoices/{invoice_id}"]  # only a hold on one is given back


def test_entered_again_it_is_the_same_entry_with_all_that_happened_to_it(services: Services, entry: str) -> None:
    with services.database.begin() as connection:
        change(connection, entry, "withdrawn", actor=LI)
    settled(services, slip(Verdict.ACCEPT))
    told = view(services, entry)["history"]
    assert isinstance(told, list)
    assert [one["what"] for one in told] == ["entered", "withdrawn", "entered"]


def test_an_expected_revision_holds_at_the_desk(services: Services, entry: str) -> None:
    with pytest.raises(Changed) as changed:
        book(services, EVERYTHING, entry, "02", actor=LI, expected=[7])
    assert changed.value.revision == 1
