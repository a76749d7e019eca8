"""The one place where settings become things."""

from __future__ import annotations

from intake.desk.services import Services
from intake.queue import JobQueue
from intake.read.engine import OcrEngine
from intake.settings import Settings
from intake.store.blobs import Blobs
from intake.store.database import Pool, migrate, open_database
from intake.store.key_ring import KeyRing
from intake.throttle import Throttle

#: Where `up` looks for Redis when nobody says otherwise; it is only reached when one really runs there.
_DEFAULT_REDIS = "redis://127.0.0.1:6379/0"


def build_services(settings: Settings) -> Services:
    """Open database, files and queue, and bring the tables up to date."""
    services = open_services(settings)
    migrate(services.database)
    return services


def open_services(settings: Settings) -> Services:
    """Open database, files and queue as they are: a backup is restored into a database without tables."""
    database = open_database(settings.database, pool_of(settings))
    ring = KeyRing(settings.blob_keys_file) if settings.blob_keys_file else None
    blobs = Blobs(settings.blobs_url, settings.var / "blobs", ring)
    queue = JobQueue(settings.redis_url or _DEFAULT_REDIS, settings.redis_ca_file)
    return Services(database, blobs, queue, settings, Throttle(queue.connection))


def pool_of(settings: Settings) -> Pool:
    """The connections with PostgreSQL that the settings allow a process."""
    return Pool(
        settings.database_pool,
        settings.database_overflow,
        settings.database_pool_seconds,
        settings.database_recycle_seconds,
    )


def build_engine(settings: Settings) -> OcrEngine:
    """Load the OCR engine; imported late, as it takes seconds and the web process never needs it.

    Raises:
        EngineUnavailable: models or libraries are missing.
    """
    from intake.read.ocr import PaddleEngine

    return PaddleEngine(settings.models, settings.ocr_threads)
