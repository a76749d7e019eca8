"""Partners are told what happens: each change once, in order for each invoice, however long they were away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from intake.desk.services import Services
from intake.desk.sync import retry
from intake.desk.sync.endpoints import (
    Plan,
)
from intake.desk.sync.endpoints import change as change_endpoint
from intake.desk.sync.fan_out import fan_out
from intake.desk.sync.monitor import delivery_list
from intake.desk.sync.post import Answer, post
from intake.desk.sync.replay import replay_dead, replay_one, replay_since, resume, skip
from intake.desk.sync.send import send_next
from intake.desk.views import NotFound
from intake.store.database import reading
from intake.store.tables import deliveries, endpoints, events
from tests.integration.invoices import BUYER, SELLER, einvoice, number
from tests.integration.partners import happen, partner, register, send_all, standing, with_partners
from tests.integration.receiver import Receiver, Told
from tests.integration.test_desk import bring, work


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


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest pauses after every failure."""
    monkeypatch.setattr(retry, "_pause", lambda failures, longest: longest)


def end_rest(desk: Services) -> None:
    """As if the time had passed for which an endpoint is left alone."""
    with desk.database.begin() as connection:
        connection.execute(endpoints.update().values(rest_until=0.0))


def end_leases(desk: Services) -> None:
    """As if every claim had ended."""
    with desk.database.begin() as connection:
        connection.execute(deliveries.update().values(lease_until=0.0))


def three_days_pass(desk: Services) -> None:
    """As if what fails had failed for three days more."""
    with desk.database.begin() as connection:
        earlier = deliveries.c.failing_since - 3 * 86_400
        connection.execute(deliveries.update().values(failing_since=earlier))


def refusing(*types: str) -> Callable[[Told], tuple[int, dict[str, str]]]:
    """A partner that does not like some types."""
    return lambda told: (400 if told["type"] in types else 204, {})


# --- the way of a message


def test_what_settling_writes_is_told(desk: Services, receiver: Receiver, tmp_path: Path) -> None:
    partner(desk, receiver)
    document_id = bring(desk, einvoice(number(1)))
    work(desk, document_id, tmp_path)

    send_all(desk)

    assert [told["type"] for told in receiver.got] == ["invoice.registered", "document.registered"]
    invoice, document = (told["data"] for told in receiver.got)
    assert (invoice["invoice_number"], invoice["total"], invoice["region"]) == (number(1), "106.00", "11")
    assert (invoice["document_id"], document["document_id"]) == (document_id, document_id)


def test_a_partner_is_told_of_what_happens_after_it_was_added(desk: Services, receiver: Receiver) -> None:
    register(desk, 1)
    partner(desk, receiver)
    later = register(desk, 2)

    send_all(desk)

    assert [told["data"]["entry_id"] for told in receiver.got] == [later]


def test_or_since_a_moment(desk: Services, receiver: Receiver) -> None:
    first = register(desk, 1)
    partner(desk, receiver, since=0.0)

    send_all(desk)

    assert receiver.types(first) == ["invoice.registered"]


def test_it_is_told_of_what_it_wants_and_may_see(desk: Services) -> None:
    of_company, of_type, of_all = Receiver(), Receiver(), Receiver()
    partner(desk, of_company, "北京", companies=[BUYER], departments=["销售部"])
    partner(desk, of_type, "归档", types=["invoice.archived"])
    partner(desk, of_all, "全部")
    ours = register(desk, 1)
    register(desk, 2, buyer_tax_id=SELLER)
    register(desk, 3, department="研发部")
    happen(desk, ours, "archived")

    with of_company.up(), of_type.up(), of_all.up():
        send_all(desk)

    assert [told["type"] for told in of_company.got] == ["invoice.registered", "invoice.archived"]
    assert {told["data"]["entry_id"] for told in of_company.got} == {ours}
    assert [told["type"] for told in of_type.got] == ["invoice.archived"]
    assert len(of_all.got) == 4


def test_a_message_is_sent_once_and_no_more(desk: Services, receiver: Receiver) -> None:
    partner(desk, receiver)
    register(desk, 1)

    send_all(desk)
    send_all(desk)

    assert len(receiver.got) == 1


def test_later_news_of_an_entry_waits_for_earlier_ones_and_other_entries_do_not(
    desk: Services, receiver: Receiver, slowly: None
) -> None:
    endpoint = partner(desk, receiver)
    slow, quick = register(desk, 1), register(desk, 2)
    happen(desk, slow, "archived")
    receiver.answer = lambda told: (500 if told["data"]["entry_id"] == slow else 204, {})
    fan_out(desk)

    send_next(desk, endpoint)
    end_rest(desk)
    send_next(desk, endpoint)

    assert [told["data"]["entry_id"] for told in receiver.got] == [quick]
    assert not send_next(desk, endpoint)
    assert [told["type"] for told in receiver.refused] == ["invoice.registered"]


def test_what_is_refused_holds_up_nothing_else(desk: Services, receiver: Receiver, at_once: None) -> None:
    endpoint = partner(desk, receiver)
    receiver.answer = refusing("invoice.verified")
    for serial in range(3):
        happen(desk, register(desk, serial), "verified", result="match")
    fan_out(desk)
    for _ in range(6):
        send_next(desk, endpoint)
    fresh = register(desk, 9)
    fan_out(desk)

    send_next(desk, endpoint)

    assert receiver.types(fresh) == ["invoice.registered"]


def test_while_it_is_away_everything_waits_and_then_comes_in_order(desk: Services, at_once: None) -> None:
    receiver = Receiver()
    endpoint = partner(desk, receiver)
    ids = [register(desk, serial) for serial in range(20)]
    for what in ("verified", "archived"):
        for one in ids:
            happen(desk, one, what, result="match")
        for _ in range(3):
            fan_out(desk)
            send_next(desk, endpoint)

    with receiver.up():
        send_all(desk)

    expected = ["invoice.registered", "invoice.verified", "invoice.archived"]
    assert {one: receiver.types(one) for one in ids} == dict.fromkeys(ids, expected)
    assert len(receiver.got) == 60
    assert standing(desk).backlog == 0


def test_who_is_away_is_left_alone_for_a_while(desk: Services, slowly: None) -> None:
    endpoint = partner(desk, Receiver())
    register(desk, 1)
    register(desk, 2)
    fan_out(desk)

    assert send_next(desk, endpoint)
    assert not send_next(desk, endpoint)
    assert (standing(desk).failures, standing(desk).last_trouble) == (1, "connect")


def test_who_asks_for_time_gets_it(desk: Services, receiver: Receiver, at_once: None) -> None:
    endpoint = partner(desk, receiver)
    receiver.answer = lambda told: (429, {"retry-after": "600"})
    register(desk, 1)
    register(desk, 2)
    fan_out(desk)

    assert send_next(desk, endpoint)
    assert not send_next(desk, endpoint)
    with reading(desk.database) as connection:
        until = connection.execute(sa.select(endpoints.c.rest_until)).scalar_one()
    assert 500 < until - time.time() <= 600
    end_rest(desk)
    assert send_next(desk, endpoint)


@pytest.mark.parametrize("failures", [1, 2, 6, 30, 5000])
def test_pauses_grow_to_a_limit_and_differ(failures: int) -> None:
    whole = min(2.0 ** (min(failures, 30) - 1), retry.MESSAGE)
    drawn = {retry.pause_of_message(failures, refused=False) for _ in range(50)}

    assert all(whole / 2 <= one <= whole for one in drawn)
    assert len(drawn) > 1


# --- claims


def test_a_claim_whose_holder_died_ends_and_the_message_comes_again_under_its_id(
    desk: Services, receiver: Receiver
) -> None:
    endpoint = partner(desk, receiver)
    register(desk, 1)
    fan_out(desk)

    def posted_and_died(*what: Any, **how: Any) -> Answer:
        post(*what, **how)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_next(desk, endpoint, send=posted_and_died)
    held = send_next(desk, endpoint)
    end_leases(desk)
    again = send_next(desk, endpoint)

    assert (held, again) == (False, True)
    assert (len(receiver.got), len(receiver.counted)) == (2, 1)


def test_the_late_word_of_an_earlier_attempt_changes_nothing(desk: Services, receiver: Receiver) -> None:
    endpoint = partner(desk, receiver)
    register(desk, 1)
    fan_out(desk)

    def slow(*_: object, **__: object) -> Answer:
        end_leases(desk)
        assert send_next(desk, endpoint)
        return Answer(500, "http_500")

    send_next(desk, endpoint, send=slow)

    assert [one["state"] for one in delivery_list(desk, endpoint)] == ["delivered"]
    assert standing(desk).failures == 0


# --- what is refused, given up, sent again


def test_what_a_well_partner_refuses_for_too_long_is_a_dead_letter(
    desk: Services, receiver: Receiver, at_once: None
) -> None:
    endpoint = partner(desk, receiver)
    receiver.answer = refusing("invoice.verified")
    bad, good = register(desk, 1), register(desk, 2)
    happen(desk, bad, "verified", result="match")
    happen(desk, bad, "archived")
    happen(desk, good, "archived")
    fan_out(desk)
    for _ in range(5):
        assert send_next(desk, endpoint)
    assert standing(desk).dead == 0

    three_days_pass(desk)
    send_next(desk, endpoint)

    states = {one["type"]: one["state"] for one in delivery_list(desk, endpoint, subject=bad)}
    assert states == {"invoice.registered": "delivered", "invoice.verified": "dead", "invoice.archived": "pending"}
    assert receiver.types(good) == ["invoice.registered", "invoice.archived"]
    assert "dead_letters" in standing(desk).alarms


def dead_letter(services: Services, receiver: Receiver) -> tuple[Services, str, str]:
    """A partner that refused the second of three messages about an entry until it was given up."""
    desk = with_partners(services, sync_give_up_seconds=0.0)
    endpoint = partner(desk, receiver)
    receiver.answer = refusing("invoice.verified")
    entry = register(desk, 1)
    happen(desk, entry, "verified", result="match")
    happen(desk, entry, "archived")
    fan_out(desk)
    # As if the partner had taken something else in the meantime.
    with desk.database.begin() as connection:
        connection.execute(sa.text("UPDATE endpoints SET last_success_at = 4102444800"))
    while send_next(desk, endpoint):
        with desk.database.begin() as connection:
            connection.execute(sa.text("UPDATE endpoints SET last_success_at = 4102444800"))
    resume(desk, endpoint, actor="管理员")
    assert [one["state"] for one in delivery_list(desk, endpoint)] == ["pending", "dead", "delivered"]
    return desk, endpoint, entry


def test_dead_letters_are_sent_again_in_their_order(services: Services, receiver: Receiver) -> None:
    desk, endpoint, entry = dead_letter(services, receiver)
    receiver.answer = lambda told: (204, {})

    assert replay_dead(desk, endpoint, actor="管理员") == 1
    send_all(desk)

    assert receiver.types(entry) == ["invoice.registered", "invoice.verified", "invoice.archived"]
    assert standing(desk).dead == 0


def test_one_that_will_never_be_taken_is_skipped_and_the_next_one_goes(services: Services, receiver: Receiver) -> None:
    desk, endpoint, entry = dead_letter(services, receiver)
    dead = delivery_list(desk, endpoint, state="dead")[0]["event_id"]

    skip(desk, endpoint, dead, actor="管理员")
    send_all(desk)

    assert receiver.types(entry) == ["invoice.registered", "invoice.archived"]
    with pytest.raises(NotFound):
        skip(desk, endpoint, dead, actor="管理员")


def test_one_message_is_sent_again_under_the_same_id(desk: Services, receiver: Receiver) -> None:
    endpoint = partner(desk, receiver)
    register(desk, 1)
    send_all(desk)

    replay_one(desk, endpoint, delivery_list(desk, endpoint)[0]["event_id"], actor="管理员")
    send_all(desk)

    assert receiver.got[0] == receiver.got[1]
    assert len(receiver.counted) == 1


def test_what_happened_in_the_millisecond_that_is_asked_for_is_sent_again(desk: Services, receiver: Receiver) -> None:
    endpoint = partner(desk, receiver)
    entry = register(desk, 1)
    send_all(desk)
    with reading(desk.database) as connection:
        at = connection.execute(sa.select(events.c.at).where(events.c.entry_id == entry)).scalar_one()

    assert replay_since(desk, endpoint, at + 0.0004, actor="管理员") == 1


def test_everything_since_a_moment_is_sent_again_with_what_was_not_wanted_then(
    desk: Services, receiver: Receiver
) -> None:
    endpoint = partner(desk, receiver, types=["invoice.archived"])
    before = register(desk, 1)
    happen(desk, before, "archived")
    send_all(desk)
    time.sleep(0.01)
    moment = time.time()
    entry = register(desk, 2)
    happen(desk, entry, "archived")
    send_all(desk)
    change_endpoint(desk, endpoint, Plan("财务系统", receiver.url), actor="管理员")
    receiver.got.clear()

    assert replay_since(desk, endpoint, moment, actor="管理员") == 1
    send_all(desk)

    assert {told["data"]["entry_id"] for told in receiver.got} == {entry}
    assert sorted(receiver.types(entry)) == ["invoice.archived", "invoice.registered"]


def test_what_was_never_on_its_way_cannot_be_sent_again(desk: Services, receiver: Receiver) -> None:
    endpoint = partner(desk, receiver)

    for replay in (
        lambda: replay_one(desk, endpoint, 1, actor="管理员"),
        lambda: replay_dead(desk, "nobody", actor="管理员"),
        lambda: replay_since(desk, "nobody", 0.0, actor="管理员"),
    ):
        with pytest.raises(NotFound):
            replay()
