"""The endpoints of partners, how far each is behind, and the feed that they fetch from."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook

from intake.desk.services import Services
from intake.desk.sync import feed, retry
from intake.desk.sync.endpoints import (
    BadTypes,
    KnownName,
    Plan,
    add,
    delete,
    endpoint_view,
    endpoint_views,
    pause,
    rotate_secret,
)
from intake.desk.sync.endpoints import change as change_endpoint
from intake.desk.sync.fan_out import fan_out
from intake.desk.sync.feed import CursorAhead, Page, Wanted, changes
from intake.desk.sync.guard import BadAddress
from intake.desk.sync.monitor import deliveries_about, delivery_list, standings
from intake.desk.sync.replay import resume
from intake.desk.sync.send import send_next
from intake.desk.views import NotFound
from intake.store.database import reading
from intake.store.history import verify
from intake.store.tables import deliveries, events
from models.changes import TYPES
from models.sight import EVERYTHING, Sight
from tests.integration.invoices import BUYER, SELLER, einvoice, number
from tests.integration.partners import happen, partner, register, send_all, standing, with_partners
from tests.integration.receiver import Receiver, Told
from tests.integration.test_desk import bring, work

ALL = Wanted(EVERYTHING)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(services: Services) -> Services:
    return with_partners(services)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    with made.up():
        yield made


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between attempts."""
    for name in ("ENDPOINT", "MESSAGE", "REFUSED"):
        monkeypatch.setattr(retry, name, 0.0)


# --- endpoints


def test_a_pause_keeps_everything_for_later(desk: Services, receiver: Receiver) -> None:
    endpoint = partner(desk, receiver)
    first = register(desk, 1)
    fan_out(desk)
    pause(desk, endpoint, actor="管理员")
    second = register(desk, 2)
    send_all(desk)
    assert (receiver.got, standing(desk).backlog, standing(desk).alarms) == ([], 2, ())

    resume(desk, endpoint, actor="管理员")
    send_all(desk)

    assert [told["data"]["entry_id"] for told in receiver.got] == [first, second]


def test_who_says_gone_is_not_sent_to_any_more(desk: Services, receiver: Receiver) -> None:
    endpoint = partner(desk, receiver)
    receiver.answer = lambda told: (410, {})
    register(desk, 1)
    send_all(desk)
    register(desk, 2)
    send_all(desk)

    assert len(receiver.refused) == 1
    assert endpoint_view(desk, endpoint)["disabled_reason"] == "gone"
    assert "gone" in standing(desk).alarms


def test_who_takes_nothing_for_days_is_switched_off_and_nothing_is_given_up(services: Services, at_once: None) -> None:
    desk = with_partners(services, sync_give_up_seconds=0.3)
    receiver = Receiver()
    endpoint = partner(desk, receiver)
    ids = [register(desk, serial) for serial in range(3)]
    fan_out(desk)
    for _ in range(3):
        send_next(desk, endpoint)
    time.sleep(0.4)
    send_next(desk, endpoint)
    assert not send_next(desk, endpoint)
    assert endpoint_view(desk, endpoint)["disabled_reason"] == "failing"
    assert (standing(desk).backlog, standing(desk).dead) == (3, 0)

    with receiver.up():
        resume(desk, endpoint, actor="管理员")
        send_all(desk)

    assert sorted(told["data"]["entry_id"] for told in receiver.got) == sorted(ids)


def test_a_new_secret_signs_beside_the_old_one(desk: Services, receiver: Receiver) -> None:
    endpoint = partner(desk, receiver)
    fresh = rotate_secret(desk, endpoint, actor="管理员")["secret"]
    register(desk, 1)

    send_all(desk)

    assert len(receiver.got) == 1
    body = receiver.got[0]
    assert fresh != receiver.secret
    assert Webhook(fresh).verify(receiver.bodies[0], receiver.headers[0]) == body


def test_after_the_overlap_the_old_secret_signs_no_more(desk: Services, receiver: Receiver) -> None:
    endpoint = partner(desk, receiver)
    receiver.secret = rotate_secret(desk, endpoint, actor="管理员")["secret"]
    with desk.database.begin() as connection:
        connection.execute(sa.text("UPDATE endpoints SET previous_until = 1"))
    register(desk, 1)

    send_all(desk)

    assert len(receiver.headers[0]["webhook-signature"].split()) == 1


def test_no_list_shows_a_secret(desk: Services, receiver: Receiver) -> None:
    endpoint = partner(desk, receiver)
    rotated = rotate_secret(desk, endpoint, actor="管理员")["secret"]
    shown = str([endpoint_views(desk), endpoint_view(desk, endpoint), standings(desk)])

    assert receiver.secret not in shown
    assert rotated not in shown


def test_the_chain_keeps_what_was_done_to_endpoints_and_no_address(desk: Services, receiver: Receiver) -> None:
    endpoint = partner(desk, receiver)
    pause(desk, endpoint, actor="管理员")
    resume(desk, endpoint, actor="管理员")
    rotate_secret(desk, endpoint, actor="管理员")
    change_endpoint(desk, endpoint, Plan("新名", receiver.url), actor="管理员")
    register(desk, 1)
    send_all(desk)
    delete(desk, endpoint, actor="管理员")

    with reading(desk.database) as connection:
        rows = connection.execute(sa.select(events.c.what, events.c.details).order_by(events.c.id)).all()
        assert verify(connection).ok
        assert connection.execute(sa.select(sa.func.count()).select_from(deliveries)).scalar_one() == 0
    noted = [row.what.removeprefix("endpoint_") for row in rows if row.what.startswith("endpoint_")]
    assert noted == ["added", "paused", "resumed", "secret_changed", "changed", "paused", "deleted"]
    assert not any(receiver.secret in row.details or receiver.url in row.details for row in rows)
    assert endpoint_views(desk) == []


def test_what_cannot_be_an_endpoint_is_refused(desk: Services, services: Services, receiver: Receiver) -> None:
    partner(desk, receiver)

    with pytest.raises(KnownName):
        add(desk, Plan("财务系统", receiver.url), actor="管理员")
    with pytest.raises(BadTypes, match=r"invoice\.eaten"):
        add(desk, Plan("别的", receiver.url, types=["invoice.eaten"]), actor="管理员")
    with pytest.raises(BadAddress, match="not_https"):
        add(services, Plan("别的", receiver.url), actor="管理员")
    with pytest.raises(NotFound):
        change_endpoint(desk, "nobody", Plan("别的", receiver.url), actor="管理员")


# --- the monitor


def test_who_is_too_far_behind_raises_an_alarm_until_it_has_everything(desk: Services, at_once: None) -> None:
    receiver = Receiver()
    endpoint = partner(desk, receiver, lag_limit=600)
    register(desk, 1)
    assert standing(desk).backlog == 1, "also before the fan-out"
    fan_out(desk)
    send_next(desk, endpoint)
    assert standing(desk).alarms == ()
    time.sleep(0.1)
    change_endpoint(desk, endpoint, Plan("财务系统", receiver.url, lag_limit=0.1), actor="管理员")

    late = standing(desk)
    assert (late.alarms, late.backlog, late.last_success_at) == (("lag",), 1, None)
    assert 0.1 < late.lag < 60
    with receiver.up():
        send_all(desk)

    well = standing(desk)
    assert (well.alarms, well.lag, well.backlog, well.failures) == ((), 0.0, 0, 0)
    assert well.last_success_at is not None


def test_where_the_news_of_an_entry_are(desk: Services, receiver: Receiver) -> None:
    partner(desk, receiver, "北京")
    partner(desk, Receiver(), "上海")
    entry = register(desk, 1)
    send_all(desk)

    told = {one["endpoint"]: (one["state"], one["type"]) for one in deliveries_about(desk, entry)}

    assert told == {"北京": ("delivered", "invoice.registered"), "上海": ("pending", "invoice.registered")}


# --- the feed


def fetch(desk: Services, wanted: Wanted = ALL, limit: int = 2) -> list[Told]:
    """Everything, page by page, as a partner fetches it."""
    found: list[Told] = []
    page = Page((), 0, more=True)
    while page.more:
        page = changes(desk, page.next, limit, wanted)
        found += [change.told for change in page.changes]
    return found


def test_the_feed_tells_the_same_as_messages_do(desk: Services, receiver: Receiver) -> None:
    partner(desk, receiver)
    for serial in range(5):
        happen(desk, register(desk, serial), "archived")

    send_all(desk)

    assert fetch(desk) == sorted(receiver.got, key=lambda told: int(told["id"].split("-")[0]))
    assert len(receiver.got) == 10


def test_a_feed_goes_on_where_it_was(desk: Services) -> None:
    register(desk, 1)
    page = changes(desk, 0, 100, ALL)
    assert (len(page.changes), page.more) == (1, False)

    entry = register(desk, 2)

    assert [one.subject for one in changes(desk, page.next, 100, ALL).changes] == [entry]


def test_two_people_fetch_what_each_may_see(desk: Services, tmp_path: Path) -> None:
    ours, theirs = register(desk, 1), register(desk, 2, buyer_tax_id=SELLER, department="研发部", sender="小李")
    document_id = bring(desk, einvoice(number(3)), sender="小李")
    work(desk, document_id, tmp_path)
    clerk = Wanted(Sight("会计", frozenset([BUYER]), None))
    lee = Wanted(Sight("小李"))

    seen_by_clerk = {told["data"]["document_id"] or told["data"]["entry_id"] for told in fetch(desk, clerk)}
    seen_by_lee = {told["data"]["document_id"] or told["data"]["entry_id"] for told in fetch(desk, lee)}

    assert seen_by_clerk == {ours, document_id}
    assert seen_by_lee == {theirs, document_id}
    assert len(fetch(desk)) == 4


def test_a_feed_of_few_types_is_looked_through_piece_by_piece(desk: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_LOOK", 2)
    entries = [register(desk, serial) for serial in range(5)]
    happen(desk, entries[0], "archived")

    found = fetch(desk, Wanted(EVERYTHING, ["invoice.archived"]))

    assert [told["data"]["entry_id"] for told in found] == [entries[0]]


def test_a_cursor_of_another_history_is_told_so(desk: Services) -> None:
    register(desk, 1)

    with pytest.raises(CursorAhead):
        changes(desk, 1000, 10, ALL)


# --- what partners are told to do


def test_the_receiver_of_the_manual_takes_each_change_once(
    desk: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, booked = Receiver(), []
    endpoint = partner(desk, receiver)
    register(desk, 1)
    page = (ROOT / "docs/sync.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    program = program.replace("whsec_…", receiver.secret).replace("known.db", str(tmp_path / "known.db"))
    manual: dict[str, Any] = {"book": booked.append}
    exec(compile(program, "docs/sync.md", "exec"), manual)

    with receiver.up():
        send_all(desk)
    first = manual["take"](receiver.bodies[0], receiver.headers[0])
    again = manual["take"](receiver.bodies[0], receiver.headers[0])
    forged = manual["take"](receiver.bodies[0].replace(b"106.00", b"906.00"), receiver.headers[0])
    manual["known"].close()

    assert (first, again, forged) == (204, 204, 400)
    assert booked == receiver.got
    assert delivery_list(desk, endpoint)[0]["state"] == "delivered"


def test_the_manual_names_every_type() -> None:
    page = (ROOT / "docs/sync.md").read_text(encoding="utf-8")

    assert [name for name in TYPES if f"`{name}`" not in page and f"`.{name.partition('.')[2]}`" not in page] == []
