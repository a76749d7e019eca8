"""What the pages of every measurement share: the line that says when and where, and a page that grows meanwhile."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Iterable, Iterator
from pathlib import Path


def written_by(target: str, what: str) -> str:
    """The sentence that a page begins with: which command wrote it, what was measured, when and on what machine."""
    return (
        f"Written by `make {target} WRITE=1` on {dt.datetime.now(dt.UTC):%Y-%m-%d}: {what}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {platform.machine()}; load when it began: {os.getloadavg()[0]:.1f}."
    )


def shown(lines: Iterable[str]) -> Iterator[str]:
    """The same lines, each printed when it comes."""
    for line in lines:
        print(line, flush=True)
        yield line


def grow(lines: Iterable[str], page: Path | None) -> None:
    """Print a page line by line as it is measured, and keep it in the end if there is a place for it."""
    kept = list(shown(lines))
    if page:
        page.write_text("\n".join([*kept, ""]), "utf-8")
