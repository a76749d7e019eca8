"""Sheets are found where they clearly lie on something, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from intake.preprocess import Picture
from intake.preprocess.locate import clips_of, find_sheets, flatten
from samples.photo import desk, laid


def printed(height: int = 400, width: int = 620, seed: int = 7) -> Picture:
    """A white sheet with rows of dark print, to its edges as a form has it."""
    dice = np.random.default_rng(seed)
    sheet = np.full((height, width, 3), 248, np.uint8)
    for y in range(30, height - 30, 22):
        for x in range(30, width - 40, 16):
            if dice.random() < 0.7:
                sheet[y : y + 12, x : x + 9] = 40
    return sheet


WOOD, SLATE, STONE = (92, 118, 141), (60, 60, 60), (180, 170, 160)


@pytest.mark.parametrize("colour", [WOOD, SLATE, STONE])
@pytest.mark.parametrize("degrees", [0, 10, 30, 80])
def test_one_sheet_on_a_desk(colour: tuple[int, int, int], degrees: int) -> None:
    photo = laid(desk(1000, 1300, 3, colour), printed(), (650, 500), degrees, 1.2, 0.03, degrees)
    (sheet,) = find_sheets(photo)
    assert abs(sheet.box.center[0] - 650) < 25
    assert abs(sheet.box.center[1] - 500) < 25


def test_sheets_side_by_side_are_told_apart_from_left_to_right() -> None:
    photo = laid(desk(900, 1800, 1), printed(), (450, 450), 4)
    photo = laid(photo, printed(500, 320), (1350, 450), -5)
    boxes = [region for _, region in clips_of(photo) if region]
    assert [box.center[0] < 900 for box in boxes] == [True, False]


def test_a_sheet_is_flattened_to_its_own_shape() -> None:
    photo = laid(desk(1200, 1500, 2), printed(), (750, 600), 25, 1.3, 0.04)
    (sheet,) = find_sheets(photo)
    flat = flatten(photo, sheet)
    assert flat.shape[1] / flat.shape[0] == pytest.approx(620 / 400, rel=0.08)
    assert flat[:, :, 0].mean() > 150  # hardly any desk is left


@pytest.mark.parametrize(
    "picture",
    [
        printed(),
        np.full((600, 800, 3), 255, np.uint8),
        (printed().astype(np.float32) * 0.55).astype(np.uint8),
        desk(700, 900, 5),
        laid(desk(900, 1200, 6), printed(), (150, 150)),
    ],
    ids=["a render", "a blank page", "a dark photo that its sheet fills", "an empty desk", "a sheet cut by the edge"],
)
def test_where_nothing_is_certain_nothing_is_cut(picture: Picture) -> None:
    assert find_sheets(picture) == ()
    ((clip, region),) = clips_of(picture)
    assert clip is picture
    assert region is None


def test_a_sheet_that_fills_its_photo_is_left_alone() -> None:
    photo = laid(desk(480, 700, 8), printed(), (350, 240), 1)
    ((clip, region),) = clips_of(photo)
    assert clip is photo
    assert region is None
