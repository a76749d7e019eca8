"""Reads one document in a child process with bounds on time and memory, so that no file can hurt the worker.

The engine is loaded in the parent and inherited by fork. Only JSON comes back. Memory is bounded twice: RLIMIT_DATA
stops what the child allocates by itself, and the parent watches its resident set, which also counts what it touches.
What else the child may not do stands in ``intake.confine``. Its temporary files lie in a folder of its own, which is
removed with whatever is left in it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import gc
import hashlib
import json
import os
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import structlog

from intake.confine import Bounds, bind, let_go, shut_in
from intake.errors import CouldNotWork, EngineUnavailable, LimitExceeded
from intake.pipeline import read_document
from intake.read.engine import OcrEngine
from intake.source import Limits
from models.finding import Finding, Severity, Verdict
from models.outcome import Format, Outcome
from models.policy import Policy
from models.serial import outcome_from, outcome_to

log = structlog.get_logger()
_PAGE = os.sysconf("SC_PAGE_SIZE")
#: What a child may say at most; the longest answers, of sixty pages full of words, stay far below.
_LONGEST_ANSWER = 64 * 2**20


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
    path, scratch = path.absolute(), scratch.absolute()
    work = functools.partial(
        read_document, path, engine, today=today, scratch=scratch if keep_pictures else None, limits=limits,
        policy=policy, received=received,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="shoupiao-child-") as own:
        writes = [Path(own), scratch] if keep_pictures else [Path(own)]
        answer = _in_child(work, path, writes, seconds=seconds, memory_mb=memory_mb, patience=patience)
    return _outcome(answer, path, scratch)


def _in_child(
    work: Callable[[], Outcome], path: Path, writes: list[Path], *, seconds: float, memory_mb: int, patience: float
) -> bytes:
    incoming, outgoing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _run_child(outgoing, work, path, writes, Bounds(seconds, 2 * memory_mb))
    os.close(outgoing)
    ended = 0
    try:
        answer = _collect(incoming, child, patience, memory_mb)
    finally:
        os.close(incoming)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, ended = os.waitpid(child, 0)
    if not answer:
        log.warning("reader_ended", code=os.waitstatus_to_exitcode(ended))
    return answer


def _run_child(pipe: int, work: Callable[[], Outcome], path: Path, writes: list[Path], bounds: Bounds) -> NoReturn:
    try:
        # Nothing of the parent is collected here: an object that closed its socket would close a file of ours.
        gc.freeze()
        let_go([pipe])
        os.chdir(writes[0])
        tempfile.tempdir = str(writes[0])
        bind(bounds)
        shut_in([path], writes)
        answer = _written({"outcome": outcome_to(work())})
    except EngineUnavailable as trouble:
        answer = _written({"engine": str(trouble)})
    except BaseException:  # noqa: BLE001 - the child must answer whatever breaks in it; the parent refuses the file
        answer = _written({"broken": traceback.format_exc(limit=-4).encode(errors="replace").decode()})
    with contextlib.suppress(BrokenPipeError), os.fdopen(pipe, "wb") as stream:
        stream.write(answer)
    os._exit(0)


def _written(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()


def _collect(pipe: int, child: int, patience: float, memory_mb: int) -> bytes:
    """Gather the child's answer; b"" when it overran its time or memory, said too much, or died.

    Raises:
        LimitExceeded: patience was at an end.
    """
    end = time.monotonic() + patience
    answer = bytearray()
    while (left := end - time.monotonic()) > 0:
        ready, _, _ = select.select([pipe], [], [], min(left, 0.1))
        if ready:
            chunk = os.read(pipe, 2**20)
            if not chunk:
                return bytes(answer)
            answer += chunk
            if len(answer) > _LONGEST_ANSWER:
                return b""
        elif _resident_mb(child) > memory_mb:
            return b""
    raise LimitExceeded(f"no answer within {patience:.0f} seconds: the machine is too busy")


def _resident_mb(process: int) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * _PAGE / 2**20


def _outcome(answer: bytes, path: Path, scratch: Path) -> Outcome:
    data = _said(answer)
    if "engine" in data:
        raise EngineUnavailable(data["engine"])
    if "outcome" in data:
        outcome = outcome_from(data["outcome"])
        if all(_is_ours(Path(picture.path), scratch) for picture in outcome.pictures):
            return outcome
    if "broken" in data:
        if os.environ.get("SHOUPIAO_DEBUG"):
            raise CouldNotWork(data["broken"])
        log.warning("reader_broken", trouble=data["broken"].strip().rpartition("\n")[2])
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    finding = Finding("FILE-LIMIT", Severity.REJECT)
    return Outcome(sha256, Format.UNKNOWN, 0, Verdict.REJECT, (finding,), timings_ms={"total": 0.0})


def _said(answer: bytes) -> dict[str, Any]:
    """The answer, or {} of a child that was ended before it or in the midst of it."""
    try:
        data = json.loads(answer)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _is_ours(picture: Path, scratch: Path) -> bool:
    """Whether a picture is a plain file in the folder for pictures: a child may name any path of this machine."""
    return picture.parent == scratch and picture.is_file() and not picture.is_symlink()
