"""Reads one document in a child of its own (``intake.child``). The engine is loaded in the parent and inherited.

Temporary files of the child lie in a folder of its own, which is removed with whatever is left in it.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from intake.check.catalogue import rules
from intake.check.policy import law
from intake.child import answer_of, is_ours
from intake.errors import EngineUnavailable
from intake.pipeline import read_document
from intake.read.engine import OcrEngine
from intake.source import Limits
from models.finding import Finding, Severity, Verdict
from models.outcome import Format, Outcome
from models.policy import Policy
from models.serial import outcome_from, outcome_to


@functools.cache
def load_ahead() -> None:
    """Load what every child would load for itself after the fork: a fifth of the time of a PDF (measured)."""
    Image.init()
    rules()
    law()


def read_bounded(
    path: Path,
    engine: OcrEngine | None,
    *,
    scratch: Path,
    today: dt.date,
    keep_pictures: bool = False,
    policy: Policy | None = None,
    received: dt.date | None = None,
    limits: Limits | None = None,
    seconds: float = 30.0,
    memory_mb: int = 1500,
    patience: float = 300.0,
) -> Outcome:
    """Read a document in a child. A file that breaks the child or its bounds is refused (FILE-LIMIT).

    ``seconds`` are those of the processor: a busy machine refuses nothing. ``patience`` is how long to wait for it, in
    seconds of the clock. With ``keep_pictures`` page pictures are left in ``scratch``.

    Raises:
        LimitExceeded: patience was at an end before the bounds were.
        EngineUnavailable: the file needs OCR and there is none.
        OSError: the file cannot be opened.
    """
    if not path.is_file():
        raise FileNotFoundError(f"no such file: {path}")
    load_ahead()
    path, scratch = path.absolute(), scratch.absolute()
    read = functools.partial(
        read_document, path, engine, today=today, scratch=scratch if keep_pictures else None, limits=limits,
        policy=policy, received=received,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="shoupiao-child-") as own:
        writes = [Path(own), scratch] if keep_pictures else [Path(own)]
        work = functools.partial(_answer, read)
        answer = answer_of(work, path, writes, seconds=seconds, memory_mb=memory_mb, patience=patience)
    return _outcome(answer, path, scratch)


def _answer(read: Callable[[], Outcome]) -> dict[str, Any]:
    try:
        return {"outcome": outcome_to(read())}
    except EngineUnavailable as trouble:
        return {"engine": str(trouble)}


def _outcome(answer: dict[str, Any], path: Path, scratch: Path) -> Outcome:
    if "engine" in answer:
        raise EngineUnavailable(answer["engine"])
    if "outcome" in answer:
        outcome = outcome_from(answer["outcome"])
        if all(is_ours(Path(picture.path), scratch) for picture in outcome.pictures):
            return outcome
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    finding = Finding("FILE-LIMIT", Severity.REJECT)
    return Outcome(sha256, Format.UNKNOWN, 0, Verdict.REJECT, (finding,), timings_ms={"total": 0.0})
