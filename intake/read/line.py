"""Lines of print, cut out of a picture and read with the recognition network of PP-OCR (docs/decisions/0022).

PaddleOCR reads lines in batches, filled up to the widest of six and to 320 columns at least, and all that is known
about scores was measured so. Here every line goes by itself, which keeps the work of the network in the cache: a long
one with the room that it had in its batch, a short one with as little as will do. One that is not surely read so gets
the 320.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
#: What the network takes: lines of this height, at most so wide; it answers once for every eight columns.
_HEIGHT, _WIDEST, _STEP = 48, 3200, 8
#: So many lines of like width get the room of the widest of them.
_TOGETHER = 6
#: Columns of nothing after a short line: without them the last character is read as if something followed it.
_AFTER = 32
#: A short line that scores less is read again with so much room: in less, `***` may look like 燃 (0.28; 0.95 with it).
_SURE, _ROOM = 0.99, 320
#: A crop so much higher than wide is a line that runs downwards.
_DOWNWARDS = 1.5


class LineReader:
    """The recognition network with its alphabet."""

    def __init__(self, network: Path, description: Path, options: Any) -> None:
        """Load the network (``.onnx``) and the alphabet from its description (YAML).

        ``options`` are those of onnxruntime's session.
        """
        import onnxruntime

        self._network = onnxruntime.InferenceSession(str(network), options)
        self._input = self._network.get_inputs()[0].name
        told = yaml.safe_load(description.read_text("utf-8"))["PostProcess"]["character_dict"]
        self._alphabet = np.array(["", *told, " "])

    def read(self, lines: Sequence[Picture]) -> list[tuple[str, float]]:
        """The text of each upright line (BGR) and the mean score of its characters; ``("", 0.0)`` if it has none."""
        order = sorted(range(len(lines)), key=lambda place: _ratio(lines[place]))
        read: dict[int, tuple[str, float]] = {}
        for start in range(0, len(order), _TOGETHER):
            places = order[start : start + _TOGETHER]
            sized = [_sized(lines[place]) for place in places]
            widest = sized[-1].shape[1]
            told = (self._read_short(line) if widest <= _ROOM else self._read(line, widest) for line in sized)
            read.update(zip(places, told, strict=True))
        return [read[place] for place in range(len(lines))]

    def _read_short(self, line: NDArray[np.float32]) -> tuple[str, float]:
        room = min(_ROOM, _STEP * math.ceil((line.shape[1] + _AFTER) / _STEP))
        text, score = self._read(line, room)
        return (text, score) if score >= _SURE or room == _ROOM else self._read(line, _ROOM)

    def _read(self, line: NDArray[np.float32], room: int) -> tuple[str, float]:
        batch = np.zeros((1, 3, _HEIGHT, room), np.float32)
        batch[0, :, :, : line.shape[1]] = line.transpose(2, 0, 1)
        (scores,) = self._network.run(None, {self._input: batch})[0]
        best = scores.argmax(axis=1)
        told = best != 0
        told[1:] &= best[1:] != best[:-1]  # CTC: the same answer twice in a row is one character
        if not told.any():
            return "", 0.0
        return "".join(self._alphabet[best[told]]), float(scores[told, best[told]].mean())


def _ratio(line: Picture) -> float:
    return float(line.shape[1] / line.shape[0])


def _sized(line: Picture) -> NDArray[np.float32]:
    """A line at the height of the network, its values from -1 to 1."""
    exact = _HEIGHT * _ratio(line)
    width = math.ceil(exact) if exact <= _ROOM else min(_WIDEST, int(exact))
    return cv2.resize(line, (width, _HEIGHT)).astype(np.float32) / 127.5 - 1


def cut_out(picture: Picture, corners: NDArray[Any]) -> Picture | None:
    """The smallest rectangle around four corners, turned until it lies level; None where nothing is inside."""
    points = cv2.boxPoints(cv2.minAreaRect(np.asarray(corners, np.int32)))
    left, right = np.split(points[np.argsort(points[:, 0], kind="stable")], 2)
    (top_left, bottom_left), (top_right, bottom_right) = (side[np.argsort(side[:, 1])] for side in (left, right))
    width = int(max(np.linalg.norm(top_left - top_right), np.linalg.norm(bottom_right - bottom_left)))
    height = int(max(np.linalg.norm(top_left - bottom_left), np.linalg.norm(top_right - bottom_right)))
    if not width or not height:
        return None
    around = np.array([top_left, top_right, bottom_right, bottom_left], np.float32)
    level = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(around, level)
    line = cv2.warpPerspective(picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC)
    return np.asarray(np.rot90(line) if height >= _DOWNWARDS * width else line, np.uint8)
