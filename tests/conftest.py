"""What every tier of tests shares: nothing of this machine's own settings reaches a test."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest
import structlog

for _name in list(os.environ):
    if _name.startswith("SHOUPIAO_") or _name in ("DATABASE_URL", "REDIS_URL", "BLOBS_URL"):
        del os.environ[_name]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOUPIAO_VAR", str(tmp_path / "var"))


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """For a test that sets up logs: its handler writes to a stream that is closed when the test ends."""
    root, raising = logging.getLogger(), logging.raiseExceptions
    before, level = list(root.handlers), root.level
    yield
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
    root.setLevel(level)
    logging.raiseExceptions = raising
    structlog.reset_defaults()
    structlog.contextvars.unbind_contextvars("process")
