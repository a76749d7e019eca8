"""Asking: from words, or a file, to one answer."""

from __future__ import annotations

import time
from collections.abc import Sequence

import sqlalchemy as sa

from intake.desk.policies import policy_at
from intake.desk.services import Services
from intake.desk.trace.answer import Json, answer
from intake.desk.trace.around import hidden, never_read, queue, unread
from intake.desk.trace.case import Case, Standing
from intake.desk.trace.fit import Fit, fit
from intake.desk.trace.lists import lists_loaded
from intake.desk.trace.looked import looked_at
from intake.desk.trace.search import search
from intake.desk.trace.subjects import File, Leads, Subject, load
from intake.desk.trace.timeline import refusal, timeline
from intake.desk.views import document_view
from intake.errors import IntakeError
from intake.store.database import reading
from intake.store.tables import documents
from models.clock import day_of
from models.document import UNFINISHED, State
from models.policy import Policy
from models.question import Question, parse_question
from models.sight import Sight


class NothingAsked(IntakeError):
    """There is nothing in the question that could be looked for."""


def trace(services: Services, text: str, sight: Sight) -> Json:
    """Answer where an invoice is, asked for in words: a number or part of it, names, amounts, days, regions.

    Raises:
        NothingAsked: see there.
    """
    return _answer(services, parse_question(text, day_of(time.time())), sight)


def trace_file(services: Services, sha256: str, filename: str, sight: Sight) -> Json:
    """Answer where the invoice of a file is: by its bytes; by its name, and the number in it, if they never came."""
    with reading(services.database) as connection:
        known = connection.execute(sa.select(documents.c.id).where(documents.c.sha256 == sha256).limit(1)).scalar()
    if known:
        return _answer(services, Question(filename, sha256=sha256), sight)
    named = parse_question(filename, day_of(time.time()))
    return _answer(services, Question(filename, figures=named.figures, words=(filename.casefold(),)), sight)


def _answer(services: Services, asked: Question, sight: Sight) -> Json:
    if asked.empty:
        raise NothingAsked(asked.text)
    now = time.time()
    with reading(services.database) as connection:
        policy = policy_at(connection, now)
        found = _weighed(connection, sight, asked, policy)
        best = next((one for one in found if one.enough or asked.vague), None)
        covert = None
        if not sight.everything and (best is None or _other_number(best)):
            covert = hidden(connection, asked)
        if covert:
            best = None
        elif best is None:
            best = next((Fit(one, 0.0, ()) for one in never_read(connection, sight, now)), None)
        case = Case(
            asked=asked,
            sight=sight,
            now=now,
            policy=policy,
            lists=lists_loaded(connection, sight),
            fit=best,
            hidden=covert,
            unread=unread(connection, sight),
            standing=_standing(services, sight, connection, best.subject.file, now)
            if best and best.subject.file
            else None,
        )
        happened = timeline(connection, best.subject) if best else []
        sources = looked_at(connection, sight, case, found)
    return answer(case, found, happened, sources)


def _other_number(best: Fit) -> bool:
    return any(one.what == "number" for one in best.differences)


def _weighed(connection: sa.Connection, sight: Sight, asked: Question, policy: Policy) -> list[Fit]:
    """What may be meant, the best first; of equals, what needs somebody, and then the newest."""
    subjects = load(connection, sight, search(connection, sight, asked))
    known = [one for subject in subjects for one in _first_time(connection, sight, subject)]
    fits = [fit(asked, one.with_first(asked), policy) for one in known]
    return sorted(fits, key=_order, reverse=True)


def _order(one: Fit) -> tuple[float, bool, float]:
    return one.score, one.subject.entry is None, one.subject.received_at or 0.0


def _first_time(connection: sa.Connection, sight: Sight, subject: Subject) -> Sequence[Subject]:
    """For the same bytes sent again: what was read in them the first time, with the later file beside it."""
    file = subject.file
    first = file.document["duplicate_of"] if file and file.invoice is None else None
    if file is None or first is None:
        return [subject]
    found = load(connection, sight, Leads(documents={first}))
    return [Subject(one.entry, (*one.files, file), one.rows) for one in found] or [subject]


def _standing(services: Services, sight: Sight, connection: sa.Connection, file: File, now: float) -> Standing:
    """Where the file that tells most stands, as far as its answer needs it."""
    document, invoice = file.document["id"], file.invoice
    returned = invoice is not None and file.state is State.REJECTED
    return Standing(
        view=document_view(services, sight, document),
        queue=queue(connection, file.document["received_at"], now) if file.state in UNFINISHED else None,
        refusal=refusal(connection, document, invoice["id"]) if invoice and returned else None,
    )
