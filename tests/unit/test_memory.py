"""What the web process keeps of memory that was used once."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: A hundred pieces of uploads, all of which are over but the last.
UPLOADS = """
from pathlib import Path
from api.memory import give_large_blocks_back

def own_mb():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Anonymous:"))

if {set_up}:
    give_large_blocks_back()
before = own_mb()
for size in (2, 1):
    pieces = [b"x" * (size << 20) for _ in range(100 // size)]
    last = pieces.pop()
    pieces.clear()
print(own_mb() - before)
"""


@pytest.mark.parametrize(("set_up", "least", "most"), [(True, 0, 10), (False, 40, 200)])
def test_pieces_of_uploads_go_back_to_the_system(set_up: bool, least: float, most: float) -> None:
    kept = subprocess.run(
        [sys.executable, "-c", UPLOADS.format(set_up=set_up)], check=True, capture_output=True, text=True
    )
    assert least <= float(kept.stdout) < most
