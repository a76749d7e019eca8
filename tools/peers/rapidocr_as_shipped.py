"""RapidOCR with its own parameters and the networks in its package; runs in an environment of its own."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import cv2
from rapidocr import RapidOCR

reader = RapidOCR()
pages = sorted(path for path in Path(sys.argv[1]).iterdir() if path.suffix in (".png", ".jpg"))
for turn, page in enumerate([pages[0], *pages]):
    start = time.process_time()
    found = reader(cv2.imread(str(page)))
    if turn:
        took = time.process_time() - start
        print(json.dumps({"page": page.name, "seconds": took, "text": "\n".join(found.txts or ())}))
