"""What every tier of tests shares: nothing of this machine's own settings reaches a test."""

from __future__ import annotations

import os

import pytest

for _name in list(os.environ):
    if _name.startswith("SHOUPIAO_") or _name in ("DATABASE_URL", "REDIS_URL", "BLOBS_URL"):
        del os.environ[_name]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOUPIAO_VAR", str(tmp_path / "var"))
