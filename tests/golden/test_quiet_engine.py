"""The engine keeps to itself: nothing is fetched, and nobody is told that it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_READ = """import sys
import numpy as np
from pathlib import Path
from intake.read.ocr import PaddleEngine
engine = PaddleEngine(Path(sys.argv[1]))
assert engine.read(np.full((300, 400, 3), 255, np.uint8)) == ()
"""


@pytest.mark.ocr
def test_the_engine_writes_nothing_but_its_folder_of_models(tmp_path: Path) -> None:
    home, models = tmp_path / "home", tmp_path / "models"
    home.mkdir()
    set_by_others = ("ORT_DISABLE_TELEMETRY", "PADDLE_PDX_CACHE_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in set_by_others}
    subprocess.run(
        [sys.executable, "-c", _READ, str(models)], cwd=ROOT, env={**environment, "HOME": str(home)}, check=True,
        capture_output=True, timeout=100,
    )  # fmt: skip
    assert sorted(path.name for path in models.iterdir()) == ["det", "paddlex"]
    assert [path for path in home.rglob("*") if path.is_file()] == []
