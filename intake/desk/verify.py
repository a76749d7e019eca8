"""Proves the ledger part by part: roots, chain, documents, entries, originals. It reads only and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from intake.desk.originals import Pace, verify_originals
from intake.desk.roots import verify_roots
from intake.desk.rows import verify_documents, verify_entries
from intake.desk.services import Services
from intake.store import history
from intake.store.database import reading
from models.integrity import Checked, Part


def verify(
    services: Services,
    roots: Iterable[str],
    *,
    parts: Collection[Part] = tuple(Part),
    bytes_per_second: int | None = None,
    beat: Callable[[], None] = lambda: None,
) -> Iterator[Checked]:
    """Prove the parts that are asked for, and give what came of each as soon as it is known.

    Args:
        services: what to prove.
        roots: the lines that were published outside.
        parts: which parts to prove.
        bytes_per_second: how fast originals are read; None as the settings say, 0 as fast as it goes.
        beat: called again and again meanwhile; an error that it raises ends the proof.

    Raises:
        StorageUnavailable: the store of files does not answer.
    """
    rate = services.settings.verify_bytes_per_second if bytes_per_second is None else bytes_per_second
    ways: dict[Part, Callable[[], Checked]] = {
        Part.ROOTS: lambda: _roots(services, roots),
        Part.CHAIN: lambda: _chain(services, beat),
        Part.DOCUMENTS: lambda: verify_documents(services, beat),
        Part.VIEWS: lambda: verify_entries(services, beat),
        Part.FILES: lambda: verify_originals(services, Pace(rate), beat),
    }
    for part in Part:
        if part in parts:
            yield ways[part]()


def checked_to(checked: Checked) -> dict[str, Any]:
    """What came of a part, for programs."""
    first = checked.first
    named = {"what": first.what, "where": dict(first.where), **first.told} if first else None
    return {"part": checked.part.value, "checked": checked.checked, "broken": checked.broken, "first": named}


def _roots(services: Services, lines: Iterable[str]) -> Checked:
    with reading(services.database) as connection:
        return verify_roots(connection, lines)


def _chain(services: Services, beat: Callable[[], None]) -> Checked:
    with reading(services.database) as connection:
        return history.verify(connection, beat)
