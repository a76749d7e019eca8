"""docs/adding-a-kind.md is followed to the letter in a copy of the code; the new kind is read, proven and judged."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from samples.canvas_pdf import PdfCanvas

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "adding-a-kind.md"
BLOCK = re.compile(r"```python\n# (?P<file>[\w/]+\.py)(?:, (?P<place>[^\n]+))?\n(?P<code>.*?)```", re.DOTALL)
#: Where in its file a block goes: behind the first match.
PLACES = {
    "in class Kind": r"class Kind\(StrEnum\):\n(?:    \"\"\".*?\"\"\"\n\n)?",
    "in KIND_INFO": r"KIND_INFO: dict\[Kind, KindInfo\] = \{\n",
    "in FIELD_LABELS": r"FIELD_LABELS: dict\[str, tuple\[str, str\]\] = \{\n",
    "in MONEY_FIELDS": r"MONEY_FIELDS = frozenset\(\n    \{",
    "after the imports": r"from models\.kinds import Kind\n",
    "in FORMS": r"FORMS: tuple\[Form, \.\.\.\] = \(\n",
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the code with the page's blocks in their places."""
    for room in ("models", "intake"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    for block in BLOCK.finditer(PAGE.read_text("utf-8")):
        file = tmp_path / block["file"]
        if block["place"] is None:
            file.write_text(block["code"], "utf-8")
            continue
        text = file.read_text("utf-8")
        found = re.search(PLACES[block["place"]], text, re.DOTALL)
        assert found, (block["file"], block["place"])
        file.write_text(text[: found.end()] + block["code"] + text[found.end() :], "utf-8")
    return tmp_path


def receipt(total: str) -> bytes:
    canvas = PdfCanvas(220, 300)
    rows = (
        "松间停车场发票", "发票代码：133002500517", "发票号码：00451872", "日期：2025年11月03日", "停车时长：95分钟",
        "停车费：15.00", "充电费：22.50", f"合计：{total}",
    )  # fmt: skip
    for place, row in enumerate(rows):
        canvas.text(20, 40 + 30 * place, row, 12)
    return canvas.finish()


def read(house: Path, content: bytes) -> dict[str, object]:
    file = house / "receipt.pdf"
    file.write_bytes(content)
    command = [sys.executable, "-m", "intake", "read", "--json", str(file)]
    done = subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    invoice: dict[str, object] = json.loads(done.stdout)["invoices"][0]
    return invoice


def test_the_new_kind_is_read_and_accepted(house: Path) -> None:
    invoice = read(house, receipt("37.50"))
    fields = invoice["fields"]
    assert isinstance(fields, dict)
    assert (invoice["kind"], invoice["verdict"]) == ("car_park", "accept")
    assert {name: field["value"] for name, field in fields.items()} == {
        "invoice_code": "133002500517",
        "invoice_number": "00451872",
        "issue_date": "2025-11-03",
        "parked_minutes": "95",
        "parking_fee": "15.00",
        "charging_fee": "22.50",
        "total": "37.50",
    }


def test_its_sum_is_held(house: Path) -> None:
    invoice = read(house, receipt("38.50"))
    findings = invoice["findings"]
    assert isinstance(findings, list)
    assert invoice["verdict"] == "reject"
    assert "AMT-SUM" in {finding["rule"] for finding in findings}


def test_the_page_keeps_its_promise_of_fewer_than_100_lines() -> None:
    lines = [line for block in BLOCK.finditer(PAGE.read_text("utf-8")) for line in block["code"].splitlines()]
    assert 0 < len(lines) < 100
