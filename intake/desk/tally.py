"""What the workers have done, counted in Redis for all of them: verdicts, rules, failures, seconds per stage.

The counts are for plots and alarms. They begin anew when Redis is emptied, as those of a process do when it is started
again, and one is lost when a worker dies between settling and counting: the truth is in the database.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import redis
import structlog

from intake.desk.services import Services
from models.outcome import Outcome

log = structlog.get_logger()
_KEY = "shoupiao:tally"
#: Upper bounds in seconds: text takes hundredths, a photo seconds.
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True)
class Spread:
    """How long a stage took: for each of ``BOUNDS``, and beyond them, how many documents; and all seconds together."""

    counts: tuple[int, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Tally:
    """All counts; findings are by rule and severity, failures by the kind of trouble."""

    verdicts: Mapping[str, int]
    findings: Mapping[tuple[str, str], int]
    failures: Mapping[str, int]
    stages: Mapping[str, Spread]
    lost_traces: int = 0


def count_outcome(services: Services, outcome: Outcome) -> None:
    """Count a settled document; without Redis it is not counted."""
    said = [*outcome.findings, *(one for invoice in outcome.invoices for one in invoice.findings)]
    found = Counter((one.rule, one.severity.value) for one in said)
    counts = {f"verdict|{outcome.verdict.value}": 1, **{f"finding|{r}|{s}": count for (r, s), count in found.items()}}
    seconds: dict[str, float] = {}
    taken = {stage: took for stage, took in outcome.timings_ms.items() if took}  # none: it was broken off
    for stage, milliseconds in taken.items():
        counts[f"stage|{stage}|{bisect_left(BOUNDS, milliseconds / 1000)}"] = 1
        seconds[f"seconds|{stage}"] = milliseconds / 1000
    _add(services, counts, seconds)


def count_failure(services: Services, trouble: str) -> None:
    """Count an attempt that could not do the work."""
    _add(services, {f"failure|{trouble}": 1}, {})


def count_lost_traces(services: Services) -> None:
    """Count a batch of spans that the collector did not take."""
    _add(services, {"lost traces|batch": 1}, {})


def tallied(services: Services) -> Tally:
    """All counts so far.

    Raises:
        redis.RedisError: Redis cannot be reached.
    """
    told = services.queue.connection.hgetall(_KEY)
    parted: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
    for name, count in told.items():
        what, *rest = _text(name).split("|")
        parted[what][tuple(rest)] = float(count)
    return Tally(
        verdicts={verdict: int(count) for (verdict,), count in parted["verdict"].items()},
        findings={(rule, severity): int(count) for (rule, severity), count in parted["finding"].items()},
        failures={trouble: int(count) for (trouble,), count in parted["failure"].items()},
        stages=dict(_spreads(parted["stage"], parted["seconds"])),
        lost_traces=int(parted["lost traces"].get(("batch",), 0)),
    )


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _spreads(
    counts: Mapping[tuple[str, ...], float], seconds: Mapping[tuple[str, ...], float]
) -> Iterator[tuple[str, Spread]]:
    for (stage,), spent in sorted(seconds.items()):
        yield stage, Spread(tuple(int(counts.get((stage, str(i)), 0)) for i in range(len(BOUNDS) + 1)), spent)


def _add(services: Services, counts: Mapping[str, int], seconds: Mapping[str, float]) -> None:
    pipeline = services.queue.connection.pipeline(transaction=True)
    for name, count in counts.items():
        pipeline.hincrby(_KEY, name, count)
    for name, spent in seconds.items():
        pipeline.hincrbyfloat(_KEY, name, spent)
    try:
        pipeline.execute()
    except redis.RedisError as trouble:
        log.warning("not_counted", trouble=type(trouble).__name__)
