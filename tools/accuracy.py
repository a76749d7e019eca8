"""Hold the reader to the truth: ``make accuracy`` (all), ``COUNT=3 make accuracy`` (a quick look).

Invoices of every kind are drawn with their truth, some as files, some as pictures, and every picture is read again as
people spoil them: turned, tilted, coarse, small, blurred, on a desk, beside a neighbour, under a seal, as HEIC.
What is accepted must be right: the same values, or a person is asked. The table goes to docs/accuracy.md, with the
exact 95 % upper bound of the rate of wrong acceptances (Clopper-Pearson). Nothing in it depends on the speed of the
machine.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime as dt
import json
import math
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from intake.pipeline import read_document
from intake.read.engine import OcrEngine
from intake.settings import Settings
from intake.wiring import build_engine
from models.invoice import Invoice
from models.kinds import Kind
from samples import photo
from samples.canvas_pdf import PdfCanvas
from samples.forms import in_form, pdf_of
from samples.invoice import draw_invoice
from samples.photo import Picture
from samples.tickets import ELECTRONIC, PAPER, TICKETS
from samples.truth import truth_of

PAGE = Path(__file__).resolve().parents[1] / "docs" / "accuracy.md"
TODAY = dt.date(2026, 3, 2)
KEY = (
    "invoice_number", "invoice_code", "issue_date", "total", "amount_excl_tax", "tax", "buyer_tax_id", "seller_tax_id",
)  # fmt: skip
NAMES = ("buyer_name", "seller_name")
DRAWN = (
    Kind.DIGITAL_NORMAL, Kind.DIGITAL_SPECIAL, Kind.VAT_NORMAL_ELECTRONIC, Kind.VAT_SPECIAL_PAPER,
    Kind.VAT_NORMAL_PAPER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One file to read: which kind, drawn from which seed, in which form, spoilt how."""

    name: str
    seed: int
    form: str
    spoilt: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What became of one case: fields read right and all that are printed, and what was decided."""

    case: Case
    key: tuple[int, int]
    every: tuple[int, int]
    accepted: bool
    wrong: tuple[str, ...]


def tilted(degrees: float) -> Callable[[Picture, int], Picture]:
    """Tilt a picture as a careless hand does; what lies outside stays white."""

    def tilt(picture: Picture, _: int) -> Picture:
        height, width = picture.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.9)
        return np.asarray(cv2.warpAffine(picture, turn, (width, height), borderValue=(250, 250, 250)), np.uint8)

    return tilt


def on_a_desk(picture: Picture, seed: int) -> Picture:
    """Lay it on a desk, a little askew."""
    height, width = picture.shape[:2]
    desk = photo.desk(int(height * 1.5), int(width * 1.4), seed)
    return photo.laid(desk, picture, (width * 0.7, height * 0.75), seed % 13 - 6, 0.95, 0.01, seed)


def with_a_neighbour(picture: Picture, seed: int) -> Picture:
    """Let a strip of another sheet show at the lower edge."""
    strip = _drawn_picture(DRAWN[seed % len(DRAWN)].value, seed + 5000)
    strip = np.asarray(cv2.resize(strip, (picture.shape[1], strip.shape[0])), np.uint8)
    return np.ascontiguousarray(np.vstack([picture, strip[: picture.shape[0] // 9]]))


def under_a_seal(picture: Picture, seed: int) -> Picture:
    """Press a red seal on the lower right, where sellers press it."""
    dice = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    ink = np.zeros((height, width), np.uint8)
    centre = (int(width * dice.uniform(0.6, 0.8)), int(height * dice.uniform(0.6, 0.8)))
    cv2.ellipse(ink, centre, (width // 9, height // 9), 0, 0, 360, (255,), max(3, width // 250))
    cv2.putText(ink, "91330100MA27", (int(centre[0]) - width // 11, int(centre[1])), 0, width / 1800, (255,), 2)
    mask = ink > 0
    result = picture.copy()
    result[mask] = (0.35 * result[mask] + 0.65 * np.array((60, 40, 215))).astype(np.uint8)
    return result


SPOILT: Mapping[str, Callable[[Picture, int], Picture]] = {
    "as it is": lambda picture, _: picture,
    "turned by 90": lambda picture, _: photo.quarter_turned(picture, 1),
    "turned by 180": lambda picture, _: photo.quarter_turned(picture, 2),
    "turned by 270": lambda picture, _: photo.quarter_turned(picture, 3),
    "tilted by 4": tilted(4),
    "tilted by -4": tilted(-4),
    "tilted by 9": tilted(9),
    "tilted by -9": tilted(-9),
    "JPEG quality 40": lambda picture, _: picture,
    "half size": lambda picture, _: np.asarray(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)),
    "blurred": lambda picture, _: np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.6), np.uint8),
    "on a desk": on_a_desk,
    "beside a neighbour": with_a_neighbour,
    "under a seal": under_a_seal,
    "as HEIC": lambda picture, _: picture,
}


def _drawn_picture(name: str, seed: int) -> Picture:
    return photo.rendered(_pdf(name, seed), 170)


def _pdf(name: str, seed: int) -> bytes:
    if name in TICKETS:
        ticket = TICKETS[name](seed)
        canvas = PdfCanvas(ticket.width, ticket.height)
        ticket.draw(canvas)
        return canvas.finish()
    return pdf_of(draw_invoice(seed, Kind(name)))


def truth(case: Case) -> dict[str, Any]:
    """What a reader must find in a case."""
    if case.name in TICKETS:
        ticket = TICKETS[case.name](case.seed)
        return {"kind": ticket.kind.value, **ticket.fields}
    return truth_of(draw_invoice(case.seed, Kind(case.name)))


def content(case: Case) -> tuple[bytes, str]:
    """The bytes of a case's file and its ending."""
    if case.form in ("xml", "ofd"):
        return in_form(draw_invoice(case.seed, Kind(case.name)), case.form, case.seed), case.form
    if case.form == "pdf":
        return _pdf(case.name, case.seed), "pdf"
    picture = _drawn_picture(case.name, case.seed)
    if case.form == "photo":
        picture = photo.photographed(photo.rendered(_pdf(case.name, case.seed), 220), case.seed)
    picture = SPOILT[case.spoilt](picture, case.seed)
    if case.spoilt == "as HEIC":
        return photo.heic(picture), "heic"
    return photo.jpeg(picture, 40 if case.spoilt == "JPEG quality 40" else 88), "jpg"


def cases(count: int) -> Iterator[Case]:
    """All cases: ``count`` files of every kind in the forms that it comes in, and pictures spoilt in every way."""
    for place in range(count):
        for kind in DRAWN[:3]:
            for form in ("pdf", "ofd", "xml"):
                yield Case(kind.value, 10_000 + place, form)
        for name in ELECTRONIC:
            yield Case(name, 20_000 + place, "pdf")
    pictures = [kind.value for kind in DRAWN] + list(TICKETS)
    for number in range(math.ceil(count / 12)):
        for place, name in enumerate(pictures):
            seed = 30_000 + 100 * number + place
            form = "photo" if (name in PAPER or "paper" in name) and number % 2 else "render"
            for spoilt in SPOILT:
                yield Case(name, seed, form, spoilt)


_engine: OcrEngine | None = None


def _start() -> None:
    global _engine
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - the libraries' greetings, once a process
    _engine = build_engine(Settings())


def score(case: Case) -> Score:
    """Read one case and compare it with its truth."""
    wanted = truth(case)
    data, ending = content(case)
    with tempfile.TemporaryDirectory(prefix="shoupiao-accuracy-") as folder:
        file = Path(folder) / f"case.{ending}"
        file.write_bytes(data)
        outcome = read_document(file, _engine, today=TODAY)
    same = [one for one in outcome.invoices if one.value("invoice_number") == wanted.get("invoice_number")]
    found = next(iter([*same, *outcome.invoices]), None)
    wrong = [name for name in (*KEY, *NAMES) if wanted.get(name) and not _right(found, name, wanted[name])]
    asked = [name for name in wanted if name not in ("kind", "title", "items", "remark", "qr_payload")]
    kind = found is not None and found.kind.value == wanted["kind"]
    accepted = outcome.verdict == "accept"
    key = [name for name in asked if name in KEY]
    return Score(
        case,
        (sum(_right(found, name, wanted[name]) for name in key), len(key)),
        (sum(_right(found, name, wanted[name]) for name in asked), len(asked)),
        accepted,
        tuple(wrong if kind else [*wrong, "kind"]) if accepted else (),
    )


def _right(found: Invoice | None, name: str, value: str) -> bool:
    return found is not None and found.value(name) == value


def upper_bound(wrong: int, accepted: int) -> float:
    """The exact one-sided 95 % bound (Clopper-Pearson) of a rate of which ``wrong`` of ``accepted`` were seen."""
    if accepted == 0:
        return 1.0
    low, high = wrong / accepted, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        at_most = sum(
            math.comb(accepted, seen) * middle**seen * (1 - middle) ** (accepted - seen) for seen in range(wrong + 1)
        )
        low, high = (middle, high) if at_most > 0.05 else (low, middle)
    return high


def table(title: str, groups: Mapping[str, list[Score]]) -> list[str]:
    """A table of groups in Markdown."""
    rows = [
        f"| {title} | files | key fields | all fields | accepted | accepted and wrong |",
        "|---|---|---|---|---|---|",
    ]
    for name, scores in groups.items():
        key, every = (_added(one.key for one in scores), _added(one.every for one in scores))
        accepted = sum(one.accepted for one in scores)
        wrong = sum(bool(one.wrong) for one in scores)
        rows.append(
            f"| {name} | {len(scores)} | {_share(*key)} | {_share(*every)} "
            f"| {_share(accepted, len(scores))} | {wrong} |"
        )
    return [*rows, ""]


def _added(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    right, whole = zip(*pairs, strict=True)
    return sum(right), sum(whole)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def grouped(scores: list[Score], by: Callable[[Score], str]) -> dict[str, list[Score]]:
    """Scores by group, in the order in which the groups first come."""
    groups: dict[str, list[Score]] = collections.defaultdict(list)
    for one in scores:
        groups[by(one)].append(one)
    return groups


def report(scores: list[Score], count: int) -> str:
    """The whole page."""
    files = [one for one in scores if one.case.form in ("pdf", "ofd", "xml")]
    pictures = [one for one in scores if one not in files]
    accepted, wrong = sum(one.accepted for one in scores), sum(bool(one.wrong) for one in scores)
    lines = [
        "# Accuracy on drawn invoices",
        "",
        f"Drawn and read by `make accuracy` (COUNT={count}) on {dt.date.today():%Y-%m-%d}: {len(files)} files and "
        f"{len(pictures)} pictures, of which {sum(one.case.spoilt != 'as it is' for one in pictures)} are spoilt.",
        "The invoices come from our own generator, whose print is cleaner than a real printer's; what it cannot draw,",
        "it cannot measure. Real invoices are measured apart and are not part of the repository.",
        "",
        f"**Accepted and wrong: {wrong} of {accepted}**; the rate is below "
        f"{100 * upper_bound(wrong, accepted):.2f} % with 95 % confidence (exact, one-sided), for invoices like these.",
        "",
        *table("form", grouped(scores, lambda one: one.case.form)),
        *table("kind, files", grouped(files, lambda one: one.case.name)),
        *table("kind, pictures", grouped(pictures, lambda one: one.case.name)),
        *table("pictures spoilt", grouped(pictures, lambda one: one.case.spoilt)),
    ]
    bad = [f"- {one.case}: {', '.join(one.wrong)}" for one in scores if one.wrong]
    return "\n".join([*lines, *(["Wrong:", "", *bad, ""] if bad else [])]).rstrip() + "\n"


def kept(file: Path | None) -> dict[Case, Score]:
    """The scores of an earlier run that was broken off."""
    if file is None or not file.exists():
        return {}
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    found = [
        Score(Case(**row["case"]), tuple(row["key"]), tuple(row["every"]), row["accepted"], tuple(row["wrong"]))
        for row in rows
    ]
    return {one.case: one for one in found}


def main() -> int:
    """Read all cases on all cores, write the page, and fail if anything accepted was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60, help="files of every kind and form")
    parser.add_argument("--write", action="store_true", help="write docs/accuracy.md")
    parser.add_argument(
        "--scores", type=Path, help="keep every score here, a line each; what it holds is not read again"
    )
    options = parser.parse_args()
    known = kept(options.scores)
    wanted = list(cases(options.count))
    todo = [case for case in wanted if case not in known]
    started = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(os.cpu_count() or 1, _start) as pool:
        for number, one in enumerate(pool.imap(score, todo, chunksize=4), 1):
            known[one.case] = one
            if options.scores:
                with options.scores.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(dataclasses.asdict(one), ensure_ascii=False) + "\n")
            if number % 50 == 0 or one.wrong:
                said = f" {one.case} {one.wrong}" if one.wrong else ""
                print(f"{number} of {len(todo)} in {time.monotonic() - started:.0f} s{said}", flush=True)
    scores = [known[case] for case in wanted]
    page = report(scores, options.count)
    print(page)
    if options.write:
        PAGE.write_text(page, "utf-8")
    return 1 if any(one.wrong for one in scores) else 0


if __name__ == "__main__":
    raise SystemExit(main())
