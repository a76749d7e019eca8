"""Measures of a picture, and what they make of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from intake.preprocess import Picture
from intake.preprocess.quality import cut_sides, findings_of, measure
from models.reading import Box, Word
from tests.unit.test_locate import printed


def rules(picture: Picture) -> list[str]:
    return [finding.rule for finding in findings_of(measure(picture), picture.shape[:2])]


def grey(picture: Picture, factor: float) -> Picture:
    return np.clip(picture.astype(np.float32) * factor, 0, 255).astype(np.uint8)


def test_a_sharp_page_has_no_finding() -> None:
    assert rules(printed(900, 1400)) == []


@pytest.mark.parametrize("sigma", [4.0, 6.0])
def test_a_blurred_page_is_named(sigma: float) -> None:
    assert rules(np.asarray(cv2.GaussianBlur(printed(900, 1400), (0, 0), sigma), np.uint8)) == ["IMG-BLUR"]


def test_a_dark_page_without_contrast_is_named() -> None:
    assert rules(grey(printed(900, 1400), 0.08)) == ["IMG-DARK"]


def test_glare_is_named_on_a_photo_but_a_white_scan_has_none() -> None:
    photo = grey(printed(900, 1400), 0.75)
    cv2.circle(photo, (700, 450), 160, (255, 255, 255), -1)
    assert rules(photo) == ["IMG-GLARE"]
    assert rules(printed(900, 1400)) == []


@pytest.mark.parametrize(("height", "severity"), [(500, "warn"), (150, "reject")])
def test_a_small_picture_warns_and_a_tiny_one_goes_back(height: int, severity: str) -> None:
    picture = printed(height, 1400)
    (finding,) = findings_of(measure(picture), picture.shape[:2])
    assert (finding.rule, finding.severity) == ("IMG-RESOLUTION", severity)


def test_print_that_runs_into_an_edge_says_which() -> None:
    words = [Word("票", Box(970, 40 + 50 * row, 1000, 70 + 50 * row)) for row in range(4)]
    (finding,) = cut_sides(words, 1000, 600)
    assert finding.params["side"] == "@edge.right"
    assert cut_sides(words[:2], 1000, 600) == ()
