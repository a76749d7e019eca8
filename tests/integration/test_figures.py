"""The figures of the first page and of the page of those who run the service, on both databases."""

from __future__ import annotations

import json
import re
import time

import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.figures import by_day, listed, today, top_reasons
from intake.desk.health import counts
from intake.desk.receive import open_submission, receive
from intake.desk.services import Services
from intake.desk.statistics import note_findings
from intake.desk.versions import room, versions
from intake.desk.workload import workload
from intake.store.history import move
from intake.store.tables import alarms, documents, entries
from models.clock import day_of
from models.document import State
from models.finding import Finding, Severity
from models.sight import EVERYTHING, Sight
from tests.integration.invoices import number
from tests.integration.people import boss, key_headers
from tests.integration.tracing import entered, load_list, row

DAY = 86_400.0


def sent(services: Services, name: str, sender: str = "王") -> str:
    batch = open_submission(services, sender=sender, door="page")
    receipt = receive(
        services, [name.encode()], filename=name, submission_id=batch, sender=sender, express=True
    )  # fmt: skip
    return receipt.document_id


def returned(services: Services, name: str, rule: str, sender: str = "王") -> str:
    document = sent(services, name, sender)
    with services.database.begin() as connection:
        move(connection, document, State.PROCESSING, actor="worker")
        move(connection, document, State.REJECTED, actor="worker", reason=rule)
        note_findings(connection, document, [Finding(rule, Severity.REJECT)], None)
    return document


def moved_back(services: Services, document: str, seconds: float) -> None:
    then = time.time() - seconds
    with services.database.begin() as connection:
        mine = documents.c.id == document
        connection.execute(documents.update().where(mine).values(received_at=then, updated_at=then))


def test_today_counts_what_came_and_what_waits(services: Services) -> None:
    waiting = sent(services, "new.pdf")
    moved_back(services, sent(services, "old.pdf"), 3 * DAY)
    figures = today(services, EVERYTHING)
    assert (figures.received, figures.registered, figures.waiting) == (1, 0, 2)
    assert figures.oldest is not None
    assert 3 * DAY <= figures.oldest < 3 * DAY + 60

    with services.database.begin() as connection:
        move(connection, waiting, State.PROCESSING, actor="worker")
    assert today(services, EVERYTHING).waiting == 2


def test_each_day_has_its_own_count_and_the_last_one_is_today(services: Services) -> None:
    returned(services, "today.pdf", "SUM-TOTAL")
    moved_back(services, returned(services, "before.pdf", "SUM-TOTAL"), 5 * DAY)
    moved_back(services, returned(services, "long ago.pdf", "SUM-TOTAL"), 40 * DAY)
    days = by_day(services, EVERYTHING)
    assert len(days) == 30
    assert [place for place, one in enumerate(days) if one.returned] == [24, 29]
    assert {one.returned for one in days} == {0, 1}


def test_the_most_frequent_reason_comes_first(services: Services) -> None:
    for name, rule in (("a", "R-1"), ("b", "R-2"), ("c", "R-2")):
        returned(services, name, rule)
    assert [(one.rule, one.count) for one in top_reasons(services, EVERYTHING)] == [("R-2", 2), ("R-1", 1)]
    assert [one.rule for one in top_reasons(services, EVERYTHING, limit=1)] == ["R-2"]


def test_nobody_counts_what_is_not_for_their_eyes(services: Services) -> None:
    returned(services, "mine", "R-1", sender="李")
    returned(services, "theirs", "R-2", sender="王")
    sight = Sight(name="李", companies=frozenset(), departments=frozenset())
    assert today(services, sight).received == 1
    assert [one.rule for one in top_reasons(services, sight)] == ["R-1"]
    assert sum(one.returned for one in by_day(services, sight)) == 1
    assert not listed(services, sight)


def test_the_work_is_parted_by_what_there_is_to_do(services: Services) -> None:
    waiting, running, stuck, failed = (sent(services, name) for name in ("w", "r", "s", "f"))
    returned(services, "d", "R-1")
    with services.database.begin() as connection:
        for document in (running, failed):
            move(connection, document, State.PROCESSING, actor="worker")
        move(connection, failed, State.FAILED, actor="worker", reason="out of memory")
    moved_back(services, stuck, 3600.0)

    groups = {group.name: group for group in workload(services)}
    assert {name: [job.id for job in group.jobs] for name, group in groups.items() if name != "done"} == {
        "stuck": [stuck],
        "failed": [failed],
        "running": [running],
        "waiting": [waiting],
    }
    assert groups["done"].count == 1
    assert groups["failed"].jobs[0].reason == "out of memory"
    assert sum(group.count for group in groups.values()) == sum(counts(services).values())


def test_a_long_list_is_cut_and_its_count_stays_whole(services: Services) -> None:
    for name in ("1", "2", "3"):
        sent(services, name)
    waiting = next(group for group in workload(services, limit=2) if group.name == "waiting")
    assert (waiting.count, len(waiting.jobs)) == (3, 2)


def test_versions_name_the_tables_and_the_disk_has_room(services: Services) -> None:
    told = versions(services)
    assert told[services.database.dialect.name].isdigit()
    assert {"Python", "sqlalchemy", "fastapi"} <= told.keys()
    assert 0 < room(services).free <= room(services).total


def test_what_failed_is_tried_again_from_the_page_of_operations(services: Services) -> None:
    failed = sent(services, "f.pdf")
    with services.database.begin() as connection:
        move(connection, failed, State.PROCESSING, actor="worker")
        move(connection, failed, State.FAILED, actor="worker", reason="out of memory")
    with TestClient(create_app(services), headers=key_headers(services, boss(services))) as client:
        page = client.get("/operations").text
        assert f'action="/operations/documents/{failed}/retry"' in page
        assert "out of memory" in page
        client.post(f"/operations/documents/{failed}/retry")
        assert f'action="/operations/documents/{failed}/retry"' not in client.get("/operations").text
    assert counts(services) == {State.QUEUED.value: 1}


def test_the_first_page_is_calm_where_nothing_happened_yet(services: Services) -> None:
    with TestClient(create_app(services), headers=key_headers(services, boss(services))) as client:
        page = client.get("/?lang=en").text
    assert "Nothing needs you." in page
    assert '<svg class="plot"' not in page
    assert "No list of the tax authority was loaded" in page


def test_the_first_page_names_what_is_missing_and_what_became_known(services: Services) -> None:
    issued = day_of(time.time()).isoformat()
    long_ago = row(number(4), issue_date="2020-01-02")
    load_list(services, *(row(number(serial), issue_date=issued) for serial in (1, 2, 3)), long_ago)
    entered(services, number(1))
    with services.database.begin() as connection:
        entry = connection.execute(sa.select(entries.c.id)).scalar_one()
        connection.execute(
            alarms.insert().values(at=time.time(), rule="VER-VOID", entry_id=entry, params=json.dumps({}))
        )
    with TestClient(create_app(services), headers=key_headers(services, boss(services))) as client:
        page = re.sub(r"\s+", " ", client.get("/").text)
    assert '<th scope="row">北京</th><td class="num">2</td><td class="num">3</td>' in page
    assert f'<a href="/ledger?q={number(1)}">' in page
    assert "没有需要处理的事" not in page
