"""What a file that takes over its reader can still do: each test runs the deed itself in a real child."""

from __future__ import annotations

import dataclasses
import datetime as dt
import errno
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from intake.bounded import read_bounded
from intake.confine import missing_walls
from intake.errors import ReaderKilled
from models.finding import Finding, Severity, Verdict
from models.outcome import Format, Outcome, PagePicture

Deed = Callable[[], object]
Run = Callable[..., str]


def outcome(told: str, *pictures: PagePicture) -> Outcome:
    note = Finding("TYPE-UNKNOWN", Severity.REVIEW, params={"told": told})
    return Outcome("0" * 64, Format.PDF, 1, Verdict.REVIEW, (note,), pictures=pictures)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a deed in the place of the reading; gives what it told, "refused: ERRNO", or the rule that ended it."""

    def in_child(deed: Deed, **bounds: float) -> str:
        def reading(*_: object, **__: object) -> Outcome:
            try:
                return outcome(str(deed()))
            except OSError as trouble:
                return outcome(f"refused: {errno.errorcode[trouble.errno or 0]}")

        monkeypatch.setattr("intake.bounded.read_document", reading)
        file = tmp_path / "invoice.pdf"
        file.write_bytes(b"%PDF-")
        finding = read_bounded(file, None, scratch=tmp_path, today=dt.date(2026, 11, 25), **bounds).findings[0]
        return finding.params.get("told", finding.rule)

    return in_child


def test_this_machine_gives_every_wall() -> None:
    assert missing_walls() == []


def test_memory_that_it_asks_for_is_bounded(run: Run) -> None:
    assert run(lambda: len(bytearray(900 * 2**20)), memory_mb=300) == "FILE-LIMIT"


def test_memory_that_it_touches_bit_by_bit_is_bounded(run: Run) -> None:
    def grow() -> None:
        held = []
        while True:
            held.append(os.urandom(2**20))
            time.sleep(0.01)  # so slowly that a parent which a busy machine holds up still sees it in time

    with capture_logs() as lines:
        assert run(grow, memory_mb=500) == "FILE-LIMIT"
    assert [line["event"] for line in lines] == ["reader_ended"]


def test_the_processor_is_bounded(run: Run) -> None:
    def turn() -> None:
        while True:
            pass

    assert run(turn, seconds=1) == "FILE-LIMIT"


def test_the_size_of_a_file_is_bounded(run: Run) -> None:
    def write() -> int:
        with Path("large").open("wb") as file:
            for _ in range(300):
                file.write(bytes(2**20))
        return file.tell()

    assert run(write) == "refused: EFBIG"


def test_the_number_of_open_files_is_bounded(run: Run) -> None:
    assert run(lambda: [os.dup(0) for _ in range(100)]) == "refused: EMFILE"


def test_it_leaves_no_image_of_its_memory(run: Run) -> None:
    limits = run(Path("/proc/self/limits").read_text)
    assert re.search(r"Max core file size +0 +0 ", limits)


def test_it_cannot_widen_its_own_bounds(run: Run) -> None:
    def widen() -> object:
        return resource.prlimit(0, resource.RLIMIT_CPU, (999, 999))

    assert run(widen) == "refused: EPERM"


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX])
def test_it_has_no_network(run: Run, family: int) -> None:
    assert run(lambda: socket.socket(family)) == "refused: EPERM"


def test_the_connections_of_its_parent_are_closed(run: Run) -> None:
    here, there = socket.socketpair()
    assert run(lambda: os.write(here.fileno(), b"FLUSHALL")) == "refused: EBADF"
    here.close()
    there.close()


def test_it_starts_no_program(run: Run) -> None:
    assert run(lambda: subprocess.run([sys.executable, "-V"])) == "refused: EPERM"
    assert run(lambda: os.execv("/bin/sh", ["sh"])) == "refused: EPERM"


def test_it_has_no_children(run: Run) -> None:
    assert run(os.fork) == "refused: EPERM"


def test_it_may_have_threads(run: Run) -> None:
    def count() -> int:
        done: list[int] = []
        thread = threading.Thread(target=lambda: done.append(1))
        thread.start()
        thread.join()
        return len(done)

    assert run(count) == "1"


def test_it_ends_no_other_process(run: Run) -> None:
    assert run(lambda: os.kill(os.getppid(), 0)) == "refused: EPERM"


def test_it_reads_nothing_but_its_file_and_the_programs(run: Run, tmp_path: Path) -> None:
    secret = tmp_path / "shoupiao.db"
    secret.write_text("the ledger")
    assert run((tmp_path / "invoice.pdf").read_bytes) == "b'%PDF-'"
    assert run(secret.read_text) == "refused: EACCES"
    assert run(Path("/etc/passwd").read_text) == "refused: EACCES"
    assert run(Path(f"/proc/{os.getpid()}/environ").read_text) == "refused: EACCES"
    assert run(lambda: Path(os.__file__).read_text()[:5]) == 'r"""O'


def test_it_changes_nothing_outside_its_own_folder(run: Run, tmp_path: Path) -> None:
    assert run(lambda: (tmp_path / "new").write_text("x")) == "refused: EACCES"
    assert run(lambda: (tmp_path / "invoice.pdf").write_text("x")) == "refused: EACCES"
    assert run((tmp_path / "invoice.pdf").unlink) == "refused: EACCES"
    assert run(lambda: Path("mine").write_text("x")) == "1"


def test_it_changes_no_rights_owners_or_times(run: Run, tmp_path: Path) -> None:
    document = tmp_path / "invoice.pdf"
    assert run(lambda: document.chmod(0)) == "refused: EPERM"
    assert run(lambda: os.chown(document, 1, 1)) == "refused: EPERM"
    assert run(lambda: os.utime(document, (0, 0))) == "refused: EPERM"
    assert run(lambda: os.setxattr(document, "user.mark", b"x")) == "refused: EPERM"


def test_it_makes_no_link_that_its_parent_would_follow(run: Run) -> None:
    assert run(lambda: Path("page-1.webp").symlink_to("/etc/passwd")) == "refused: EACCES"


def test_what_it_left_in_its_folder_is_gone_with_it(run: Run) -> None:
    def leave() -> Path:
        Path("left").write_text("x")
        return Path.cwd()

    assert not Path(run(leave)).exists()


def test_it_gains_no_rights(run: Run) -> None:
    assert "NoNewPrivs:\t1" in run(Path("/proc/self/status").read_text)


def test_it_names_no_file_of_the_machine_as_its_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "invoice.pdf"
    file.write_bytes(b"%PDF-")
    foreign = PagePicture(1, "/etc/passwd", 10, 10)
    monkeypatch.setattr("intake.bounded.read_document", lambda *_, **__: outcome("", foreign))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    read = read_bounded(file, None, scratch=scratch, today=dt.date(2026, 11, 25), keep_pictures=True)
    assert [finding.rule for finding in read.findings] == ["FILE-LIMIT"]
    assert read.pictures == ()


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    """A worker that is killed leaves no reader behind."""
    program = f"""
import datetime as dt, os, time
from pathlib import Path
import intake.bounded as bounded
def reading(*_, **__):
    (scratch / "child").write_text(str(os.getpid()))
    time.sleep(60)
bounded.read_document = reading
scratch = Path({str(tmp_path)!r})
bounded.read_bounded(Path({__file__!r}), None, scratch=scratch, today=dt.date.today(), keep_pictures=True)
"""
    with subprocess.Popen([sys.executable, "-c", program]) as parent:
        child = _number_in(tmp_path / "child")
        parent.kill()
    assert _until_gone(child)


def test_who_is_killed_from_outside_refuses_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as when the machine has no memory left: the document is tried again."""

    def reading(*_: object, **__: object) -> Outcome:
        (tmp_path / "child").write_text(str(os.getpid()))
        time.sleep(60)
        return outcome("came to its end")

    monkeypatch.setattr("intake.bounded.read_document", reading)
    file = tmp_path / "invoice.pdf"
    file.write_bytes(b"%PDF-")
    killer = threading.Thread(target=lambda: os.kill(_number_in(tmp_path / "child"), signal.SIGKILL))
    killer.start()
    with pytest.raises(ReaderKilled):
        read_bounded(file, None, scratch=tmp_path, today=dt.date(2026, 11, 25), keep_pictures=True)
    killer.join()


def test_who_hangs_up_and_goes_on_is_ended_and_its_file_refused(run: Run) -> None:
    """It shall not pass for one that somebody else killed, whose file is tried again."""

    def hang_up() -> None:
        os.closerange(3, 64)
        time.sleep(60)

    assert run(hang_up) == "FILE-LIMIT"


def test_who_stops_the_service_does_not_end_a_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service manager tells all processes to end; the worker waits for its reader."""

    def reading(*_: object, **__: object) -> Outcome:
        (tmp_path / "child").write_text(str(os.getpid()))
        end = time.monotonic() + 60
        while not (tmp_path / "told").exists() and time.monotonic() < end:
            time.sleep(0.05)
        return outcome("came to its end")

    def stop() -> None:
        child = _number_in(tmp_path / "child")
        os.kill(child, signal.SIGTERM)
        os.kill(child, signal.SIGINT)
        (tmp_path / "told").touch()

    monkeypatch.setattr("intake.bounded.read_document", reading)
    file = tmp_path / "invoice.pdf"
    file.write_bytes(b"%PDF-")
    stopper = threading.Thread(target=stop)
    stopper.start()
    read = read_bounded(file, None, scratch=tmp_path, today=dt.date(2026, 11, 25), keep_pictures=True)
    stopper.join()
    assert read.findings[0].params["told"] == "came to its end"


def _number_in(file: Path) -> int:
    for _ in range(600):
        if file.exists() and (text := file.read_text()):
            return int(text)
        time.sleep(0.05)
    raise AssertionError("no child")


def _until_gone(process: int) -> bool:
    for _ in range(200):
        status = Path(f"/proc/{process}/stat")
        if not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_half_an_answer_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read when the bounds were reached is not believed."""
    whole = outcome("x" * 100_000)
    monkeypatch.setattr("intake.child._collect", lambda *_: b'{"outcome": {"sha256": "00')
    monkeypatch.setattr("intake.bounded.read_document", lambda *_, **__: dataclasses.replace(whole))
    file = tmp_path / "invoice.pdf"
    file.write_bytes(b"%PDF-")
    read = read_bounded(file, None, scratch=tmp_path, today=dt.date(2026, 11, 25))
    assert [finding.rule for finding in read.findings] == ["FILE-LIMIT"]


def test_a_list_of_the_tax_authority_is_read_in_the_same_walls(tmp_path: Path) -> None:
    """Its child writes where its rows go, and nowhere else."""
    source, inside, outside = tmp_path / "list.csv", tmp_path / "in", tmp_path / "out"
    source.write_text("姓名\n小王\n", encoding="utf-8")
    for folder in (inside, outside):
        folder.mkdir()
    command = [sys.executable, "-m", "intake.tax_list", str(source), str(inside / "rows")]
    root = Path(__file__).resolve().parents[2]
    for summary in (inside / "summary", outside / "summary"):
        subprocess.run([*command, str(summary), "1000", "30"], cwd=root, capture_output=True, check=False)
    assert [path.name for path in tmp_path.rglob("summary")] == ["summary"]
    assert (inside / "summary").exists()
