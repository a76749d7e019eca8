"""The daily backup: once a day, by whichever process comes first, and loud when it cannot be made."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
import structlog

from intake.desk.backup import BACKUP, Manifest, make_backup, told_of
from intake.desk.runs import beat, end, take
from intake.desk.services import Services
from intake.settings import Settings
from intake.store.sealed import read_key
from intake.wiring import build_services
from workers.pulse import Stop

log = structlog.get_logger()
_LOOK_SECONDS, _BEAT_SECONDS = 30.0, 30.0


def run(target: Path, stop: Stop) -> None:
    """Back up when it is due, until told to stop; a database that is away is waited for."""
    services = build_services(Settings())
    while not stop.is_set():
        try:
            back_up_if_due(services, target, time.time(), stop)
        except sa.exc.DBAPIError as trouble:
            log.warning("backup_waits", trouble=type(trouble).__name__)
        stop.wait(_LOOK_SECONDS)


def back_up_if_due(services: Services, target: Path, now: float, stop: Stop) -> Manifest | None:
    """Make a backup if nobody did since the hour of the settings; None when none was due or it could not be made.

    One that could not be made is tried again after a quarter of an hour.
    """
    run_id = take(services, BACKUP, hour=services.settings.backup_hour, now=now)
    if run_id is None:
        return None
    key_file = services.settings.backup_key_file
    try:
        with _beating(services, run_id, stop):
            manifest = make_backup(services, target, key=read_key(key_file) if key_file else None)
    except (OSError, ValueError, sa.exc.DBAPIError) as trouble:
        log.error("backup_failed", trouble=f"{type(trouble).__name__}: {trouble}")
        end(services, run_id, None, {"trouble": str(trouble)})
        return None
    end(services, run_id, True, told_of(manifest))
    log.info("backed_up", **told_of(manifest))
    return manifest


@contextlib.contextmanager
def _beating(services: Services, run_id: int, stop: Stop) -> Iterator[None]:
    """Give a sign of life while the work goes on: a first backup may take hours."""
    done = threading.Event()

    def pulse() -> None:
        while not done.wait(_BEAT_SECONDS):
            stop.is_set()
            with contextlib.suppress(sa.exc.DBAPIError):  # said by the backup itself, which needs the database too
                beat(services, run_id)

    thread = threading.Thread(target=pulse, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
