"""The drills, each a few lines of what goes wrong while invoices come in."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tools.chaos.load import Load, invoice
from tools.chaos.stage import Stage

Harm = Callable[[Stage, Load, float], None]
_FEW, _MANY = 40, 1000
_FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill: what is done, in words for the report, and how. ``outage`` is how long something is away."""

    name: str
    harm: Harm
    needs_cluster: bool = False


def _kill_again_and_again(name: str) -> Harm:
    def harm(stage: Stage, load: Load, outage: float) -> None:
        chance = random.Random(name)  # noqa: S311 - moments of a drill, no secret
        load.send(0, _FEW, pause=0.1)
        for _ in range(6):
            time.sleep(chance.uniform(0.2, 2.5))
            stage.kill(name)
            stage.start(name)

    return harm


def _kill_readers(stage: Stage, load: Load, outage: float) -> None:
    """Kill what a worker forks for a document, not the worker."""
    load.send(0, _FEW, pause=0.05)
    end = time.monotonic() + 15
    while time.monotonic() < end:
        for reader in stage.readers("worker"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(reader, signal.SIGKILL)
        time.sleep(0.7)


def _kill_all(stage: Stage, load: Load, outage: float) -> None:
    load.send(0, _FEW, pause=0.05)
    time.sleep(2)
    stage.kill("web", "worker", "batch", "sweeper", "watcher", "redis")
    time.sleep(1)
    stage.start_redis()
    stage.start()


def _redis_away(stage: Stage, load: Load, outage: float) -> None:
    load.send(0, _FEW, pause=outage / _FEW)
    time.sleep(1)
    stage.kill("redis")
    time.sleep(outage)
    stage.start_redis()


def _redis_flushed(stage: Stage, load: Load, outage: float) -> None:
    load.send(0, _FEW, pause=0.05)
    for _ in range(5):
        time.sleep(0.7)
        stage.forget_redis()


def _redis_empty(stage: Stage, load: Load, outage: float) -> None:
    load.send(0, _FEW, pause=0.05)
    time.sleep(1)
    stage.kill("redis")
    shutil.rmtree(stage.folder / "redis", ignore_errors=True)
    stage.start_redis()


def _database_away(stage: Stage, load: Load, outage: float) -> None:
    if stage.cluster is None:
        raise RuntimeError("this drill stops a PostgreSQL cluster")
    load.send(0, _FEW, pause=outage / _FEW)
    time.sleep(1)
    stage.cluster.stop()
    time.sleep(outage)
    stage.cluster.start()


def _clock_jumps(stage: Stage, load: Load, outage: float) -> None:
    """Half of the processes live three days ahead, then an hour behind."""
    load.send(0, _FEW, pause=0.3)
    for shift in ("+3d", "-1h"):
        time.sleep(2)
        stage.kill("worker", "sweeper")
        stage.start("worker", "sweeper", LD_PRELOAD=str(_FAKETIME), FAKETIME=shift)
    time.sleep(3)
    stage.kill("worker", "sweeper")
    stage.start("worker", "sweeper")


def _slow_files(stage: Stage, load: Load, outage: float) -> None:
    """Files that grow slowly in the watched folder, one that never gets whole, and one that vanishes."""
    for serial in range(12):
        _, content = invoice(serial)
        path = stage.watched / f"slow-{serial}.xml"
        with path.open("wb") as file:
            for start in range(0, len(content), max(1, len(content) // 5)):
                file.write(content[start : start + max(1, len(content) // 5)])
                file.flush()
                time.sleep(0.15)
    (stage.watched / "half.pdf").write_bytes(b"%PDF-1.7\nhalf a file")
    gone = stage.watched / "gone.xml"
    gone.write_bytes(invoice(99)[1])
    time.sleep(0.4)
    gone.unlink()
    load.send(20, 10)


def _three_doors(stage: Stage, load: Load, outage: float) -> None:
    """The same files by program, by page and by folder at once."""
    load.send(0, _FEW)
    with httpx.Client(base_url=stage.address, headers=stage.headers, timeout=30, follow_redirects=False) as client:
        for serial in range(_FEW):
            number, content = invoice(serial)
            (stage.watched / f".{serial}").write_bytes(content)
            (stage.watched / f".{serial}").rename(stage.watched / f"{number}.xml")
            client.post("/api/v1/submissions", files={"files": (f"{number}.xml", content)})


def _rolling_restart(stage: Stage, load: Load, outage: float) -> None:
    for part in range(4):
        load.send(part * _MANY // 4, _MANY // 4)
    for name in ("web", "worker", "sweeper", "batch", "web", "worker"):
        time.sleep(4)
        stage.end(name)
        stage.start(name)


def _full_disk(stage: Stage, load: Load, outage: float) -> None:
    """Fill the disk below the originals, keep sending, and make room again."""
    blobs = stage.var / "blobs"
    with _small_disk(blobs) as filler:
        load.send(0, _FEW, pause=outage / _FEW)
        time.sleep(1)
        with contextlib.suppress(OSError), filler.open("wb") as file:
            while True:
                file.write(bytes(1 << 16))
        time.sleep(outage)
        filler.unlink()
        load.wait()
        kept = stage.folder / "kept"
        shutil.copytree(blobs, kept, ignore=shutil.ignore_patterns("filler"))
    shutil.copytree(kept, blobs, dirs_exist_ok=True)


@contextmanager
def _small_disk(place: Path) -> Iterator[Path]:
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(place)], check=True)
    try:
        yield place / "filler"
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


DRILLS: tuple[Drill, ...] = (
    Drill("kill -9 of a worker, six times", _kill_again_and_again("worker")),
    Drill("kill -9 of what a worker forks, for 15 s", _kill_readers),
    Drill("kill -9 of the web, six times", _kill_again_and_again("web")),
    Drill("kill -9 of the sweeper, six times", _kill_again_and_again("sweeper")),
    Drill("kill -9 of the watcher, six times", _kill_again_and_again("watcher")),
    Drill("kill -9 of everything at once", _kill_all),
    Drill("Redis away", _redis_away),
    Drill("Redis flushed five times", _redis_flushed),
    Drill("Redis restarted empty", _redis_empty),
    Drill("database stopped and started", _database_away, needs_cluster=True),
    Drill("disk full", _full_disk),
    Drill("clocks three days ahead, then an hour behind", _clock_jumps),
    Drill("slow, half and vanishing files in the folder", _slow_files),
    Drill("the same files through three doors at once", _three_doors),
    Drill("1 000 documents during a rolling restart", _rolling_restart),
)
#: What a machine must have for a drill; without it the drill says so and fails.
NEEDS: Mapping[str, Callable[[], bool]] = {
    "disk full": lambda: os.geteuid() == 0,
    "clocks three days ahead, then an hour behind": _FAKETIME.exists,
}
