"""Tesseract with simplified Chinese and English; the time of the whole program, which is how it is used."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

for page in sorted(path for path in Path(sys.argv[1]).iterdir() if path.suffix in (".png", ".jpg")):
    start = time.perf_counter()
    run = subprocess.run(
        ["tesseract", str(page), "stdout", "-l", "chi_sim+eng"], capture_output=True, text=True, check=True
    )
    took = time.perf_counter() - start
    print(json.dumps({"page": page.name, "seconds": took, "text": run.stdout}))
