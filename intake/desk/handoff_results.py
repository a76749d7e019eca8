"""What the tax authority answered, brought back: from a file of results into the life of the entries.

Whatever fetches results speaks ``ResultSource``; the one that the service comes with reads a table that people filled
in. Bringing results in is off until the operator allows it (``SHOUPIAO_VERIFICATION_RESULTS``).
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from intake.desk.seen import entries_seen
from intake.desk.services import Services
from intake.errors import IntakeError, UnreadableInput
from intake.source.archive import Package
from intake.source.opened import Limits
from intake.store.entries import change
from intake.store.tables import checks, entries
from intake.tax_list.cells import BadCell, Cell, digits_of, text_of
from intake.tax_list.header import column_named
from intake.tax_list.sheets import open_sheets
from models.clock import SHANGHAI, day_of
from models.handoff import Reply, parse_reply, too_early
from models.kinds import Kind
from models.sight import Sight
from models.tax_list import plain

MOST_BYTES, MOST_ROWS = 5 * 2**20, 20_000
_LIMITS = Limits(members=200, unpacked=64 * 2**20, ratio=500)
_CHUNK = 200
_HEADERS = 20
#: How the two columns are called that lists of invoices do not have.
_RESULT = frozenset({"查验结果", "结果", "验真结果", "result"})
_CHECKED_AT = frozenset({"查验时间", "查验日期", "验真时间", "checked_at"})


class ResultsOff(IntakeError):
    """Nobody has allowed results to be brought in."""


class UnreadableResults(IntakeError):
    """The file is no table of results, or is too large."""


@dataclass(frozen=True, slots=True)
class Result:
    """One answer. ``key`` is that of the ledger, ``word`` what was written, ``at`` when it was asked, if known."""

    line: int
    key: str
    reply: Reply
    word: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that could not be taken: ``number``, ``result`` or ``time`` is not one, or the ``entry`` is not known."""

    line: int
    why: str
    text: str


class ResultSource(Protocol):
    """Something that brings results: a file, or whatever asks a platform on behalf of a company."""

    @property
    def name(self) -> str:
        """What it is called in the history."""
        ...

    def results(self) -> Iterable[Result | Refused]:
        """The results, in any order. Raises: UnreadableResults."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of results: verified entries, answers that say nothing of the invoice, known ones, refused lines."""

    verified: int
    noted: int
    known: int
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A CSV or XLSX table with columns for the number (and code), the result, and perhaps its time."""

    name: str
    content: bytes = field(repr=False)

    def results(self) -> Iterator[Result | Refused]:
        """Read line after line.

        Raises:
            UnreadableResults: it is no table, lacks a column, or is over the bounds.
        """
        for rows in self._sheets():
            columns: dict[str, int] = {}
            for line, row in enumerate(rows, 1):
                if line > MOST_ROWS:
                    raise UnreadableResults(f"more than {MOST_ROWS} rows")
                if columns:
                    yield from _read(line, row, columns)
                elif line <= _HEADERS:
                    columns = _columns(row)
            if columns:
                return
        raise UnreadableResults("no columns of numbers and results")

    def _sheets(self) -> list[Iterator[list[Cell]]]:
        if len(self.content) > MOST_BYTES:
            raise UnreadableResults(f"more than {MOST_BYTES} bytes")
        try:
            if self.content.startswith(b"PK"):
                package = Package(self.content, _LIMITS, "FILE-ARCHIVE")
                for name in package.names:
                    package.read(name)
            with tempfile.NamedTemporaryFile() as file:
                file.write(self.content)
                file.flush()
                return [sheet.rows() for sheet in open_sheets(Path(file.name))]
        except UnreadableInput as trouble:
            raise UnreadableResults(trouble.rule) from trouble


def take_results(services: Services, source: ResultSource, sight: Sight, *, actor: str) -> Taken:
    """Bring results in: each one counts for its day, and what it says of the invoice becomes an event of its entry.

    The same result twice is known. "Not found" too soon after the day of issue is noted and changes nothing.

    Raises:
        ResultsOff: it is not allowed. UnreadableResults: the source cannot be read.
    """
    if not services.settings.verification_results:
        raise ResultsOff(source.name)
    told = list(source.results())
    refused = [one for one in told if isinstance(one, Refused)]
    outcomes: list[str] = []
    given = [one for one in told if isinstance(one, Result)]
    for start in range(0, len(given), _CHUNK):
        with services.database.begin() as connection:
            for one in given[start : start + _CHUNK]:
                outcomes.append(_take(connection, one, sight, actor, source.name))
                if outcomes[-1] == "entry":
                    refused.append(Refused(one.line, "entry", one.key))
    count = {name: outcomes.count(name) for name in ("verified", "noted", "known")}
    return Taken(**count, refused=tuple(sorted(refused, key=lambda one: one.line)))


def _take(connection: sa.Connection, one: Result, sight: Sight, actor: str, source: str) -> str:
    found = sa.select(entries.c.id, entries.c.kind, entries.c.issue_date).where(
        entries.c.key == one.key, entries.c.withdrawn_at.is_(None), entries_seen(sight)
    )
    entry = connection.execute(found).one_or_none()
    if entry is None:
        return "entry"
    at = one.at if one.at is not None else time.time()
    if not _count(connection, entry.id, one, at, actor):
        return "known"
    issued = dt.date.fromisoformat(entry.issue_date) if entry.issue_date else None
    early = one.reply is Reply.NOT_FOUND and too_early(Kind(entry.kind), issued, at)
    if one.reply.verification is None or early:
        return "noted"
    details = {"result": one.reply.verification.value, "checked_at": at, "word": one.word, "source": source}
    change(connection, entry.id, "verified", actor=actor, details=details)
    return "verified"


def _count(connection: sa.Connection, entry_id: str, one: Result, at: float, actor: str) -> bool:
    """Count a check on its day, once: one that was noted when it began is completed. False: it is known."""
    day = day_of(at).isoformat()
    same = sa.and_(checks.c.entry_id == entry_id, checks.c.day == day)
    answered = sa.and_(same, checks.c.result == one.reply.value)
    if one.at is not None:
        answered = sa.and_(answered, checks.c.at == at)
    if connection.execute(sa.select(checks.c.id).where(answered).limit(1)).first():
        return False
    begun = sa.select(checks.c.id).where(same, checks.c.result.is_(None)).order_by(checks.c.at).limit(1)
    waiting = connection.execute(begun).scalar()
    values = {"result": one.reply.value, "at": at}
    if waiting is not None:
        connection.execute(checks.update().where(checks.c.id == waiting).values(**values))
    else:
        connection.execute(checks.insert().values(entry_id=entry_id, day=day, actor=actor, **values))
    return True


def _columns(row: Sequence[Cell]) -> dict[str, int]:
    """The places of the columns, where a row names a number and a result; else nothing."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        name = plain(text_of(cell)).casefold()
        known = "result" if name in _RESULT else "checked_at" if name in _CHECKED_AT else column_named(text_of(cell))
        if known:
            found.setdefault(known, place)
    return found if "result" in found and {"invoice_number", "digital_number"} & found.keys() else {}


def _read(line: int, row: Sequence[Cell], columns: Mapping[str, int]) -> Iterator[Result | Refused]:
    """One line; nothing where no result is written, as people fill a list in little by little."""
    cells = {name: row[place] for name, place in columns.items() if place < len(row)}
    word = text_of(cells.get("result"))
    if not word:
        return
    reply = parse_reply(word)
    if reply is None:
        yield Refused(line, "result", word)
        return
    try:
        number = digits_of(cells.get("digital_number")) or digits_of(cells.get("invoice_number"))
        code = digits_of(cells.get("invoice_code"))
    except BadCell as trouble:
        yield Refused(line, "number", str(trouble))
        return
    at, written = _moment(cells.get("checked_at")), text_of(cells.get("checked_at"))
    if not number or (written and at is None):
        yield Refused(line, "time" if number else "number", written)
        return
    yield Result(line, number if len(number) == 20 or not code else f"{code}|{number}", reply, word, at)


def _moment(cell: Cell | None) -> float | None:
    if isinstance(cell, dt.datetime):
        return cell.replace(tzinfo=SHANGHAI).timestamp()
    if isinstance(cell, dt.date):
        return dt.datetime.combine(cell, dt.time(12), SHANGHAI).timestamp()
    text = text_of(cell).replace("/", "-")
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp() if text else None
    except ValueError:
        return None
