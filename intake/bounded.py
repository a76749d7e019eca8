"""Reads one document in a child process with bounds on time and memory, so that no file can hurt the worker.

The engine is loaded in the parent and inherited by fork. Only JSON comes back. Memory is bounded twice: RLIMIT_DATA
stops what the child allocates by itself, and the parent watches its resident set, which also counts what it touches.
"""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import functools
import hashlib
import json
import math
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from intake.errors import CouldNotWork, EngineUnavailable, LimitExceeded
from intake.pipeline import read_document
from intake.read.engine import OcrEngine
from intake.source import Limits
from models.finding import Finding, Severity, Verdict
from models.outcome import Format, Outcome
from models.policy import Policy
from models.serial import outcome_from, outcome_to

_PR_SET_PDEATHSIG = 1
_PAGE = os.sysconf("SC_PAGE_SIZE")


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
    incoming, outgoing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(incoming)
        work = functools.partial(
            read_document, path, engine, today=today, scratch=scratch if keep_pictures else None, limits=limits,
            policy=policy, received=received,
        )  # fmt: skip
        _run_child(outgoing, work, seconds, memory_mb)
    os.close(outgoing)
    try:
        answer = _collect(incoming, child, patience, memory_mb)
    finally:
        os.close(incoming)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return _outcome(answer, path)


def _run_child(pipe: int, work: Callable[[], Outcome], seconds: float, memory_mb: int) -> NoReturn:
    try:
        _bind(seconds, memory_mb)
        answer: dict[str, Any] = {"outcome": outcome_to(work())}
    except EngineUnavailable as trouble:
        answer = {"engine": str(trouble)}
    except BaseException:  # noqa: BLE001 - the child must answer whatever breaks in it; the parent refuses the file
        answer = {"broken": traceback.format_exc(limit=-4)}
    with contextlib.suppress(BrokenPipeError), os.fdopen(pipe, "wb") as stream:
        stream.write(json.dumps(answer, ensure_ascii=False).encode())
    os._exit(0)


def _bind(seconds: float, memory_mb: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    processor = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (200 * 2**20, 200 * 2**20))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 2**21, memory_mb * 2**21))


def _collect(pipe: int, child: int, patience: float, memory_mb: int) -> bytes:
    """Gather the child's answer; b"" when it overran its time or memory or died.

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
        elif _resident_mb(child) > memory_mb:
            return b""
    raise LimitExceeded(f"no answer within {patience:.0f} seconds: the machine is too busy")


def _resident_mb(process: int) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * _PAGE / 2**20


def _outcome(answer: bytes, path: Path) -> Outcome:
    data = json.loads(answer) if answer else {}
    if "engine" in data:
        raise EngineUnavailable(data["engine"])
    if "outcome" in data:
        return outcome_from(data["outcome"])
    if os.environ.get("SHOUPIAO_DEBUG") and "broken" in data:
        raise CouldNotWork(data["broken"])
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    finding = Finding("FILE-LIMIT", Severity.REJECT)
    return Outcome(sha256, Format.UNKNOWN, 0, Verdict.REJECT, (finding,), timings_ms={"total": 0.0})
