"""No text from outside writes a log line of its own, or moves the terminal of who reads it."""

from __future__ import annotations

import io
import logging
import sys

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from intake.logs import one_line, set_up_logs

ATTACK = "a.pdf\n2026-11-25 [info] document accepted\r\x1b[2K\u2028\u202e\x85"


@pytest.mark.usefixtures("logs_as_before")
def test_a_file_name_stays_within_its_log_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("test")
    structlog.get_logger().warning("not_taken", file=ATTACK, trouble=ValueError(ATTACK))
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert one_line(said.strip()) == said.strip()
    assert "document accepted" in said


@pytest.mark.usefixtures("logs_as_before")
def test_what_cannot_be_written_is_not_told_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        closed = io.StringIO()
        patch.setattr(sys, "stderr", closed)
        set_up_logs("test")
        closed.close()

    logging.getLogger("library").warning("asked for %s", "11010519491231002X")

    assert capsys.readouterr().err == ""


@given(st.text())
def test_what_is_escaped_is_one_line_without_control_characters(text: str) -> None:
    assert one_line(text).splitlines() in ([], [one_line(text)])
    assert "\x1b" not in one_line(text)


@given(st.text(alphabet="发票ABC 1.-（）·￥"))
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert one_line(text) == text
