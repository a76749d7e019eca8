"""Documents on their way through the desk, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake.bounded import read_bounded
from intake.desk.contest import contest
from intake.desk.corrections import StillWrong
from intake.desk.reasons import reason_text
from intake.desk.receive import TooLarge, open_submission, receive, retry
from intake.desk.review import NotInReview, confirm, refuse
from intake.desk.search import BadCursor, ledger_page, totals
from intake.desk.services import Services
from intake.desk.settle import Claim, begin, fail, settle
from intake.desk.sweep import sweep
from intake.desk.views import NotFound, document_view, history, submission_view
from intake.queue import JobQueue
from intake.store.blobs import original_key
from intake.store.database import migrate, reading
from intake.store.history import verify
from intake.store.tables import documents
from models.document import State
from models.kinds import Kind
from models.outcome import Outcome
from models.query import Query
from models.sight import EVERYTHING
from samples.forms import ticket_in_form
from samples.tickets import TICKETS
from tests.integration.invoices import einvoice, number

TODAY = dt.date(2026, 11, 24)


def bring(services: Services, content: bytes, name: str = "a.xml", sender: str = "小王") -> str:
    submission = open_submission(services, sender=sender, door="api")
    receipt = receive(
        services, io.BytesIO(content), filename=name, submission_id=submission, sender=sender, express=True
    )
    return receipt.document_id


def read(services: Services, claim: Claim, tmp_path: Path) -> Outcome:
    path = tmp_path / f"{claim.document_id}.xml"
    path.write_bytes(services.blobs.get(original_key(claim.sha256)))
    return read_bounded(path, None, scratch=tmp_path, today=TODAY)


def work(services: Services, document_id: str, tmp_path: Path) -> State:
    claim = begin(services, document_id)
    assert claim is not None
    assert settle(services, claim, read(services, claim, tmp_path))
    return state_of(services, document_id)


def state_of(services: Services, document_id: str) -> State:
    return State(document_view(services, EVERYTHING, document_id)["state"])


def test_a_good_invoice_ends_in_the_ledger(services: Services, tmp_path: Path) -> None:
    document = bring(services, einvoice(number(1)))
    assert work(services, document, tmp_path) is State.REGISTERED
    assert [row["invoice_number"] for row in ledger_page(services, EVERYTHING, Query()).rows] == [number(1)]


def test_a_sum_that_does_not_hold_is_returned_with_its_reason(services: Services, tmp_path: Path) -> None:
    document = bring(services, einvoice(number(2), total="107.00"))
    assert work(services, document, tmp_path) is State.REJECTED
    view = document_view(services, EVERYTHING, document)
    assert "AMT-SUM" in [reason["rule"] for reason in view["reasons"]]
    assert "107.00" in reason_text(view)


def test_the_same_bytes_again_are_a_duplicate_that_names_the_first(services: Services, tmp_path: Path) -> None:
    first = bring(services, einvoice(number(3)))
    work(services, first, tmp_path)
    second = bring(services, einvoice(number(3)))
    assert document_view(services, EVERYTHING, second)["duplicate_of"] == first
    assert state_of(services, second) is State.DUPLICATE


def test_the_same_invoice_in_another_file_of_its_format_is_a_duplicate(services: Services, tmp_path: Path) -> None:
    first = bring(services, einvoice(number(4)))
    work(services, first, tmp_path)
    again = bring(services, einvoice(number(4)) + b"\n")
    assert work(services, again, tmp_path) is State.DUPLICATE
    assert totals(services, EVERYTHING, Query()).count == 1


def test_one_number_with_other_figures_goes_to_a_person(services: Services, tmp_path: Path) -> None:
    work(services, bring(services, einvoice(number(5))), tmp_path)
    other = bring(services, einvoice(number(5), total="212.00", amount="200.00", tax="12.00"))
    assert work(services, other, tmp_path) is State.IN_REVIEW


def test_two_workers_that_settle_one_number_at_once_make_one_entry(services: Services, tmp_path: Path) -> None:
    ids = [bring(services, einvoice(number(6)) + b"\n" * extra) for extra in range(4)]
    claims = [begin(services, one) for one in ids]
    outcomes = [(claim, read(services, claim, tmp_path)) for claim in claims if claim]
    threads = [threading.Thread(target=settle, args=(services, claim, outcome)) for claim, outcome in outcomes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = sorted(state_of(services, one).value for one in ids)
    assert states == ["duplicate", "duplicate", "duplicate", "registered"]
    assert totals(services, EVERYTHING, Query()).count == 1


def test_the_result_of_a_late_twin_is_dropped(services: Services, tmp_path: Path) -> None:
    document = bring(services, einvoice(number(7)))
    late = begin(services, document)
    assert late is not None
    outcome = read(services, late, tmp_path)
    with services.database.begin() as connection:
        connection.execute(documents.update().values(lease_until=0.0))
    sweep(services)
    assert work(services, document, tmp_path) is State.REGISTERED
    assert settle(services, late, outcome) is False


def test_a_document_in_one_workers_hands_is_not_given_to_another(services: Services) -> None:
    document = bring(services, einvoice(number(8)))
    assert begin(services, document) is not None
    assert begin(services, document) is None


def test_three_failed_attempts_end_as_failed_and_can_be_retried(services: Services) -> None:
    document = bring(services, einvoice(number(9)))
    for _ in range(3):
        claim = begin(services, document)
        assert claim is not None
        fail(services, claim, "out of disk")
    assert state_of(services, document) is State.FAILED
    assert retry(services, document, actor="小王")
    assert state_of(services, document) is State.QUEUED


def test_a_flushed_queue_is_filled_again_from_the_database(services: Services) -> None:
    bring(services, einvoice(number(10)))
    services.queue.connection.flushall()
    with services.database.begin() as connection:
        connection.execute(documents.update().values(updated_at=0.0))
    assert sweep(services) == 1
    assert services.queue.depth()["express"] == 1


def test_an_upload_succeeds_while_redis_is_away(services: Services) -> None:
    away = dataclasses.replace(services, queue=JobQueue("redis://127.0.0.1:1/0"))
    document = bring(away, einvoice(number(11)))
    assert state_of(services, document) is State.RECEIVED


def test_a_file_over_the_limit_leaves_nothing_behind(services: Services) -> None:
    submission = open_submission(services, sender="小王", door="api")
    endless = (b"x" * 2**20 for _ in range(1000))
    with pytest.raises(TooLarge):
        receive(services, endless, filename="big", submission_id=submission, sender="小王", express=True)
    assert submission_view(services, EVERYTHING, submission)["documents"] == []


def test_a_submission_with_a_known_key_is_the_same_submission(services: Services) -> None:
    first = open_submission(services, sender="小王", door="app", client_key="phone-1")
    assert open_submission(services, sender="小王", door="app", client_key="phone-1") == first


def test_sending_a_file_twice_in_one_submission_gives_the_first_receipt(services: Services) -> None:
    submission = open_submission(services, sender="小王", door="app")
    receipts = [
        receive(services, [einvoice(number(12))], filename="a", submission_id=submission, sender="", express=True)
        for _ in range(2)
    ]
    assert receipts[0].document_id == receipts[1].document_id


def test_a_person_confirms_with_a_correction(services: Services, tmp_path: Path) -> None:
    document = bring(services, einvoice(number(13)).replace("普通发票".encode(), b"").replace(b">02<", b"><"))
    assert work(services, document, tmp_path) is State.IN_REVIEW
    (invoice,) = document_view(services, EVERYTHING, document)["invoices"]
    confirm(services, invoice["id"], actor="李会计", corrections={"drawer": "王五"}, kind=Kind.DIGITAL_NORMAL)
    assert state_of(services, document) is State.REGISTERED
    assert "confirmed" in [one.what for one in history(services, EVERYTHING, document_id=document)]


def test_a_person_cannot_wave_through_a_sum_that_does_not_hold(services: Services, tmp_path: Path) -> None:
    document = bring(services, einvoice(number(14), total="107.00"))
    work(services, document, tmp_path)
    (invoice,) = document_view(services, EVERYTHING, document)["invoices"]
    assert contest(services, invoice["id"], actor="小王", words="票面如此")
    with pytest.raises(StillWrong):
        confirm(services, invoice["id"], actor="李会计", corrections={})
    assert refuse(services, invoice["id"], actor="李会计", reason="wrong_figures") is State.REJECTED
    assert state_of(services, document) is State.REJECTED


def test_a_settled_invoice_cannot_be_decided_again(services: Services, tmp_path: Path) -> None:
    document = bring(services, einvoice(number(15)))
    work(services, document, tmp_path)
    (invoice,) = document_view(services, EVERYTHING, document)["invoices"]
    with pytest.raises(NotInReview):
        refuse(services, invoice["id"], actor="李会计", reason="other")


def test_the_events_of_a_document_make_a_chain(services: Services, tmp_path: Path) -> None:
    work(services, bring(services, einvoice(number(16))), tmp_path)
    with reading(services.database) as connection:
        assert verify(connection).ok


def test_the_ledger_pages_without_gaps_or_repeats(services: Services, tmp_path: Path) -> None:
    for serial in range(20, 25):
        work(services, bring(services, einvoice(number(serial))), tmp_path)
    seen, cursor = [], ""
    while True:
        page = ledger_page(services, EVERYTHING, Query(), cursor=cursor, limit=2)
        seen += [row["invoice_number"] for row in page.rows]
        if page.next is None:
            break
        cursor = page.next
    assert seen == [number(serial) for serial in range(24, 19, -1)]


def test_a_cursor_of_somebody_else_is_refused(services: Services) -> None:
    with pytest.raises(BadCursor):
        ledger_page(services, EVERYTHING, Query(), cursor="bm9uc2Vuc2U=")


def test_what_does_not_exist_is_said_to_be_missing(services: Services) -> None:
    with pytest.raises(NotFound):
        document_view(services, EVERYTHING, "nothing")


def test_migrations_lead_to_the_tables_of_the_code(services: Services) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from intake.store.entry_index import BESIDE
    from intake.store.tables import metadata

    migrate(services.database)
    ours = {"include_name": lambda name, kind, parents: not BESIDE.match(name or "")}
    with services.database.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts=ours), metadata)
        connection.execute(sa.text("SELECT 1"))
    assert differences == []


@pytest.mark.parametrize("name", ["rail", "fiscal", "general", "used-car"])
def test_kinds_outside_the_vat_form_end_in_the_ledger(name: str, services: Services, tmp_path: Path) -> None:
    ticket = TICKETS[name](61)
    document = bring(services, ticket_in_form(ticket, "pdf", 61), f"{name}.pdf")
    assert work(services, document, tmp_path) is State.REGISTERED
    (row,) = ledger_page(services, EVERYTHING, Query()).rows
    assert (row["kind"], row["total"]) == (ticket.kind.value, ticket.fields["total"])


def test_a_paper_itinerary_is_entered_by_the_number_of_its_ticket(services: Services, tmp_path: Path) -> None:
    ticket = TICKETS["air-paper"](62)
    document = bring(services, ticket_in_form(ticket, "pdf", 62), "itinerary.pdf")
    assert work(services, document, tmp_path) is State.IN_REVIEW
    (invoice,) = document_view(services, EVERYTHING, document)["invoices"]
    assert set(invoice["asked"]) == {"ticket_number", "issue_date", "total"}
    confirm(services, invoice["id"], actor="老李", corrections={})
    (row,) = ledger_page(services, EVERYTHING, Query()).rows
    assert row["invoice_number"] == ticket.fields["ticket_number"]
