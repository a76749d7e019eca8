from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from intake.pipeline import read_document
from intake.read.ocr import PaddleEngine
from models.outcome import Outcome

TODAY = dt.date(2026, 3, 2)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> PaddleEngine:
    return PaddleEngine(tmp_path_factory.mktemp("models"))


@pytest.fixture
def read_text() -> Callable[[Path], Outcome]:
    return lambda path: read_document(path, None, today=TODAY)


@pytest.fixture(scope="session")
def read_picture(engine: PaddleEngine) -> Callable[[Path], Outcome]:
    return lambda path: read_document(path, engine, today=TODAY)
