"""PaddleOCR with its own parameters, on the same networks: those it would fetch by itself cannot be had offline."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"

import cv2
import paddleocr

reader = paddleocr.PaddleOCR(
    engine="onnxruntime",
    device="cpu",
    text_detection_model_name="PP-OCRv6_small_det",
    text_detection_model_dir=sys.argv[2] + "/det",
    text_recognition_model_name="PP-OCRv6_small_rec",
    text_recognition_model_dir=sys.argv[2] + "/rec",
    use_doc_orientation_classify=False,
    use_doc_unwarping=False,
    use_textline_orientation=False,
)
pages = sorted(path for path in Path(sys.argv[1]).iterdir() if path.suffix in (".png", ".jpg"))
for turn, page in enumerate([pages[0], *pages]):
    start = time.process_time()
    found = reader.predict(cv2.imread(str(page)))[0]
    if turn:
        took = time.process_time() - start
        print(json.dumps({"page": page.name, "seconds": took, "text": "\n".join(found["rec_texts"])}))
