"""The numbers and habits this house keeps (docs/architecture.md, numbers to hold)."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-models.lock")

#: What an address of a package registry looks like, whoever runs it.
REGISTRY = re.compile(r"://\S*(/simple\b|pypi|pythonhosted|npmjs)|(index-url|find-links|registry)\s*[=:]\s*\S*://")


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def python_files() -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".py"]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def pins(lock: str) -> dict[str, str]:
    """The locked version of each package."""
    return dict(re.findall(r"^([\w.-]+(?:\[[\w,-]+\])?)==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))


def test_no_file_is_too_long_to_be_read() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text("utf-8").splitlines()) for path in python_files()}

    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_too_long_to_be_understood() -> None:
    too_long = {
        f"{path.relative_to(ROOT)}:{function.name}": length
        for path in python_files()
        if "versions" not in path.parts  # a migration is a list of tables, read from top to bottom
        for function in functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    }

    assert too_long == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text("utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_carries_its_hashes(lock: str) -> None:
    entries = re.split(r"^(?=[\w.-]+(?:\[[\w,-]+\])?==)", (ROOT / lock).read_text("utf-8"), flags=re.MULTILINE)

    assert [entry.split()[0] for entry in entries if entry.strip() and "--hash=sha256:" not in entry] == []


def test_the_tests_run_on_the_versions_that_the_service_runs_on() -> None:
    run, test = pins("requirements.lock"), pins("requirements-dev.lock")

    assert {name: (version, test.get(name)) for name, version in run.items() if test.get(name) != version} == {}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-models"])
def test_what_is_asked_for_is_locked(name: str) -> None:
    asked = re.findall(r"^([A-Za-z][\w.-]*)", (ROOT / f"{name}.in").read_text("utf-8"), re.MULTILINE)
    locked = {re.sub(r"\[.*", "", package).lower() for package in pins(f"{name}.lock")}

    assert {package for package in asked if re.sub(r"[-_.]+", "-", package).lower() not in locked} == set()


def test_no_file_names_a_package_registry() -> None:
    pictures = {".png", ".jpg", ".pdf", ".ofd", ".webp"}
    text_files = [path for path in tracked_files() if path.suffix not in pictures and path != Path(__file__)]

    assert [
        path.relative_to(ROOT) for path in text_files if REGISTRY.search(path.read_text("utf-8", errors="ignore"))
    ] == []


def test_the_readme_tells_what_every_folder_is_for() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in tracked_files() if path.parent != ROOT}
    told = set(re.findall(r"^\|\s*`([\w.]+)/`", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))

    assert folders - told == set()
