"""What is done to a picture on its way may cost the acceptance, never the truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from models.outcome import Outcome
from samples.generate import SET
from samples.photo import Picture, jpeg, quarter_turned
from tests.golden.test_samples import assert_right

SAMPLE = "paper-photo.jpg"
CHANGES: dict[str, Callable[[Picture], bytes]] = {
    "turned by 90": lambda picture: jpeg(quarter_turned(picture)),
    "turned by 180": lambda picture: jpeg(quarter_turned(picture, 2)),
    "coarse jpeg": lambda picture: jpeg(picture, 40),
}


@pytest.mark.ocr
@pytest.mark.parametrize("change", CHANGES)
def test_values_stay_the_same_or_a_person_is_asked(
    change: str, tmp_path: Path, read_picture: Callable[[Path], Outcome]
) -> None:
    picture = cv2.imread(str(SET / SAMPLE))
    worse = tmp_path / "worse.jpg"
    worse.write_bytes(CHANGES[change](picture))
    outcome = read_picture(worse)
    assert outcome.verdict in ("accept", "review")
    if outcome.verdict == "accept":
        assert_right(outcome, json.loads((SET / f"{SAMPLE}.json").read_text("utf-8")))
