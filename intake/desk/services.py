"""What the desk works with."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from intake.queue import JobQueue
from intake.settings import Settings
from intake.store.blobs import Blobs
from intake.throttle import Throttle


@dataclass(frozen=True, slots=True)
class Services:
    """The opened database, files and queue, with the settings they were opened by, and the counts of who tries what."""

    database: sa.Engine
    blobs: Blobs
    queue: JobQueue
    settings: Settings
    throttle: Throttle
