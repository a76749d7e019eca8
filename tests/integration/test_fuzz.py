"""The fuzzer finds what it is made to find, and makes the same file again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from models.finding import Verdict
from models.outcome import Format, Outcome
from tests.integration.invoices import einvoice, number
from tools.fuzz.__main__ import Blind, Fuzzer


@pytest.fixture
def fuzzer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fuzzer:
    monkeypatch.setenv("SHOUPIAO_DEBUG", "1")
    bases = [tmp_path / "good.xml", tmp_path / "other.xml"]
    for serial, base in enumerate(bases):
        base.write_bytes(einvoice(number(serial + 1)))
    return Fuzzer(7, Blind(), bases)


def test_a_number_makes_the_same_file_again_and_another_one_another(fuzzer: Fuzzer) -> None:
    assert [fuzzer.made(serial) for serial in range(20)] == [fuzzer.made(serial) for serial in range(20)]
    assert len({fuzzer.made(serial) for serial in range(20)}) > 15


def test_damaged_files_end_without_an_escape(fuzzer: Fuzzer) -> None:
    endings = [fuzzer.read(serial) for serial in range(40)]
    assert [ending for ending in endings if ending.escape] == []
    assert len({ending.how for ending in endings}) > 2


def test_an_exception_that_nobody_meant_is_an_escape(fuzzer: Fuzzer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.bounded.read_document", lambda *_, **__: 1 / 0)
    assert "ZeroDivisionError" in fuzzer.read(1).escape


def test_an_answer_that_cannot_be_stored_is_an_escape(fuzzer: Fuzzer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Outcome("0" * 64, Format.XML, 1, Verdict.REVIEW, policy="a\x00b")
    monkeypatch.setattr("intake.bounded.read_document", lambda *_, **__: answer)
    assert fuzzer.read(1).escape == "a NUL in the answer"


def test_a_reader_that_dies_is_told_apart_from_one_that_was_ended(
    fuzzer: Fuzzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.bounded.read_document", lambda *_, **__: os.abort())
    ending = fuzzer.read(1)
    assert (ending.how, ending.escape) == ("the reader died, code -6", "")
