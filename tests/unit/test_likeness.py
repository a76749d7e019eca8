"""The same picture saved anew is alike, another sheet of the same layout is not."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from intake.desk.likeness import _NEAR, distance
from intake.preprocess import Picture
from intake.preprocess.likeness import likeness_of
from samples.forms import ticket_in_form
from samples.tickets import TICKETS


def sheet(name: str, seed: int) -> Picture:
    with Image.open(io.BytesIO(ticket_in_form(TICKETS[name](seed), "png", seed))) as picture:
        return np.ascontiguousarray(np.asarray(picture.convert("RGB"))[:, :, ::-1])


def saved_anew(picture: Picture) -> Picture:
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 50])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def halved(picture: Picture) -> Picture:
    return np.asarray(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


def darkened(picture: Picture) -> Picture:
    return np.asarray(picture * 0.8, np.uint8)


@pytest.mark.parametrize("name", ["taxi", "bus", "machine", "toll-receipt"])
def test_a_picture_is_alike_to_itself_saved_anew_and_to_no_other_sheet(name: str) -> None:
    one, other = sheet(name, 41), sheet(name, 42)
    for change in (saved_anew, halved, darkened):
        assert distance(likeness_of(one), likeness_of(change(one))) <= _NEAR
    assert distance(likeness_of(one), likeness_of(other)) > _NEAR
