"""Proofs of the ledger that are remembered: every night's, which also keeps the root of the day before, and others."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from intake.desk.roots import keep_root, kept_roots, root_of
from intake.desk.runs import end, last_run, note
from intake.desk.services import Services
from intake.desk.verify import checked_to, verify
from intake.store.database import reading
from models.clock import day_of
from models.integrity import Break, Checked, Part
from models.root import Root

#: The names of its runs: every night by itself, and because somebody asked.
NIGHTLY, ASKED = "nightly", "asked"


@dataclass(frozen=True, slots=True)
class Night:
    """What a nightly proof found, and the root it kept; None when the history did not hold or the file failed."""

    parts: tuple[Checked, ...]
    root: Root | None


def prove_nightly(services: Services, run_id: int, now: float, beat: Callable[[], None]) -> Night:
    """Prove the ledger, keep the root of yesterday when the history holds, and remember the outcome.

    Raises:
        StorageUnavailable: the store of files does not answer.
    """
    file = services.settings.roots_file
    lines, trouble = _kept(file)
    found = {one.part: one for one in verify(services, lines, beat=beat)}
    trouble = trouble or _lost(services, file, len({*lines}))
    root = None
    if found[Part.ROOTS].ok and found[Part.CHAIN].ok and trouble is None:
        root, trouble = _keep(services, file, day_of(now) - dt.timedelta(days=1))
    if trouble:
        roots = found[Part.ROOTS]
        found[Part.ROOTS] = replace(roots, broken=roots.broken + 1, first=roots.first or trouble)
    parts = tuple(found.values())
    end(services, run_id, *_outcome(parts, roots=len({*lines, str(root)} if root else {*lines})))
    return Night(parts, root)


def prove_asked(services: Services, *, bytes_per_second: int | None) -> Iterator[Checked]:
    """Prove all parts because somebody asked; gives each as it is known, and remembers the outcome after the last.

    Raises:
        StorageUnavailable: the store of files does not answer. OSError: the file of roots cannot be read.
    """
    started, parts = time.time(), []
    for one in verify(services, kept_roots(services.settings.roots_file), bytes_per_second=bytes_per_second):
        parts.append(one)
        yield one
    note(services, ASKED, started, *_outcome(parts))


def _outcome(parts: Sequence[Checked], **details: Any) -> tuple[bool, dict[str, Any]]:
    return all(one.ok for one in parts), {"parts": [checked_to(one) for one in parts], **details}


def _kept(file: Path) -> tuple[list[str], Break | None]:
    try:
        return kept_roots(file), None
    except OSError as trouble:
        return [], _unusable(file, trouble)


def _lost(services: Services, file: Path, found: int) -> Break | None:
    """A file of roots that is shorter than it was: cleared, or on a disk that is not mounted. It is said once."""
    before = last_run(services, NIGHTLY)
    roots = before.details["roots"] if before else 0
    if found >= roots:
        return None
    return Break(Part.ROOTS, "roots_lost", {"file": str(file), "found": str(found), "before": str(roots)})


def _keep(services: Services, file: Path, day: dt.date) -> tuple[Root | None, Break | None]:
    with reading(services.database) as connection:
        root = root_of(connection, day)
    try:
        keep_root(file, root)
    except OSError as trouble:
        return None, _unusable(file, trouble)
    return root, None


def _unusable(file: Path, trouble: OSError) -> Break:
    return Break(Part.ROOTS, "roots_unusable", {"file": str(file), "trouble": trouble.strerror or str(trouble)})
