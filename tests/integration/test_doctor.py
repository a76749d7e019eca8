"""The doctor, run as an operator runs it."""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from intake.cli.looked import Level
from intake.cli.surroundings import backups, folders, is_open, mailbox, open_files
from intake.desk.backup import BACKUP
from intake.desk.folders import Look, note_look
from intake.desk.runs import note
from intake.desk.services import Services
from intake.redis_server import free_port, start_redis
from intake.settings import MailBox, Settings
from intake.store.blobs import Blobs
from intake.store.key_ring import KeyRing, add_key
from intake.store.tables import runs
from models.finding import Verdict
from tests.fakes.imap_server import Mailbox, imap_server
from tests.integration.programs import surroundings
from tests.integration.test_rules_of_the_desk import settled, slip

ROOT = Path(__file__).resolve().parents[2]
FAKE_CLOCK = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


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


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[redis.Redis]:
    """A Redis of its own, as it is set up badly here."""
    url, process = start_redis(tmp_path / "redis")
    server = redis.Redis.from_url(url)
    yield server
    server.close()
    process.terminate()
    process.wait(10)


def address(server: redis.Redis) -> str:
    told = server.connection_pool.connection_kwargs
    return f"redis://{told['host']}:{told['port']}/0"


def test_a_redis_that_throws_jobs_away_is_named(own_redis: redis.Redis, tmp_path: Path) -> None:
    own_redis.config_set("maxmemory-policy", "allkeys-lru")
    code, lines = run_doctor(SHOUPIAO_VAR=str(tmp_path), REDIS_URL=address(own_redis))

    assert (code, lines["redis"]["level"]) == (0, "warn")
    assert "noeviction" in lines["redis"]["mend"]
    assert lines["clocks"]["level"] == "ok"


def test_a_redis_that_keeps_nothing_is_named(own_redis: redis.Redis, tmp_path: Path) -> None:
    own_redis.config_set("appendonly", "no")
    _, lines = run_doctor(SHOUPIAO_VAR=str(tmp_path), REDIS_URL=address(own_redis))

    assert (lines["redis"]["level"], "appendonly" in lines["redis"]["mend"]) == ("warn", True)


def test_a_clock_that_is_far_from_the_others_is_named(services: Services) -> None:
    with_clock = {"LD_PRELOAD": str(FAKE_CLOCK), "FAKETIME": "+90s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    code, lines = run_doctor(**{**surroundings(services), **with_clock})

    assert (code, lines["clocks"]["level"]) == (3, "fail")
    assert "NTP" in lines["clocks"]["mend"]


@pytest.mark.parametrize(("allowed", "level"), [(128, "fail"), (512, "warn"), (4096, "ok")])
def test_too_few_open_files_are_named(allowed: int, level: str) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    try:
        assert open_files(Settings()).level == level
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_folder_that_cannot_be_written_is_seen() -> None:
    """Root may write everywhere, so where the tests are root's, somebody else looks."""
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o555)
        if is_root:
            os.seteuid(65534)
        try:
            assert not is_open(Path(name))
        finally:
            if is_root:
                os.seteuid(0)
            Path(name).chmod(0o755)
        assert is_open(Path(name))


def test_watched_folders_are_looked_at(services: Services, tmp_path: Path) -> None:
    note_look(services, tmp_path, "扫描仪", Look(0, 0))
    note_look(services, tmp_path / "elsewhere", "扫描仪", Look(0, 0))

    assert folders(services.settings).seen == "1 watched, 1 not on this machine"


def test_a_mailbox_is_looked_into() -> None:
    def said(**changed: object) -> tuple[Level, str]:
        box = {"host": "127.0.0.1", "port": served.port, "user": "fapiao", "password": served.password, "tls": False}
        line = mailbox(Settings(mail=MailBox.model_validate(box | changed)))
        return line.level, f"{line.seen} {line.mend}"

    with imap_server(Mailbox()) as served:
        assert said() == (Level.OK, "INBOX on 127.0.0.1 opens ")
        level, told = said(password="other")
        assert (level, "wrong password" in told, "__PASSWORD" in told) == (Level.FAIL, True, True)
        level, told = said(port=free_port())
        assert (level, "cannot be reached" in told, "__PORT" in told) == (Level.FAIL, True, True)


def test_roots_without_their_folder_are_named(tmp_path: Path) -> None:
    code, lines = run_doctor(SHOUPIAO_VAR=str(tmp_path), SHOUPIAO_ROOTS=str(tmp_path / "not-mounted" / "roots.txt"))

    assert (code, lines["roots"]["level"]) == (3, "fail")


def test_a_key_for_backups_that_is_not_there_is_named(tmp_path: Path) -> None:
    code, lines = run_doctor(SHOUPIAO_VAR=str(tmp_path), SHOUPIAO_BACKUP_KEY_FILE=str(tmp_path / "key"))

    assert (code, lines["backups"]["level"]) == (3, "fail")


@pytest.mark.parametrize(("age", "level"), [(None, "warn"), (40 * 3600.0, "warn"), (3600.0, "ok")])
def test_a_backup_that_is_missing_or_old_is_named(age: float | None, level: str, services: Services) -> None:
    settled(services, slip(Verdict.ACCEPT))
    if age is not None:
        note(services, BACKUP, time.time() - age, True, {})
        with services.database.begin() as connection:
            connection.execute(runs.update().values(ended_at=time.time() - age))

    assert backups(services.settings).level == level
