"""What the web process keeps of memory that was used once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: A hundred pieces of uploads, all of which are over but the last.
UPLOADS = """
import os
from tools.load.figures import own_mb

before = own_mb(os.getpid())
for size in (2, 1):
    pieces = [b"x" * (size << 20) for _ in range(100 // size)]
    last = pieces.pop()
    pieces.clear()
print(own_mb(os.getpid()) - before)
"""
AS_THE_WEB = "from api.app import create_app\napp = create_app()\n"


@pytest.mark.parametrize(("first", "least", "most"), [(AS_THE_WEB, 0, 10), ("", 40, 200)], ids=["web", "another"])
def test_pieces_of_uploads_go_back_to_the_system(tmp_path: Path, first: str, least: float, most: float) -> None:
    kept = subprocess.run(
        [sys.executable, "-c", first + UPLOADS],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"SHOUPIAO_VAR": str(tmp_path)},
    )
    assert least <= float(kept.stdout) < most
