"""What the service runs on: versions and room, for who runs it."""

from __future__ import annotations

import contextlib
import importlib.metadata
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from intake import __version__
from intake.desk.services import Services
from intake.store.database import reading
from intake.store.dump import schema_revision

#: The packages whose version decides what is read and kept.
_TOLD = ("fastapi", "sqlalchemy", "rq", "redis", "pypdfium2", "rapidocr", "onnxruntime", "zxing-cpp")


@dataclass(frozen=True, slots=True)
class Room:
    """The disk that documents are kept on, in bytes."""

    total: int
    free: int


def versions(services: Services) -> dict[str, str]:
    """The service, Python, the tables and the packages that matter; a package that is not installed is left out."""
    with reading(services.database) as connection:
        tables = schema_revision(connection)
    found = {"Shoupiao 收票": __version__, "Python": platform.python_version(), services.database.dialect.name: tables}
    return found | dict(_installed())


def _installed() -> Iterator[tuple[str, str]]:
    """Asked for one by one: to list all that is installed takes longer than the rest of the page."""
    for name in _TOLD:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            yield name, importlib.metadata.version(name)


def room(services: Services) -> Room:
    """How much room there is on the disk of the folder ``var``; files kept elsewhere are not counted."""
    services.settings.var.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(services.settings.var)
    return Room(usage.total, usage.free)
