"""A month of two companies: for every trouble in it, the answer that people get and the place in the reconciliation."""

from __future__ import annotations

import hashlib
import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake.check.policy import read_policy
from intake.desk.policies import install_policy
from intake.desk.receive import open_submission, receive
from intake.desk.reconciliation.run import reconcile
from intake.desk.services import Services
from intake.desk.settle import begin, settle
from intake.desk.trace.ask import trace, trace_file
from intake.pipeline import read_document
from intake.store.database import reading
from intake.store.history import verify
from intake.store.tables import entries, reconciliation_rows, tax_lists, tax_rows
from models.reconciliation import Bucket
from models.sight import EVERYTHING
from samples.month import FIRST, LAST, PLANTED, TODAY, Sent, Trouble, file_of, listed, month, pack
from samples.tax_list import full_query

COUNT = 3000
#: What people are answered, and where the invoice ends in the reconciliation; None: it is no matter of this list.
EXPECTED: dict[Trouble, tuple[str, Bucket | None]] = {
    Trouble.NONE: ("REGISTERED", Bucket.MATCHED),
    Trouble.NEVER_SENT: ("KNOWN_TO_TAX", Bucket.ONLY_LISTED),
    Trouble.NOT_LISTED: ("REGISTERED", Bucket.ONLY_HERE),
    Trouble.OTHER_TOTAL: ("REGISTERED", Bucket.DIFFERENT),
    Trouble.OTHER_DATE: ("REGISTERED", Bucket.DIFFERENT),
    Trouble.OTHER_BUYER: ("REGISTERED", Bucket.DIFFERENT),
    Trouble.LATER_RED: ("VOIDED", Bucket.DIFFERENT),
    Trouble.LATER_VOID: ("VOIDED", Bucket.DIFFERENT),
    Trouble.LISTED_TWICE: ("REGISTERED", Bucket.MATCHED),
    Trouble.NUMBER_RUINED: ("REGISTERED", Bucket.ONLY_HERE),
    Trouble.WRONG_SUM: ("REJECTED", Bucket.ONLY_LISTED),
    Trouble.NO_KIND: ("IN_REVIEW", Bucket.ONLY_LISTED),
    Trouble.SENT_TWICE: ("REGISTERED", Bucket.MATCHED),
    Trouble.STRANGER: ("REJECTED", None),
    Trouble.OLDER: ("OUT_OF_EXPORT", None),
}
#: Of what simply fits, so many are asked about.
_SAMPLE = 40


def bring(services: Services, sent: Sent, policy: object, scratch: Path) -> None:
    """Send an invoice in and read it, in this process as it is small; those sent twice come once more, renamed."""
    again = [b"\n"] if sent.trouble is Trouble.SENT_TWICE else []
    for tail in (b"", *again):
        submission = open_submission(services, sender="小王", door="folder")
        name = f"{sent.drawn.number}{'-2' if tail else ''}.xml"
        receipt = receive(
            services, io.BytesIO(file_of(sent) + tail), filename=name, submission_id=submission, sender="小王",
            express=False,
        )  # fmt: skip
        claim = begin(services, receipt.document_id)
        assert claim is not None
        path = scratch / "invoice.xml"
        path.write_bytes(file_of(sent) + tail)
        assert settle(services, claim, read_document(path, None, today=TODAY, policy=policy))  # type: ignore[arg-type]


def places_of(trouble: Trouble) -> set[str]:
    """The buckets of all rows of an invoice; the second row of one that is listed twice is explained by the first."""
    bucket = EXPECTED[trouble][1]
    again = {Bucket.EXPLAINED.value} if trouble is Trouble.LISTED_TWICE else set()
    return again | ({bucket.value} if bucket else set())


def key_of(sent: Sent) -> str:
    return "|".join(part for part in (sent.drawn.code, sent.drawn.number) if part)


def buckets(services: Services, run: str) -> Iterator[tuple[str, str]]:
    """Every invoice of a run by its key, and where it ended."""
    rows = reconciliation_rows.outerjoin(tax_rows, reconciliation_rows.c.tax_row_id == tax_rows.c.id).outerjoin(
        entries, reconciliation_rows.c.entry_id == entries.c.id
    )
    query = sa.select(sa.func.coalesce(entries.c.key, tax_rows.c.key), reconciliation_rows.c.bucket).select_from(rows)
    with reading(services.database) as connection:
        yield from (tuple(row) for row in connection.execute(query.where(reconciliation_rows.c.run_id == run)))


@pytest.mark.timeout(900)
def test_every_trouble_of_a_month_gets_its_answer_and_its_place(services: Services, tmp_path: Path) -> None:
    install_policy(services, pack(), actor="李会计")
    policy, sheet = read_policy(pack()), tmp_path / "全量发票查询导出结果.xlsx"
    invoices = list(month(COUNT))
    for sent in invoices:
        if sent.trouble is not Trouble.NEVER_SENT:
            bring(services, sent, policy, tmp_path)
    sheet.write_bytes(full_query([row for sent in invoices for row in listed(sent)]))
    run = reconcile(services, sheet, filename=sheet.name, actor="李会计")

    placed: dict[str, set[str]] = defaultdict(set)
    for key, bucket in buckets(services, run):
        placed[key].add(bucket)
    wrong = {
        (sent.trouble.value, *sorted(placed[key_of(sent)]))
        for sent in invoices
        if placed[key_of(sent)] != places_of(sent.trouble)
    }
    assert wrong == set()
    assert reconcile(services, sheet, filename=sheet.name, actor="李会计") == run

    fitting = [sent for sent in invoices if sent.trouble is Trouble.NONE][:: COUNT // _SAMPLE]
    asked = [*fitting, *(sent for sent in invoices if sent.trouble is not Trouble.NONE)]
    assert len(asked) >= sum(PLANTED.values())
    answered = {(sent.trouble.value, trace(services, sent.drawn.number, EVERYTHING)["code"]) for sent in asked}
    assert answered == {(trouble.value, code) for trouble, (code, _) in EXPECTED.items()}
    assert trace(services, "26119999999999999999", EVERYTHING)["code"] == "NOT_RECEIVED"
    twice = next(sent for sent in invoices if sent.trouble is Trouble.SENT_TWICE)
    second = hashlib.sha256(file_of(twice) + b"\n").hexdigest()
    assert trace_file(services, second, "again.xml", EVERYTHING)["code"] == "DUPLICATE"

    with reading(services.database) as connection:
        told = connection.execute(sa.select(tax_lists)).mappings().one()
        assert (told["first_day"], told["last_day"]) == (FIRST.isoformat(), LAST.isoformat())
        assert told["refused"].count("REC-NUMBER-ROUNDED") == PLANTED[Trouble.NUMBER_RUINED]
        assert verify(connection).ok
