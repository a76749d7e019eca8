"""Tesseract with simplified Chinese and English; the time of the whole program, which is how it is used."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path


def worked() -> float:
    """For how many seconds the programs that were started have had the processor."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


for page in sorted(path for path in Path(sys.argv[1]).iterdir() if path.suffix in (".png", ".jpg")):
    start = worked()
    run = subprocess.run(
        ["tesseract", str(page), "stdout", "-l", "chi_sim+eng"], capture_output=True, text=True, check=True
    )
    took = worked() - start
    print(json.dumps({"page": page.name, "seconds": took, "text": run.stdout}))
