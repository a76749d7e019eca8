"""Lines of print, found on a page and read one by one, wherever and however they lie."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from intake.read.line import cut_out
from intake.read.ocr import PaddleEngine
from samples import photo
from samples.canvas import KAI
from samples.canvas_pdf import PdfCanvas

pytestmark = pytest.mark.ocr


def page(*lines: tuple[float, float, str]) -> photo.Picture:
    """A white page with print at (x, y), in points."""
    canvas = PdfCanvas(400, 200)
    for x, y, text in lines:
        canvas.text(x, y, text, size=12, face=KAI)
    return photo.rendered(canvas.finish(), 150)


def texts(engine: PaddleEngine, picture: photo.Picture) -> list[str]:
    return [word.text for word in engine.read(picture)]


def test_lines_come_from_top_to_bottom_and_from_left_to_right(engine: PaddleEngine) -> None:
    picture = page((250, 40, "48.04"), (30, 42, "数量"), (30, 120, "北京鸿雁科技有限公司"), (250, 118, "13%"))
    assert texts(engine, picture) == ["数量", "48.04", "北京鸿雁科技有限公司", "13%"]


@pytest.mark.parametrize("text", ["1", "48.04", "91110108339805094M", "¥1,280,000.00", "（大写）壹仟贰佰捌拾圆整"])
def test_the_last_character_of_a_line_is_the_last(engine: PaddleEngine, text: str) -> None:
    (word,) = engine.read(page((100, 100, text), (30, 30, "单位")))[1:]
    assert word.text == text.replace("（", "(").replace("）", ")")
    assert word.confidence > 0.9


def test_a_line_longer_than_the_network_takes_is_still_read(engine: PaddleEngine) -> None:
    line = page((20, 100, "统一社会信用代码"))[150:220]
    wide = cv2.resize(line, (70 * 70, 70))
    ((text, score),) = engine._lines.read([np.asarray(wide, np.uint8)])
    assert 0 <= score <= 1
    assert isinstance(text, str)


def test_a_page_without_print_has_no_words(engine: PaddleEngine) -> None:
    assert engine.read(np.full((300, 400, 3), 255, np.uint8)) == ()


@pytest.mark.parametrize("degrees", [-12, -3, 7])
def test_a_tilted_line_is_cut_out_level(degrees: int, engine: PaddleEngine) -> None:
    picture = page((120, 100, "发票号码：26112000000000000007"))
    height, width = picture.shape[:2]
    tilt = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    tilted = cv2.warpAffine(picture, tilt, (width, height), borderValue=(255, 255, 255))
    assert texts(engine, np.asarray(tilted, np.uint8)) == ["发票号码:26112000000000000007"]


def test_a_line_that_runs_downwards_is_laid_level() -> None:
    picture = np.full((200, 100, 3), 255, np.uint8)
    picture[100:180, 40:60] = 0
    line = cut_out(picture, np.array([[40, 20], [60, 20], [60, 180], [40, 180]]))
    assert line is not None
    assert line.shape[:2] == (20, 160)
    assert line[:, :70].mean() > line[:, 90:].mean()  # what stood at the top begins it


def test_corners_without_an_inside_are_no_line() -> None:
    assert cut_out(np.zeros((10, 10, 3), np.uint8), np.array([[2, 2], [8, 2], [8, 2], [2, 2]])) is None
