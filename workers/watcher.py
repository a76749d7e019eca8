"""The folder door: takes in what falls into a folder, and puts each file where its outcome belongs.

A file is taken once its size and time are still; taking is one rename into ``processing/``, so no file is read twice
or half. Afterwards it lies in ``registered/``, ``review/``, ``rejected/`` or ``duplicate/``, with a ``.reason.txt``
beside it when it came back, and a ``.reason.webp`` that shows the place. What cannot be taken in stays where it is;
nothing is ever deleted. Every few seconds the watcher tells what it found, stuck files by name.

Several may watch one folder, on one machine or many: one of them works, the others wait until it has gone.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
import structlog

from intake.desk.folders import Look, Stuck, identity_of, note_look
from intake.desk.people import person_named, service_person
from intake.desk.pictures import annotated
from intake.desk.reasons import reason_text
from intake.desk.receive import TooLarge, open_submission, receive
from intake.desk.services import Services
from intake.desk.views import Json, NotFound, document_view
from intake.settings import Settings
from intake.store.turns import Turn
from intake.wiring import build_services
from models.document import State
from models.sight import Sight

log = structlog.get_logger()
_OUTCOMES = {
    State.REGISTERED: "registered",
    State.IN_REVIEW: "review",
    State.REJECTED: "rejected",
    State.FAILED: "review",
    State.DUPLICATE: "duplicate",
}
_OWN = frozenset({"processing", *_OUTCOMES.values()})
_JUNK = (".", "~$", "Thumbs.db", "desktop.ini")
_UNFINISHED = (".part", ".tmp", ".crdownload", ".reason.txt", ".reason.webp")
_CHUNK = 2**20
#: How often the watcher tells of itself, and tries again what could not be read or moved.
_TELL_SECONDS, _AGAIN_SECONDS = 5.0, 30.0


class Unreadable(Exception):
    """A file that was taken cannot be read; the others can."""


@dataclass(slots=True)
class Seen:
    """A file that lies in the folder: how it was last, unchanged since when (monotonic), there since when."""

    size: int
    modified: int
    still: float
    first: float


@dataclass(slots=True)
class Watch:
    """One watched folder: in whose name it sends, what was seen of its files, which documents came of those taken."""

    folder: Path
    name: str
    seen: dict[Path, Seen] = field(default_factory=dict)
    taken: dict[Path, str] = field(default_factory=dict)
    #: Since when the document of a taken file has been there without an outcome.
    waits: dict[Path, float] = field(default_factory=dict)
    #: What could not be read or moved, and when (monotonic) it was tried last.
    troubles: dict[Path, Stuck] = field(default_factory=dict)
    tried: dict[Path, float] = field(default_factory=dict)
    told: float | None = None


def run(folder: Path, name: str, stop: threading.Event) -> None:
    """Watch a folder until told to stop; what lies in it is sent under ``name``."""
    settings = Settings()
    services = build_services(settings)
    sender = service_person(services, name).name
    turn, working, watch = Turn(services.database, settings.var), False, open_watch(folder, sender)
    while not stop.wait(0.5):
        kept_from = None
        try:
            if not turn.mine(identity_of(folder)):
                working = False
                continue
            if not working:
                log.info("watches", folder=folder.name)
                working, watch = True, open_watch(folder, sender)
            step(services, watch)
        except (OSError, sa.exc.OperationalError) as trouble:
            kept_from = type(trouble).__name__
            log.warning("watch_waits", folder=folder.name, trouble=kept_from)
        with contextlib.suppress(sa.exc.OperationalError):  # the database is away: said already, told when it is back
            tell(services, watch, kept_from)


def open_watch(folder: Path, name: str) -> Watch:
    """Prepare a folder and take up again what an earlier run had taken but not finished."""
    for outcome in sorted(_OWN):
        (folder / outcome).mkdir(parents=True, exist_ok=True)
    return Watch(folder, name)


def step(services: Services, watch: Watch) -> None:
    """Look at the folder once: take what is still, hand in what was taken, put away what is done."""
    if person_named(services, watch.name).disabled:
        return  # shut out: nothing is taken, and everything stays where it is
    for path in _still(watch, services.settings.stable_seconds):
        _claim(watch, path)
    processing = [path for path in sorted((watch.folder / "processing").iterdir()) if path.is_file()]
    for path in processing:
        if path not in watch.taken and _due(watch, path):
            _hand_in(services, watch, path)
    for gone in watch.taken.keys() - set(processing):  # somebody took it away
        watch.taken.pop(gone)
        watch.waits.pop(gone, None)
    for path, document_id in list(watch.taken.items()):
        _put_away(services, watch, path, document_id)
    for gone in watch.troubles.keys() - watch.seen.keys() - set(processing):
        _well(watch, gone)


def tell(services: Services, watch: Watch, trouble: str | None = None) -> None:
    """Tell what lies here and what is stuck, if that was not told a moment ago."""
    now = time.monotonic()
    if watch.told is not None and now - watch.told < _TELL_SECONDS:
        return
    stuck = tuple(_stuck(watch, services.settings.stuck_seconds))
    note_look(services, watch.folder, watch.name, Look(len(watch.seen), len(watch.taken), stuck, trouble))
    watch.told = now


def _stuck(watch: Watch, seconds: float) -> Iterator[Stuck]:
    """What cannot be read or moved, keeps changing, or waits for its outcome too long."""
    before = time.time() - seconds
    yield from watch.troubles.values()
    for path, seen in watch.seen.items():
        if seen.first <= before and path not in watch.troubles:
            yield Stuck(path.name, "growing", seen.first)
    for path, since in watch.waits.items():
        if since <= before:
            yield Stuck(path.name, "waiting", since)


def _note_trouble(watch: Watch, path: Path, why: str, trouble: BaseException | None) -> None:
    if path not in watch.troubles:
        log.warning("not_taken", file=path.suffix, why=why, trouble=type(trouble).__name__)
        watch.troubles[path] = Stuck(path.name, why, time.time())
    watch.tried[path] = time.monotonic()


def _well(watch: Watch, path: Path) -> None:
    watch.troubles.pop(path, None)
    watch.tried.pop(path, None)


def _due(watch: Watch, path: Path) -> bool:
    """Whether a file is to be tried: not again at once after it could not be read or moved."""
    return path not in watch.troubles or time.monotonic() - watch.tried[path] >= _AGAIN_SECONDS


def _still(watch: Watch, seconds: float) -> Iterator[Path]:
    now = time.monotonic()
    present = {
        path for path in watch.folder.iterdir() if path.is_file() and not path.is_symlink() and _wanted(path.name)
    }
    for path in present:
        stat = path.stat()
        known = watch.seen.setdefault(path, Seen(stat.st_size, stat.st_mtime_ns, now, time.time()))
        if (known.size, known.modified) != (stat.st_size, stat.st_mtime_ns):
            known.size, known.modified, known.still = stat.st_size, stat.st_mtime_ns, now
        elif now - known.still >= seconds and _due(watch, path):
            yield path
    for gone in watch.seen.keys() - present:
        del watch.seen[gone]


def _wanted(name: str) -> bool:
    return not name.startswith(_JUNK) and not name.lower().endswith(_UNFINISHED)


def _claim(watch: Watch, path: Path) -> None:
    target = _free(watch.folder / "processing" / path.name)
    try:
        path.rename(target)
    except OSError as trouble:
        _note_trouble(watch, path, "held", trouble)
        return
    watch.seen.pop(path, None)
    _well(watch, path)


def _hand_in(services: Services, watch: Watch, path: Path) -> None:
    """Receive one file; the same file under the same name is one submission, so a restart brings no second one."""
    stat = path.stat()
    mark = hashlib.sha256(f"{watch.name}|{path.resolve()}|{stat.st_ino}|{stat.st_mtime_ns}".encode()).hexdigest()
    person = person_named(services, watch.name)
    submission = open_submission(
        services, sender=person.name, door="folder", client_key=f"folder:{mark}", department=person.rights.department
    )
    try:
        receipt = receive(
            services, _chunks(path), filename=path.name, submission_id=submission, sender=person.name, express=False
        )
    except TooLarge as refusal:
        _move_back(
            watch,
            path,
            State.REJECTED,
            f"{path.name}\n文件超过 {refusal.limit} 字节。/ Larger than {refusal.limit} bytes.\n",
        )
        return
    except Unreadable as trouble:
        _note_trouble(watch, path, "unreadable", trouble.__cause__)
        return
    _well(watch, path)
    watch.taken[path] = receipt.document_id


def _chunks(path: Path) -> Iterator[bytes]:
    """The file piece by piece.

    Raises:
        Unreadable: it could not be opened or read on.
    """
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as trouble:
        raise Unreadable from trouble


def _put_away(services: Services, watch: Watch, path: Path, document_id: str) -> None:
    try:
        view = document_view(services, Sight(watch.name), document_id)
    except NotFound:
        del watch.taken[path]
        watch.waits.pop(path, None)
        return
    state = State(view["state"])
    if state in _OUTCOMES:
        registered = state is State.REGISTERED
        target = _move_back(watch, path, state, None if registered else reason_text(view))
        if not registered:
            _mark(services, view, target)
        watch.taken.pop(path, None)
        watch.waits.pop(path, None)
    else:
        watch.waits[path] = view["received_at"]


def _mark(services: Services, view: Json, target: Path) -> None:
    """Lay the page beside the file, with a frame around what keeps it from the ledger, where there is such a place."""
    grave = (one for one in view["reasons"] if one["severity"] in ("reject", "review"))
    pages = {place["page"] for one in grave for place in one["places"]}
    if not pages:
        return
    # A page that was read from data alone has boxes of lines but no stored picture.
    with contextlib.suppress(FileNotFoundError):
        picture = annotated(services, view["sha256"], min(pages), view["reasons"])
        target.with_name(target.name + ".reason.webp").write_bytes(picture)


def _move_back(watch: Watch, path: Path, state: State, text: str | None) -> Path:
    target = _free(watch.folder / _OUTCOMES[state] / path.name)
    if text:
        target.with_name(target.name + ".reason.txt").write_text(text, encoding="utf-8")
    path.rename(target)
    return target


def _free(target: Path) -> Path:
    """Find a name that is not taken yet: ``a.pdf``, then ``a (2).pdf``."""
    free, number = target, 2
    while free.exists():
        free = target.with_name(f"{target.stem} ({number}){target.suffix}")
        number += 1
    return free
