"""Files to send: invoices that nobody has sent before, drawn ahead so that drawing does not compete with reading."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from models.kinds import Kind
from samples.canvas_pdf import draw_with, slimmed
from samples.forms import ENDINGS, in_form
from samples.invoice import draw_invoice

#: What comes in where people work: half photos, half PDFs.
MIXED = ("photo", "pdf")


def draw(folder: Path, first: int, count: int, forms: Sequence[str]) -> list[Path]:
    """Draw the invoices from serial ``first`` on, the forms in turn; on all cores, as nothing is measured yet."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="shoupiao-fonts-") as fonts,
        ProcessPoolExecutor(os.cpu_count(), initializer=draw_with, initargs=(slimmed(Path(fonts)),)) as pool,
    ):
        one = partial(_draw_one, folder, tuple(forms))
        return list(pool.map(one, range(first, first + count), chunksize=8))


def _draw_one(folder: Path, forms: tuple[str, ...], serial: int) -> Path:
    form = forms[serial % len(forms)]
    path = folder / f"{form}-{serial}.{ENDINGS[form]}"
    path.write_bytes(in_form(draw_invoice(serial, Kind.DIGITAL_NORMAL), form, serial))
    return path
