"""Works on a stranger's file in a child process with bounds on time and memory, so that no file can hurt its parent.

What the parent has loaded is inherited by fork. Only JSON comes back. Memory is bounded twice: RLIMIT_DATA stops what
the child allocates by itself, and the parent watches its resident set, which also counts what it touches. What else the
child may not do stands in ``intake.confine``.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import structlog

from intake.confine import Bounds, bind, let_go, shut_in
from intake.errors import CouldNotWork, LimitExceeded, ReaderKilled

log = structlog.get_logger()
_PAGE = os.sysconf("SC_PAGE_SIZE")
#: What a child may say at most; the longest answers, of sixty pages full of words, stay far below.
_LONGEST_ANSWER = 64 * 2**20
#: Between the last word of a process that is killed and its end lie milliseconds.
_GONE_SECONDS = 1.0


def answer_of(
    work: Callable[[], dict[str, Any]],
    path: Path,
    writes: Sequence[Path],
    *,
    seconds: float,
    memory_mb: int,
    patience: float,
) -> dict[str, Any]:
    """Let a child work on ``path`` and give its answer; {} of one that broke, was ended, or said what is no JSON.

    It may write into the folders ``writes`` alone; the first of them is where it stands and keeps what is temporary.
    ``seconds`` are those of the processor, ``patience`` those of the clock.

    Raises:
        LimitExceeded: patience was at an end before the bounds were.
        ReaderKilled: somebody else killed it.
        CouldNotWork: it broke, and ``SHOUPIAO_DEBUG`` asks how.
    """
    incoming, outgoing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _run(outgoing, work, path, writes, Bounds(seconds, 2 * memory_mb))
    os.close(outgoing)
    ended = 0
    try:
        answer = _collect(incoming, child, patience, memory_mb)
        said = _said(answer or b"")
        killed = not said and answer is not None and _was_killed(child)
    finally:
        os.close(incoming)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, ended = os.waitpid(child, 0)
    if not answer:
        log.warning("reader_ended", code=os.waitstatus_to_exitcode(ended))
    if killed:
        raise ReaderKilled("its reader was killed from outside: by hand, or by a machine without memory left")
    return said


def _run(pipe: int, work: Callable[[], dict[str, Any]], path: Path, writes: Sequence[Path], bounds: Bounds) -> NoReturn:
    try:
        # Nothing of the parent is collected here: an object that closed its socket would close a file of ours.
        gc.freeze()
        # Who stops a service tells all of its processes; the document is still read to its end, or the parent ends us.
        for told in (signal.SIGINT, signal.SIGTERM):
            signal.signal(told, signal.SIG_IGN)
        let_go([pipe])
        os.chdir(writes[0])
        tempfile.tempdir = str(writes[0])
        bind(bounds)
        shut_in([path], writes)
        answer = _written(work())
    except BaseException:  # noqa: BLE001 - the child must answer whatever breaks in it; the parent refuses the file
        answer = _written({"broken": traceback.format_exc(limit=-4).encode(errors="replace").decode()})
    with contextlib.suppress(BrokenPipeError), os.fdopen(pipe, "wb") as stream:
        stream.write(answer)
    os._exit(0)


def _written(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()


def _collect(pipe: int, child: int, patience: float, memory_mb: int) -> bytes | None:
    """Gather what the child says until it ends; None when it overran its memory or said too much.

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
                return None
        elif _resident_mb(child) > memory_mb:
            return None
    raise LimitExceeded(f"no answer within {patience:.0f} seconds: the machine is too busy")


def _was_killed(child: int) -> bool:
    """Whether a child that says nothing more was killed. One that only hung up stays alive, and is ours to end."""
    end = time.monotonic() + _GONE_SECONDS
    while time.monotonic() < end:
        told = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if told is not None:
            return told.si_status == signal.SIGKILL and told.si_code == os.CLD_KILLED
        time.sleep(0.01)
    return False


def _resident_mb(process: int) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * _PAGE / 2**20


def _said(answer: bytes) -> dict[str, Any]:
    """The answer, or {} of a child that broke, or was ended before it or in the midst of it."""
    try:
        data = json.loads(answer)
    except ValueError:
        return {}
    if not isinstance(data, dict):
        return {}
    if "broken" in data:
        if os.environ.get("SHOUPIAO_DEBUG"):
            raise CouldNotWork(data["broken"])
        log.warning("reader_broken", trouble=data["broken"].strip().rpartition("\n")[2])
        return {}
    return data


def is_ours(file: Path, folder: Path) -> bool:
    """Whether a path that a child named is a plain file in the folder for it: it may name any path of this machine."""
    return file.parent == folder and file.is_file() and not file.is_symlink()
