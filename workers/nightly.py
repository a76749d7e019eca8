"""The nightly proof of the ledger: once a day, by whichever process comes first, and loud when something is broken.

What is past its time is deleted after it (``desk.retention``), where the house has asked for that.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import sqlalchemy as sa
import structlog

from intake.desk.retention import delete_due
from intake.desk.runs import beat, end, take
from intake.desk.services import Services
from intake.desk.verify_runs import NIGHTLY, Night, prove_nightly
from intake.errors import CouldNotWork
from intake.settings import Settings
from intake.wiring import build_services

log = structlog.get_logger()
_LOOK_SECONDS, _BEAT_SECONDS = 30.0, 30.0


class _Stopped(Exception):
    """The process was told to end in the middle of a proof."""


def run(stop: threading.Event) -> None:
    """Prove the ledger when it is due, until told to stop; a database that is away is waited for."""
    os.nice(10)
    services = build_services(Settings())
    while not stop.is_set():
        try:
            prove_if_due(services, time.time(), stop)
        except sa.exc.DBAPIError as trouble:
            log.warning("nightly_waits", trouble=type(trouble).__name__)
        stop.wait(_LOOK_SECONDS)


def prove_if_due(services: Services, now: float, stop: threading.Event) -> Night | None:
    """Prove the ledger if nobody did since the hour of the settings; None when nothing was due or it did not end."""
    run_id = take(services, NIGHTLY, hour=services.settings.verify_hour, now=now)
    if run_id is None:
        return None
    try:
        night = prove_nightly(services, run_id, now, _pulse(services, run_id, stop))
    except _Stopped:
        end(services, run_id, None, {"trouble": "told to stop"})
        return None
    except (CouldNotWork, sa.exc.DBAPIError) as trouble:
        log.error("ledger_not_verified", trouble=str(trouble))
        end(services, run_id, None, {"trouble": str(trouble)})
        return None
    _tell(night)
    if services.settings.retention and all(one.ok for one in night.parts):
        _retain(services, now, stop)
    return night


def _retain(services: Services, now: float, stop: threading.Event) -> None:
    """Delete files whose time is over. It is done after the proof, and not at all while something is broken."""

    def told_to_stop() -> None:
        if stop.is_set():
            raise _Stopped

    count = 0
    try:
        for _ in delete_due(services, now, told_to_stop):
            count += 1
    except _Stopped:
        pass  # the next night goes on
    except CouldNotWork as trouble:
        log.error("files_not_deleted", trouble=str(trouble))
    if count:
        log.info("files_deleted", files=count)


def _pulse(services: Services, run_id: int, stop: threading.Event) -> Callable[[], None]:
    """What a proof calls again and again: a sign of life now and then, and its end once the process must stop."""
    last = time.monotonic()

    def pulse() -> None:
        nonlocal last
        if stop.is_set():
            raise _Stopped
        if time.monotonic() - last > _BEAT_SECONDS:
            beat(services, run_id)
            last = time.monotonic()

    return pulse


def _tell(night: Night) -> None:
    for one in night.parts:
        if one.first:
            log.error("ledger_broken", part=one.part.value, broken=one.broken, what=one.first.what, **one.first.told)
    if all(one.ok for one in night.parts):
        log.info("ledger_verified", **{one.part.value: one.checked for one in night.parts})
    if night.root:
        log.info("ledger_root", root=str(night.root))
