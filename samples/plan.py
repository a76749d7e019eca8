"""Which samples there are: the fixed set that the repository carries, and any number drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from models.kinds import Kind
from samples.faults import FAULTS


@dataclass(frozen=True, slots=True)
class Sample:
    """One file to draw. ``verdict`` and ``rules`` are what it must get; a fault brings its own.

    The verdict ``any`` stands beside photos and scans: a person may be asked, but what is accepted must be right.
    """

    name: str
    kind: Kind
    seed: int
    form: str = "pdf"
    lines: int = 2
    buyer: str = "company"
    exempt: bool = False
    fault: str = ""
    verdict: str = "accept"
    rules: tuple[str, ...] = ()


_NORMAL, _SPECIAL = Kind.DIGITAL_NORMAL, Kind.DIGITAL_SPECIAL
_OLD, _PAPER, _PAPER_NORMAL = Kind.VAT_NORMAL_ELECTRONIC, Kind.VAT_SPECIAL_PAPER, Kind.VAT_NORMAL_PAPER

_SOUND = (
    Sample("digital-normal", _NORMAL, 102),
    Sample("digital-normal", _NORMAL, 102, "xml"),  # the same invoice as data: a further carrier of one entry
    Sample("digital-sole-trader", _NORMAL, 105, lines=1),
    Sample("digital-person", _NORMAL, 108, buyer="person", lines=1),
    Sample("digital-exempt", _NORMAL, 110, exempt=True, lines=1),
    Sample("digital-special", _SPECIAL, 112, lines=5),
    Sample("digital-special-ofd", _SPECIAL, 114, "ofd"),
    Sample("digital-special-xml", _SPECIAL, 115, "xml", lines=4),
    Sample("old-electronic", _OLD, 116, lines=3),
    Sample("old-electronic-ofd", _OLD, 118, "ofd"),
    Sample("old-electronic-xml", _OLD, 119, "xml"),
)
_PICTURES = (
    Sample("digital-render", _NORMAL, 130, "png"),
    Sample("digital-photo", _SPECIAL, 132, "photo", lines=3, verdict="any"),
    Sample("digital-scan", _SPECIAL, 134, "scan", verdict="any"),
    Sample("paper-photo", _PAPER, 136, "photo", verdict="any"),
    Sample("paper-turned", _PAPER_NORMAL, 138, "turned", verdict="any"),
    Sample("paper-heic", _PAPER, 140, "heic", verdict="any"),
)
#: Each fault on a PDF of its own.
_FAULTY = tuple(Sample(f"fault-{name}", _NORMAL, 200 + place, fault=name) for place, name in enumerate(FAULTS))
_DIFFERS = Sample("fault-data-differs", _OLD, 230, "ofd-differs", verdict="review", rules=("XML-PDF-MISMATCH",))
_BROKEN = (
    Sample("fault-cut", _NORMAL, 231, "cut", verdict="reject", rules=("FILE-CORRUPT",)),
    Sample("fault-dtd", _NORMAL, 232, "dtd", verdict="reject", rules=("FILE-XML-UNSAFE",)),
)
_PAPER_FORMS = ("photo", "scan", "turned", "heic")
_FILE_FORMS = ("pdf", "pdf", "xml", "ofd", "png", "photo")
FIXED: tuple[Sample, ...] = (*_SOUND, *_PICTURES, *_FAULTY, _DIFFERS, *_BROKEN)


def drawn_by_chance(seed: int, count: int) -> Iterator[Sample]:
    """Draw a mix of kinds, forms and faults; one in three has a fault."""
    random = Random(seed)  # noqa: S311 - drawn data, no secret
    kinds = (_NORMAL, _NORMAL, _SPECIAL, _OLD, _PAPER, _PAPER_NORMAL)
    for number in range(count):
        kind = random.choice(kinds)
        paper = kind in (_PAPER, _PAPER_NORMAL)
        form = random.choice(
            ("photo", "scan", "turned", "heic") if paper else ("pdf", "pdf", "xml", "ofd", "png", "photo")
        )
        fault = random.choice(tuple(FAULTS)) if kind is _NORMAL and form == "pdf" and random.random() < 0.5 else ""
        lines = random.randint(1, 6)
        verdict = "any" if form in (*_PAPER_FORMS, "png") else "accept"
        yield Sample(f"drawn-{number:03d}", kind, seed * 1000 + number, form, lines, fault=fault, verdict=verdict)
