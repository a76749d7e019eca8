"""Our engine at the pages of a folder; one line of JSON each: ``python -m tools.peers.ours FOLDER``."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from intake.settings import Settings
from intake.wiring import build_engine

engine = build_engine(Settings())
pages = sorted(path for path in Path(sys.argv[1]).iterdir() if path.suffix in (".png", ".jpg"))
for turn, page in enumerate([pages[0], *pages]):
    start = time.process_time()
    words = engine.read(np.asarray(cv2.imread(str(page)), np.uint8))
    if turn:  # the first time warms it up
        took = time.process_time() - start
        print(json.dumps({"page": page.name, "seconds": took, "text": "\n".join(word.text for word in words)}))
