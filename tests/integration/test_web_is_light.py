"""The web process answers in milliseconds because it never loads what reading needs."""

from __future__ import annotations

import subprocess
import sys

LOOK = """
import sys
from api.app import create_app
create_app()
print(sorted({"cv2", "paddleocr", "paddlex", "onnxruntime"} & set(sys.modules)))
"""


def test_the_web_process_loads_neither_opencv_nor_an_ocr_engine() -> None:
    run = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
