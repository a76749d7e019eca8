"""The scenes of ``make load``, each on a service of its own; each gives the lines of its part of the page."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from intake.store.database import reading
from intake.store.history import verify
from tools.chaos.stage import Stage
from tools.load.figures import Memory, done, middle, percentile, rate, wait_until_done
from tools.load.plots import by_minute
from tools.load.sender import Sender
from tools.load.stock import MIXED, draw

_WORKER = ("workers", "worker", "--queue", "express")
_PROBES = 40
_LONG = 12 * 3600.0
#: Of what two workers can read: near nine tenths a queue grows long whatever a service does.
_BUSY = 0.6


@dataclass(frozen=True, slots=True)
class Scale:
    """How much: files of one measurement, minutes of the soak, documents behind express, documents of the drain.

    ``plots`` is the folder for what is drawn.
    """

    files: int
    minutes: float
    behind: int
    queued: int
    plots: Path


def workers(scale: Scale) -> Iterator[str]:
    """One worker and two at the same number of files, all of which wait before the first is read."""
    yield from ("## One worker, two workers", "")
    yield (
        "| files | workers | documents a second | × one worker | × by reading alone | seconds of a worker a document "
        "| more than reading |"
    )
    yield f"|{'---|' * 7}"
    for place, form in enumerate(("photo", "pdf", "xml")):
        measured = [_queued_first(100_000 * place, scale.files, (form,), count) for count in (1, 2)]
        alone, read_alone = measured[0]
        for count, (found, read) in enumerate(measured, 1):
            each = count / found
            yield (
                f"| {scale.files} {form} | {count} | {found:.2f} | {found / alone:.2f} "
                f"| {count * read_alone / read:.2f} | {each:.3f} | {each - read:.3f} ({each / read - 1:.0%}) |"
            )
    yield ""
    yield "By reading alone: what two that shared nothing but the processor would reach, as reading itself takes longer"
    yield "when another reads beside it. More than reading: queue, database, files, and the process of the reader."


def soak(scale: Scale) -> Iterator[str]:
    """Photos and PDFs as they come, at a steady rate for a long time: how long they take, what the processes keep."""
    able, _ = _queued_first(300_000, scale.files, MIXED, 2)
    a_second = _BUSY * able
    count = max(scale.files, round(scale.minutes * 60 * a_second))
    with _folder() as folder, _service(workers=2) as stage:
        files = draw(folder, 400_000, count, MIXED)
        stage.start()
        sender = Sender(stage)
        with Memory(stage) as memory:
            sender.in_time(files, a_second)
            wait_until_done(stage, _LONG)
        finished = done(stage)
    yield from ("## Photos and PDFs as they come", "")
    yield (
        f"Two workers read {able:.2f} a second of half photos, half PDFs. {count:,} came at moments of chance, "
        f"{a_second:.2f} a second in the mean ({_BUSY:.0%}), for {scale.minutes:.0f} minutes; {sender.refused} refused."
    )
    yield from ("", "| seconds | median | p95 | p99 | longest |", "|---|---|---|---|---|")
    yield _times("until answered with 202", sender.waited)
    yield _times("from there to the end state", [one.took for one in finished])
    yield from ("", f"![from arrival to the end state, by minute]({by_minute(finished, scale.plots)})", "")
    yield from ("| process | MB of its own, early | at the end | growth |", "|---|---|---|---|")
    for name, (early, late) in sorted(memory.growth().items()):
        yield f"| {name} | {early:.0f} | {late:.0f} | {late / early - 1:+.1%} |"


def express(scale: Scale) -> Iterator[str]:
    """PDFs of people, one at a time, alone and while a folder's batch is read by the worker beside."""
    with _folder() as folder, _service(workers=1) as stage:
        probes = draw(folder / "probes", 500_000, 2 * _PROBES, ("pdf",))
        batch = draw(folder / "batch", 600_000, scale.behind, ("xml",))
        stage.start()
        alone = _one_by_one(stage, probes[:_PROBES])
        for file in batch:
            file.rename(stage.watched / file.name)
        stage.wait_for(lambda: len(done(stage, "xml-")) > _PROBES, _LONG)
        beside = _one_by_one(stage, probes[_PROBES:])
        left = stage.unfinished()
    yield from ("## Express beside a batch", "")
    yield (
        f"{_PROBES} PDFs one after the other, first alone, then beside {scale.behind:,} files that a folder brought, "
        f"of which {left:,} known ones still waited at the end."
    )
    yield from ("", "| seconds to the end state | median | p95 | p99 | longest |", "|---|---|---|---|---|")
    yield from (_times("alone", alone), _times("beside the batch", beside))
    ratio = statistics.median(beside) / statistics.median(alone)
    yield from ("", f"Median {ratio:.2f} times as long (limit 2).")


def drain(scale: Scale) -> Iterator[str]:
    """A great many documents wait, everything dies, everything starts again, all are read."""
    with _folder() as folder, _service(workers=2) as stage:
        files = draw(folder, 700_000, scale.queued, ("xml",))
        _start_all_but_workers(stage)
        sender, start = Sender(stage), time.monotonic()
        sender.at_once(files)
        took = time.monotonic() - start
        waiting = stage.unfinished()
        stage.kill()
        stage.start_redis()
        stage.start()
        start = time.monotonic()
        whole = wait_until_done(stage, _LONG)
        drained = time.monotonic() - start
        finished = len(done(stage))
        with reading(stage.services.database) as connection:
            broken = verify(connection).broken
    yield from ("## Many that wait", "")
    yield from ("| sent | refused | s to take in | waiting | s to drain | a second | lost | chain |", f"|{'---|' * 8}")
    lost = len(sender.waited) - finished
    yield (
        f"| {len(files):,} | {sender.refused} | {took:.0f} | {waiting:,} | {drained:.0f}{'' if whole else ', not all'} "
        f"| {finished / drained:.1f} | {lost} | {'broken' if broken else 'whole'} |"
    )
    yield from ("", "Between taking in and draining every process and Redis were killed and started again.")


def _queued_first(first: int, count: int, forms: Sequence[str], workers: int) -> tuple[float, float]:
    """Documents a second of so many workers at files that wait, and the seconds of reading one."""
    with _folder() as folder, _service(workers) as stage:
        files = draw(folder, first, count, forms)
        _start_all_but_workers(stage)
        Sender(stage).at_once(files)
        stage.start(*_workers_of(stage))
        wait_until_done(stage, _LONG)
        counted = middle(done(stage))
        return rate(counted), statistics.mean(one.read for one in counted)


def _one_by_one(stage: Stage, files: Sequence[Path]) -> list[float]:
    sender, before = Sender(stage), {one.arrived for one in done(stage, "pdf-")}
    for sent, file in enumerate(files, 1):
        sender.send(file)
        stage.wait_for(lambda due=sent: len(done(stage, "pdf-")) >= len(before) + due, 60)  # type: ignore[misc]
    return [one.took for one in done(stage, "pdf-") if one.arrived not in before]


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="shoupiao-load-") as folder:
        yield Path(folder)


@contextmanager
def _service(workers: int) -> Iterator[Stage]:
    """The service with the settings of use, and so many workers for what people send."""
    # One client sends what many would; the limit is for one.
    stage = Stage(settings={"SHOUPIAO_REQUESTS_PER_MINUTE": "100000"})
    del stage.commands["worker"]
    stage.commands |= {f"worker {number}": [*_WORKER] for number in range(1, workers + 1)}
    try:
        yield stage
    finally:
        stage.throw_away()


def _workers_of(stage: Stage) -> list[str]:
    return [name for name in stage.commands if name.startswith("worker ")]


def _start_all_but_workers(stage: Stage) -> None:
    stage.start(*(name for name in stage.commands if not name.startswith("worker ")))


def _times(what: str, seconds: Sequence[float]) -> str:
    told = [statistics.median(seconds), *(percentile(seconds, share) for share in (95, 99)), max(seconds)]
    return f"| {what} | {' | '.join(f'{one:.2f}' for one in told)} |"
