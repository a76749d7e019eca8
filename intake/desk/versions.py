"""What the service runs on: versions and room, for who runs it."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
from dataclasses import dataclass

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
    """Python, the tables and the packages that matter; a package that is not installed is left out."""
    with reading(services.database) as connection:
        tables = schema_revision(connection)
    found = {"Python": platform.python_version(), services.database.dialect.name: tables}
    installed = {one.name.lower().replace("_", "-"): one.version for one in importlib.metadata.distributions()}
    return found | {name: installed[name] for name in _TOLD if name in installed}


def room(services: Services) -> Room:
    """How much room there is on the disk of the folder ``var``; files kept elsewhere are not counted."""
    services.settings.var.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(services.settings.var)
    return Room(usage.total, usage.free)
