"""The doctor, run as an operator runs it."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

from intake.store.blobs import Blobs
from intake.store.key_ring import KeyRing, add_key

ROOT = Path(__file__).resolve().parents[2]


def run_doctor(**environment: str) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit code, and what was said of each thing."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    run = subprocess.run(
        [sys.executable, "-m", "intake", "doctor", "--json"],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, {line["name"]: line for line in map(json.loads, run.stdout.splitlines())}


def test_a_machine_that_runs_the_tests_can_run_the_service(tmp_path: Path) -> None:
    code, lines = run_doctor(SHOUPIAO_VAR=str(tmp_path / "var"))

    assert (code, [line for line in lines.values() if line["level"] == "fail"]) == (0, [])
    expected = {"packages", "opencv", "models", "font", "walls", "disk", "redis", "database", "people", "blobs"}
    assert expected <= set(lines)


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    run_doctor(SHOUPIAO_VAR=str(tmp_path / "var"))

    assert list(tmp_path.iterdir()) == []


def test_a_database_that_does_not_answer_is_named_with_its_mend(tmp_path: Path) -> None:
    code, lines = run_doctor(
        SHOUPIAO_VAR=str(tmp_path), DATABASE_URL="postgresql://nobody@127.0.0.1:9/none?connect_timeout=2"
    )

    assert code == 3
    assert lines["database"]["level"] == "fail"
    assert "operating.md" in lines["database"]["mend"]
    assert lines["blobs"]["level"] == "ok"


def test_a_redis_that_does_not_answer_is_named(tmp_path: Path) -> None:
    code, lines = run_doctor(SHOUPIAO_VAR=str(tmp_path), REDIS_URL="redis://127.0.0.1:9/0")

    assert (code, lines["redis"]["level"]) == (3, "fail")


def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    code, lines = run_doctor(SHOUPIAO_VAR=str(tmp_path), SHOUPIAO_ATTEMPTS="many")

    assert (code, lines["settings"]["level"]) == (3, "fail")


def test_a_key_file_that_is_missing_is_named(tmp_path: Path) -> None:
    code, lines = run_doctor(SHOUPIAO_VAR=str(tmp_path), SHOUPIAO_BLOB_KEYS_FILE=str(tmp_path / "keys"))

    assert (code, lines["blobs"]["level"]) == (3, "fail")
    assert "key file" in lines["blobs"]["seen"]


def test_sealed_originals_without_their_key_are_named(tmp_path: Path) -> None:
    add_key(tmp_path / "keys", dt.date(2026, 11, 25))
    Blobs(None, tmp_path / "var" / "blobs", KeyRing(tmp_path / "keys")).put("originals/ab/ab", b"an invoice")

    code, lines = run_doctor(SHOUPIAO_VAR=str(tmp_path / "var"))
    assert (code, lines["blobs"]["level"]) == (3, "fail")
    assert "KeyMissing" in lines["blobs"]["seen"]

    code, lines = run_doctor(SHOUPIAO_VAR=str(tmp_path / "var"), SHOUPIAO_BLOB_KEYS_FILE=str(tmp_path / "keys"))
    assert lines["blobs"]["level"] == "ok"
