"""What the doctor looks at around the service: Redis, clocks, folders, open files, roots, backups."""

from __future__ import annotations

import contextlib
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from intake.cli.looked import Level, Line

if TYPE_CHECKING:
    import redis
    import sqlalchemy as sa

    from intake.settings import Settings

#: Below this RQ misses commands that it needs.
_REDIS = (6, 2)
#: Leases and sessions are counted by the clocks of several machines: so many seconds apart is odd, and wrong.
_ODD_SECONDS, _WRONG_SECONDS = 2.0, 30.0
_FEW_FILES, _TOO_FEW_FILES = 1024, 256
_DAY_AND_A_HALF = 36 * 3600.0


def open_files(_settings: Settings) -> Line:
    """How many files a process may hold open: each browser that watches a page holds one."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    seen = f"{allowed} may be open in a process"
    mend = "ulimit -n 65536, or LimitNOFILE= in the unit"
    if allowed < _TOO_FEW_FILES:
        return Line("files", Level.FAIL, seen, mend)
    return Line("files", Level.WARN, seen, mend) if allowed < _FEW_FILES else Line("files", Level.OK, seen)


def redis_server(settings: Settings) -> Line:
    """Whether there is a Redis, new enough, that keeps what it is given."""
    from intake.errors import StorageUnavailable
    from intake.redis_server import find_server

    if settings.redis_url:
        return _at(_redis(settings.redis_url, settings.redis_ca_file))
    try:
        return Line("redis", Level.OK, f"up will start {find_server()}")
    except StorageUnavailable as trouble:
        return Line("redis", Level.FAIL, str(trouble), "apt-get install redis-server, or set REDIS_URL")


def mailbox(settings: Settings) -> Line:
    """Whether the mailbox lets us in, and has the folder that is looked into."""
    import imaplib

    from intake.mailbox import opened

    if settings.mail is None:
        return Line("mailbox", Level.OK, "none is set")
    try:
        with opened(settings.mail, timeout=5):
            return Line("mailbox", Level.OK, f"{settings.mail.folder} on {settings.mail.host} opens")
    except imaplib.IMAP4.error as trouble:
        mend = "look at SHOUPIAO_MAIL__USER, __PASSWORD and __FOLDER; many providers want a password made for programs"
        return Line("mailbox", Level.FAIL, f"the server refuses: {trouble}", mend)
    except OSError as trouble:
        mend = "look at SHOUPIAO_MAIL__HOST, __PORT and __TLS, and at the firewall between"
        return Line("mailbox", Level.FAIL, f"the server cannot be reached: {trouble}", mend)


def _redis(url: str, ca_file: Path | None) -> redis.Redis:
    import redis

    from intake.queue import trusting

    return redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=5, **trusting(url, ca_file))


def _at(server: redis.Redis) -> Line:
    told: dict[str, Any] = server.info()
    version = str(told["redis_version"])
    seen = f"{version} at REDIS_URL"
    if tuple(int(part) for part in version.split(".")[:2]) < _REDIS:
        return Line("redis", Level.FAIL, seen, "version 6.2 or newer is needed")
    policy = str(told["maxmemory_policy"])
    if policy.startswith("allkeys"):
        return Line("redis", Level.WARN, f"{seen}; {policy} throws jobs away", "CONFIG SET maxmemory-policy noeviction")
    if not told["aof_enabled"] and not _saves(server):
        mend = "CONFIG SET appendonly yes; else after a restart the sweeper queues everything again"
        return Line("redis", Level.WARN, f"{seen}; it keeps nothing over a restart", mend)
    return Line("redis", Level.OK, seen)


def _saves(server: redis.Redis) -> bool:
    """Whether it writes snapshots; one that does not let itself be asked is believed to."""
    import redis

    try:
        return bool(server.config_get("save").get("save"))
    except redis.ResponseError:
        return True


def clocks(settings: Settings) -> Line:
    """How far this machine's clock is from those of database and Redis."""
    apart = {}
    if settings.redis_url:
        asked = time.time()
        seconds, micro = _redis(settings.redis_url, settings.redis_ca_file).time()
        apart["Redis"] = abs(seconds + micro / 1e6 - (asked + time.time()) / 2)
    if settings.database.startswith("postgresql"):
        import sqlalchemy as sa

        with looking_into(settings) as connection:
            asked = time.time()
            told = connection.execute(sa.text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
            apart["PostgreSQL"] = abs(float(told) - (asked + time.time()) / 2)
    if not apart:
        return Line("clocks", Level.OK, "all is on this machine")
    worst = max(apart.values())
    seen = ", ".join(f"{name} {seconds:.1f} s apart" for name, seconds in apart.items())
    level = Level.FAIL if worst > _WRONG_SECONDS else Level.WARN if worst > _ODD_SECONDS else Level.OK
    return Line("clocks", level, seen, "" if level is Level.OK else "set the clocks of all machines (NTP)")


def folders(settings: Settings) -> Line:
    """Whether the watched folders of this machine can be written: files are moved into folders beside them."""
    import sqlalchemy as sa

    from intake.store.tables import folders as known

    if not has_table(settings, known):
        return Line("folders", Level.OK, "none is watched yet")
    with looking_into(settings) as connection:
        paths = [Path(path) for path in connection.execute(sa.select(known.c.path).order_by(known.c.path)).scalars()]
    here = [path for path in paths if path.is_dir()]
    shut = [str(path) for path in here if not is_open(path)]
    if shut:
        return Line("folders", Level.FAIL, f"cannot be written: {', '.join(shut)}", "give them to the service's user")
    elsewhere = f", {len(paths) - len(here)} not on this machine" if len(paths) > len(here) else ""
    return Line("folders", Level.OK, f"{len(here)} watched{elsewhere}")


def is_open(folder: Path) -> bool:
    """Whether files can be put into a folder and moved out of it."""
    return os.access(folder, os.W_OK | os.X_OK, effective_ids=True)


def roots(settings: Settings) -> Line:
    """Whether the roots of the ledger can be kept, where a place was named for them."""
    if settings.roots is None:
        return Line("roots", Level.OK, "under SHOUPIAO_VAR; better on another disk or host (SHOUPIAO_ROOTS)")
    folder = settings.roots_file.parent
    if not folder.is_dir() or not is_open(folder):
        return Line("roots", Level.FAIL, f"{folder} is missing or cannot be written", "mount it, or set SHOUPIAO_ROOTS")
    return Line("roots", Level.OK, str(settings.roots_file))


def backups(settings: Settings) -> Line:
    """Whether the last backup is not older than a day and a half, and its key can be read."""
    import sqlalchemy as sa

    from intake.desk.backup import BACKUP
    from intake.store.sealed import read_key
    from intake.store.tables import documents, runs

    if settings.backup_key_file:
        read_key(settings.backup_key_file)
    if not has_table(settings, runs):
        return Line("backups", Level.OK, "nothing to keep yet")
    mine = sa.and_(runs.c.name == BACKUP, runs.c.ok.is_(True))
    with looking_into(settings) as connection:
        last = connection.execute(sa.select(sa.func.max(runs.c.ended_at)).where(mine)).scalar()
        empty = connection.execute(sa.select(documents.c.id).limit(1)).scalar() is None
    mend = "python -m intake backup FOLDER every night (docs/emergency.md)"
    if last is None:
        told = ("nothing to keep yet", "") if empty else ("none was ever made", mend)
        return Line("backups", Level.OK if empty else Level.WARN, *told)
    hours = (time.time() - last) / 3600
    old = hours * 3600 > _DAY_AND_A_HALF
    return Line("backups", Level.WARN if old else Level.OK, f"the last is {hours:.0f} hours old", mend if old else "")


def is_made(settings: Settings) -> bool:
    """Whether there is a database to look into: looking must not make the file of one."""
    import sqlalchemy as sa

    url = sa.make_url(settings.database)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()


def has_table(settings: Settings, table: sa.Table) -> bool:
    """Whether there is a database with such a table."""
    import sqlalchemy as sa

    if not is_made(settings):
        return False
    with looking_into(settings) as connection:
        return sa.inspect(connection).has_table(table.name)


@contextlib.contextmanager
def looking_into(settings: Settings) -> Iterator[sa.Connection]:
    """A connection to the database, which is left as it was found."""
    from intake.store.database import open_database, reading

    database = open_database(settings.database)
    try:
        with reading(database) as connection:
            yield connection
    finally:
        database.dispose()
