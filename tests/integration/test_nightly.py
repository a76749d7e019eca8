"""The nightly proof: once, by one, remembered, loud; and what operators see of it."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from api.app import create_app
from intake.desk import originals, runs
from intake.desk.health import ledger_state
from intake.desk.originals import Pace
from intake.desk.runs import beat, end, last_due, take
from intake.desk.services import Services
from intake.store import tables
from intake.store.blobs import original_key
from intake.store.database import reading
from models.finding import Verdict
from models.integrity import Part
from models.root import read_root
from tests.integration.people import boss, key_headers
from tests.integration.programs import overwrite, surroundings
from tests.integration.test_rules_of_the_desk import settled, slip
from workers.nightly import prove_if_due

ROOT = Path(__file__).resolve().parents[2]
GO = threading.Event()
DAY = 86_400.0


@pytest.fixture
def ledger(services: Services) -> Services:
    settled(services, slip(Verdict.ACCEPT))
    settled(services, slip(Verdict.REJECT, invoice_number="00000007"))
    return services


def damage(services: Services) -> None:
    """Spoil the first original."""
    with reading(services.database) as connection:
        sha256 = connection.execute(sa.select(tables.documents.c.sha256).limit(1)).scalar_one()
    overwrite(services, original_key(sha256), b"spoilt")


def with_settings(services: Services, **changed: object) -> Services:
    return dataclasses.replace(services, settings=services.settings.model_copy(update=changed))


def test_of_many_that_look_one_takes_the_run(services: Services) -> None:
    now, taken = time.time(), []

    def look() -> None:
        taken.append(take(services, "nightly", hour=3, now=now))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in taken if one is not None]) == 1


def test_a_run_is_due_again_the_next_day(services: Services) -> None:
    now = last_due(time.time(), 3) + 5
    first = take(services, "nightly", hour=3, now=now)
    assert first is not None
    end(services, first, ok=False, details={})
    assert take(services, "nightly", hour=3, now=now + DAY - 10) is None
    assert take(services, "nightly", hour=3, now=now + DAY) is not None


def test_a_run_whose_process_died_is_taken_over(services: Services) -> None:
    now = last_due(time.time(), 3) + 5
    first = take(services, "nightly", hour=3, now=now)
    assert first is not None
    assert take(services, "nightly", hour=3, now=now + 300) is None
    assert take(services, "nightly", hour=3, now=now + 601) is not None


def test_a_run_that_gives_signs_of_life_is_left_alone(services: Services) -> None:
    now = time.time()
    first = take(services, "nightly", hour=3, now=now - 700)
    assert first is not None
    beat(services, first)
    assert take(services, "nightly", hour=3, now=now) is None


def test_work_that_could_not_be_done_is_tried_again_a_little_later(services: Services) -> None:
    now = time.time()
    first = take(services, "nightly", hour=3, now=now)
    assert first is not None
    end(services, first, ok=None, details={"trouble": "the bucket is away"})
    assert runs.last_run(services, "nightly") is None
    assert take(services, "nightly", hour=3, now=now + 60) is None
    assert take(services, "nightly", hour=3, now=now + 1000) is not None


def test_a_night_proves_the_ledger_and_keeps_the_root_of_the_day_before(ledger: Services) -> None:
    now = time.time() + DAY
    with capture_logs() as logs:
        night = prove_if_due(ledger, now, GO)
    assert night is not None
    assert all(one.ok for one in night.parts)
    (line,) = ledger.settings.roots_file.read_text("utf-8").splitlines()
    assert read_root(line) == night.root
    assert {"event": "ledger_root", "root": line, "log_level": "info"} in logs
    state = ledger_state(ledger)
    assert state is not None
    assert (state.ok, state.broken) == (True, ())
    assert prove_if_due(ledger, now, GO) is None
    assert prove_if_due(ledger, now + DAY, GO) is not None
    assert len(ledger.settings.roots_file.read_text("utf-8").splitlines()) == 2


def test_a_break_is_loud_remembered_and_measured(ledger: Services) -> None:
    damage(ledger)
    with capture_logs() as logs:
        prove_if_due(ledger, time.time(), GO)
    (loud,) = [one for one in logs if one["log_level"] == "error"]
    assert (loud["event"], loud["part"], loud["what"]) == ("ledger_broken", "files", "file_altered")
    assert "备份" in loud["mend_zh"]
    with TestClient(create_app(ledger), headers=key_headers(ledger, boss(ledger))) as client:
        told = client.get("/api/v1/status").json()["ledger"]
        figures = client.get("/metrics").text.splitlines()
    assert (told["ok"], told["broken"]) == (False, ["files"])
    assert "shoupiao_ledger_ok 0.0" in figures
    assert 'shoupiao_ledger_broken{part="files"} 1.0' in figures
    assert 'shoupiao_ledger_broken{part="chain"} 0.0' in figures


def test_the_figures_of_a_monitor(ledger: Services) -> None:
    with TestClient(create_app(ledger), headers=key_headers(ledger, boss(ledger))) as client:
        before = client.get("/metrics")
        prove_if_due(ledger, time.time(), GO)
        after = client.get("/metrics").text
    assert before.headers["content-type"].startswith("text/plain")
    assert 'shoupiao_documents{state="registered"} 1.0' in before.text
    assert 'shoupiao_documents{state="failed"} 0.0' in before.text
    assert 'shoupiao_queue_jobs{queue="express"}' in before.text
    assert "shoupiao_oldest_waiting_seconds 0.0" in before.text
    assert "shoupiao_ledger" not in before.text
    assert "shoupiao_ledger_ok 1.0" in after
    (moment,) = [line for line in after.splitlines() if line.startswith("shoupiao_ledger_verified_timestamp_seconds ")]
    assert abs(float(moment.split()[1]) - time.time()) < 60


def test_no_root_is_kept_of_a_history_that_does_not_hold(ledger: Services) -> None:
    file = ledger.settings.roots_file
    file.write_text("2026-11-20 events 999 last 999 sha256 " + "a" * 64 + "\n", "utf-8")
    night = prove_if_due(ledger, time.time(), GO)
    assert night is not None
    assert (night.root, len(file.read_text("utf-8").splitlines())) == (None, 1)


def test_roots_that_cannot_be_kept_are_a_break(ledger: Services, tmp_path: Path) -> None:
    night = prove_if_due(with_settings(ledger, roots=tmp_path / "not mounted" / "roots.txt"), time.time(), GO)
    assert night is not None
    assert [one.first.what for one in night.parts if one.first] == ["roots_unusable"]


def test_roots_that_were_lost_are_noticed(ledger: Services) -> None:
    now = time.time()
    prove_if_due(ledger, now, GO)
    ledger.settings.roots_file.unlink()
    night = prove_if_due(ledger, now + DAY, GO)
    assert night is not None
    assert [one.first.what for one in night.parts if one.first] == ["roots_lost"]


def test_told_to_stop_it_ends_and_is_taken_up_later(ledger: Services) -> None:
    stop = threading.Event()
    stop.set()
    now = time.time()
    assert prove_if_due(ledger, now, stop) is None
    assert ledger_state(ledger) is None
    assert prove_if_due(ledger, now + 1000, GO) is not None


def test_originals_are_read_no_faster_than_they_may(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(originals.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(originals.time, "sleep", lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    pace = Pace(1000)
    for _ in range(10):
        pace.passed(500)
    assert clock[0] == pytest.approx(5.0)


Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(ledger: Services) -> Command:
    """Run ``python -m intake ledger …`` on the ledger as an operator does; gives exit code and output."""

    def run(*arguments: str, sent: str = "", **environment: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "intake", "ledger", *arguments], cwd=ROOT, input=sent, capture_output=True,
            env={**surroundings(ledger), **environment}, text=True, check=False, timeout=60,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


def test_an_operator_publishes_a_root_and_proves_the_ledger_by_it(command: Command) -> None:
    code, line = command("root")
    assert (code, read_root(line) is not None) == (0, True)
    code, said = command("verify", "--roots", "-", sent=line)
    assert (code, "1 looked at, 0 broken" in said) == (0, True)
    code, said = command("verify", "--roots", "-", "--only", "roots", sent=line.replace("events ", "events 9"))
    assert (code, "history_" in said, "恢复的旧备份" in said) == (1, False, True)
    assert command("root", "--day", "2999-01-01")[0] == 2


def test_a_broken_ledger_ends_with_1_and_its_first_break_as_json(command: Command, ledger: Services) -> None:
    damage(ledger)
    code, said = command("verify", "--json")
    parts = {one["part"]: one for one in map(json.loads, said.splitlines())}
    assert (code, set(parts)) == (1, {part.value for part in Part})
    assert (parts["files"]["broken"], parts["files"]["first"]["what"]) == (1, "file_altered")
    assert parts["chain"]["first"] is None
    state = ledger_state(ledger)
    assert state is not None
    assert state.broken == ("files",)


def test_a_ledger_that_cannot_be_looked_at_ends_with_3(command: Command, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("")
    assert command("verify", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")[0] == 3
    assert command("verify", SHOUPIAO_ROOTS=str(tmp_path))[0] == 3


def test_a_row_is_built_again_only_on_a_history_that_holds(command: Command, ledger: Services) -> None:
    with reading(ledger.database) as connection:
        entry = connection.execute(sa.select(tables.entries.c.id)).scalar_one()
    with ledger.database.begin() as connection:
        connection.execute(tables.entries.update().values(total="9.00"))
    ledger.settings.roots_file.write_text("2026-11-20 events 999 last 999 sha256 " + "a" * 64 + "\n", "utf-8")
    assert command("rebuild", entry)[0] == 1
    ledger.settings.roots_file.unlink()
    code, said = command("rebuild", entry)
    assert (code, said.splitlines()[-1]) == (0, "total: was '9.00'")
    assert command("verify", "--only", "views")[0] == 0
    assert command("rebuild", "nothing")[0] == 1


def test_the_process_proves_what_was_missed_and_ends_when_told(ledger: Services) -> None:
    process = subprocess.Popen([sys.executable, "-m", "workers", "nightly"], cwd=ROOT, env=surroundings(ledger))
    end_of_patience = time.monotonic() + 60
    while ledger_state(ledger) is None and time.monotonic() < end_of_patience:
        time.sleep(0.2)
    process.terminate()
    assert process.wait(15) == 0
    assert ledger.settings.roots_file.exists()
