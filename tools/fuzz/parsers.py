"""``python -m tools.fuzz.parsers``: ten minutes of atheris over the parsers, without their child around them.

Each target is a process of its own that libFuzzer guides by coverage of our code. It may refuse what it is given; any
other exception ends it and is shown with the bytes that did it. atheris is not among the locked requirements, as it is
built for few machines: ``uv pip install atheris``.
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SET = ROOT / "samples" / "set"
_TODAY = dt.date(2026, 11, 25)
#: How long an input may get: enough for a small invoice, short enough for thousands of tries a second.
_LONGEST = {"xml": 20_000, "ofd": 60_000, "pdf": 60_000, "list": 20_000, "signatures": 4_000}


def _xml() -> Callable[[bytes], object]:
    from intake.read.structured import read_structured
    from intake.source import DataPart

    return lambda data: read_structured([DataPart("a.xml", data)])


def _opened(name: str) -> Callable[[bytes], object]:
    from intake.source import Limits, _open

    limits = Limits(pages=3, unpacked=2**20, pixels=1_000_000)

    def read(data: bytes) -> None:
        for page in _open(name, data, limits, inside_archive=False).pages:
            page.read_words()

    return read


def _signatures() -> Callable[[bytes], object]:
    from intake.source.signatures import pdf_signatures

    return pdf_signatures


def _texts() -> Callable[[bytes], object]:
    from models.amount_words import parse_words
    from models.amounts import parse_amounts
    from models.dates import iso_date
    from models.money import parse_money, parse_rate
    from models.qr_payload import parse_payload
    from models.tax_id import repair, tax_id_ok, without_person

    parsers = (
        *(parse_words, parse_amounts, iso_date, parse_money, parse_rate, parse_payload),
        *(repair, tax_id_ok, without_person),
    )

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        for parse in parsers:
            parse(text)

    return read


def _asked() -> Callable[[bytes], object]:
    from models.handoff import parse_reply
    from models.query import BadFilter, parse_query
    from models.question import parse_question
    from models.root import read_root

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        parse_question(text, _TODAY)
        parse_reply(text)
        read_root(text)
        try:
            parse_query(dict(pair.partition("=")[::2] for pair in text.split("&")), _TODAY)
        except BadFilter:
            return

    return read


def _list() -> Callable[[bytes], object]:
    from intake.tax_list.read import open_list

    path = Path(tempfile.mkdtemp(prefix="shoupiao-fuzz-")) / "list"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        reading = open_list(path)
        for _ in reading.invoices():
            pass
        reading.summary()

    return read


TARGETS: dict[str, tuple[Callable[[], Callable[[bytes], object]], str]] = {
    "xml": (_xml, "*.xml"),
    "ofd": (lambda: _opened("a.ofd"), "*.ofd"),
    "pdf": (lambda: _opened("a.pdf"), "*.pdf"),
    "signatures": (_signatures, "*.pdf"),
    "texts": (_texts, ""),
    "asked": (_asked, ""),
    "list": (_list, "*.csv"),
}


def run_target(name: str, options: list[str]) -> None:
    """Fuzz one target until libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["intake", "models"]):
        from intake.errors import UnreadableInput

        parse = TARGETS[name][0]()

    def one_input(data: bytes) -> None:
        try:
            parse(data)
        except UnreadableInput:
            return

    atheris.Setup([sys.argv[0], *options], one_input)
    atheris.Fuzz()


def fuzz(name: str, seconds: int) -> str:
    """Run one target; gives "" or what it found."""
    with tempfile.TemporaryDirectory(prefix="shoupiao-fuzz-") as folder:
        for path in SET.glob(TARGETS[name][1] or "*.xml"):
            (Path(folder) / path.name).write_bytes(path.read_bytes()[: _LONGEST.get(name, 500)])
        options = [
            f"-max_total_time={seconds}", f"-max_len={_LONGEST.get(name, 500)}", "-rss_limit_mb=3000", "-timeout=60",
            f"-artifact_prefix={folder}/", "-print_final_stats=1", folder,
        ]  # fmt: skip
        command = [sys.executable, "-m", "tools.fuzz.parsers", "--target", name, "--", *options]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        tries = re.search(r"number_of_executed_units: (\d+)", ended.stderr)
        print(f"{name:<12} {int(tries[1]) if tries else 0:>9} inputs, exit {ended.returncode}", flush=True)
        if ended.returncode == 0:
            return ""
        found = [path for path in Path(folder).iterdir() if path.name.startswith(("crash-", "timeout-", "oom-"))]
        kept = "\n".join(f"{path.name}: {base64.b64encode(path.read_bytes()[:4000]).decode()}" for path in found)
        return f"{name}:\n{ended.stdout[-3000:]}\n{ended.stderr[-1000:]}\n{kept}"


def main() -> int:
    """Fuzz every target for its part of the time."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz.parsers")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--target", choices=TARGETS)
    parser.add_argument("options", nargs="*", help="of libFuzzer, with --target")
    asked = parser.parse_args()
    if asked.target and asked.options:
        run_target(asked.target, asked.options)
    names = [asked.target] if asked.target else list(TARGETS)
    found = [fuzz(name, int(asked.minutes * 60 / len(names))) for name in names]
    print("\n".join(one for one in found if one) or "nothing but refusals")
    return 1 if any(found) else 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
