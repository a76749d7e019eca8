"""Originals sealed at rest: on the real store, with keys in a real file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import problems
from intake.desk.backup import make_backup, restore
from intake.desk.originals import Pace, verify_originals
from intake.desk.services import Services
from intake.settings import Settings
from intake.store.blobs import BlobAltered, Blobs, original_key
from intake.store.key_ring import BadKeyFile, KeyMissing, KeyRing, add_key
from intake.store.sealed import MARK
from intake.wiring import open_services
from tests.integration.invoices import einvoice, number
from tests.integration.test_desk import bring, work

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 11, 25)
SHA = "ab" * 32
PLACE = original_key(SHA)
ORIGINAL = b"%PDF-1.7 " + b"an invoice " * 200_000


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "blob-keys"
    add_key(path, TODAY)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var" / "blobs"


@pytest.fixture
def store(folder: Path, keys: Path) -> Blobs:
    return Blobs(None, folder, KeyRing(keys))


@pytest.fixture
def sealing(services: Services, store: Blobs) -> Services:
    """The services with a store that seals."""
    return dataclasses.replace(services, blobs=store)


def test_what_lies_on_the_disk_is_not_the_original(store: Blobs, folder: Path) -> None:
    store.put(PLACE, ORIGINAL)
    stored = (folder / PLACE).read_bytes()
    assert stored.startswith(MARK)
    assert b"invoice" not in stored
    assert store.get(PLACE) == b"".join(store.stream(PLACE)) == ORIGINAL


@pytest.mark.parametrize("content", [b"", b"x", MARK, MARK + b"x" * 99, bytes(2**20), bytes(2**20 + 1)])
def test_whatever_is_stored_comes_back(store: Blobs, content: bytes) -> None:
    store.put(PLACE, content)
    assert store.get(PLACE) == content


def test_every_file_has_a_data_key_of_its_own(store: Blobs, folder: Path) -> None:
    other = original_key("cd" * 32)
    store.put(PLACE, ORIGINAL)
    store.put(other, ORIGINAL)
    (folder / other).write_bytes((folder / PLACE).read_bytes())
    with pytest.raises(BlobAltered):
        store.get(other)


def test_a_wrapped_key_opens_nothing_at_another_place(store: Blobs, folder: Path) -> None:
    other = original_key("cd" * 32)
    store.put(PLACE, ORIGINAL)
    store.put(other, ORIGINAL)
    for part in ("", "keys/"):
        (folder / (part + other)).write_bytes((folder / (part + PLACE)).read_bytes())
    with pytest.raises(KeyMissing):
        store.get(other)


@pytest.mark.parametrize("place", [20, 40, 500_000, -1])
def test_a_flipped_byte_is_refused(store: Blobs, folder: Path, place: int) -> None:
    store.put(PLACE, ORIGINAL)
    stored = bytearray((folder / PLACE).read_bytes())
    stored[place] ^= 1
    (folder / PLACE).write_bytes(stored)
    with pytest.raises(BlobAltered, match="is not as it was stored"):
        store.get(PLACE)


def test_a_file_that_was_cut_off_is_refused(store: Blobs, folder: Path) -> None:
    store.put(PLACE, ORIGINAL)
    stored = (folder / PLACE).read_bytes()
    (folder / PLACE).write_bytes(stored[: len(MARK) + 7 + 2**20 + 16])
    with pytest.raises(BlobAltered):
        store.get(PLACE)


def test_what_was_stored_plain_before_is_still_read(folder: Path, store: Blobs) -> None:
    """Also an original that begins like a sealed file: a stranger may send any bytes."""
    plain, odd = original_key("01" * 32), original_key("02" * 32)
    Blobs(None, folder).put(plain, b"of before")
    Blobs(None, folder).put(odd, MARK + b"of a stranger")
    store.put(PLACE, ORIGINAL)
    store.put(plain, b"of before")
    store.put(odd, MARK + b"of a stranger")
    assert [store.get(key) for key in (plain, odd, PLACE)] == [b"of before", MARK + b"of a stranger", ORIGINAL]
    assert set(store.names()) == {plain, odd, PLACE}
    assert [place for place, _ in store.sealed_by()] == [PLACE]


def test_another_key_is_told_by_its_name(store: Blobs, folder: Path, keys: Path, tmp_path: Path) -> None:
    store.put(PLACE, ORIGINAL)
    name = KeyRing(keys).current
    other = tmp_path / "other-keys"
    add_key(other, TODAY)
    with pytest.raises(KeyMissing, match=f"sealed with the key {name}, which is not in other-keys"):
        Blobs(None, folder, KeyRing(other)).get(PLACE)
    with pytest.raises(KeyMissing, match=f"sealed with the key {name}, and there is no key file"):
        Blobs(None, folder).get(PLACE)
    other.write_text(f"{name} {'0' * 64}\n")
    with pytest.raises(KeyMissing, match="another key of this name"):
        Blobs(None, folder, KeyRing(other)).get(PLACE)


@pytest.mark.parametrize("content", ["", "short 00", "a " + "0" * 64 + "\nnonsense", f"a {'0' * 64}\na {'1' * 64}"])
def test_a_file_without_proper_keys_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "bad").write_text(content)
    with pytest.raises(BadKeyFile):
        KeyRing(tmp_path / "bad")


def test_only_its_owner_reads_the_key_file_and_old_keys_stay(keys: Path) -> None:
    before = keys.read_text()
    add_key(keys, TODAY)
    assert keys.stat().st_mode & 0o777 == 0o600
    assert keys.read_text().endswith(before)
    assert list(keys.parent.glob(".blob-keys*")) == []


def test_a_new_key_is_used_by_a_service_that_runs(store: Blobs, keys: Path) -> None:
    name = add_key(keys, TODAY)
    store.put(PLACE, ORIGINAL)
    assert list(store.sealed_by()) == [(PLACE, name)]


def run(keys: Path, var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SHOUPIAO_BLOB_KEYS_FILE": str(keys), "SHOUPIAO_VAR": str(var)}
    command = [sys.executable, "-m", "intake", "blobs", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_rotation_wraps_again_and_leaves_every_original_as_it_is(
    store: Blobs, folder: Path, keys: Path, tmp_path: Path
) -> None:
    places = [original_key(f"{serial:02x}" * 32) for serial in range(5)]
    for place in places:
        store.put(place, ORIGINAL + place.encode())
    before = {place: ((folder / place).read_bytes(), (folder / place).stat().st_mtime_ns) for place in places}
    name = add_key(keys, TODAY)

    done = run(keys, tmp_path / "var", "rotate", "--json")

    assert json.loads(done.stdout) == {"key": name, "rewrapped": 5}
    assert {place: ((folder / place).read_bytes(), (folder / place).stat().st_mtime_ns) for place in places} == before
    keys.write_text(keys.read_text().splitlines()[0])  # the older key is thrown away
    assert [Blobs(None, folder, KeyRing(keys)).get(place) for place in places] == [
        ORIGINAL + place.encode() for place in places
    ]
    counts = json.loads(run(keys, tmp_path / "var", "keys", "--json").stdout)
    assert counts == {"keys": {name: 5}, "plain": 0}


def test_rotation_that_is_killed_midway_loses_nothing_and_goes_on(
    store: Blobs, folder: Path, keys: Path, tmp_path: Path
) -> None:
    places = [original_key(f"{serial:02x}" * 32) for serial in range(4)]
    for place in places:
        store.put(place, place.encode())
    old, new = KeyRing(keys).current, add_key(keys, TODAY)
    program = """
import os, signal
from pathlib import Path
from intake.store.blobs import Blobs
from intake.store.key_ring import KeyRing
import sys
store = Blobs(None, Path(sys.argv[1]), KeyRing(Path(sys.argv[2])))
for count, (place, _) in enumerate(list(store.sealed_by())):
    if count == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    store.rewrap(place)
"""
    killed = subprocess.run([sys.executable, "-c", program, str(folder), str(keys)], cwd=ROOT, check=False)
    assert killed.returncode == -9
    assert sorted(name for _, name in store.sealed_by()) == sorted([old, old, new, new])
    assert [store.get(place) for place in places] == [place.encode() for place in places]

    assert json.loads(run(keys, tmp_path / "var", "rotate", "--json").stdout) == {"key": new, "rewrapped": 2}
    assert {name for _, name in store.sealed_by()} == {new}


def test_rotation_without_the_older_key_says_which_is_missing(store: Blobs, keys: Path, tmp_path: Path) -> None:
    store.put(PLACE, ORIGINAL)
    old = KeyRing(keys).current
    keys.unlink()
    add_key(keys, TODAY)
    failed = run(keys, tmp_path / "var", "rotate")
    assert failed.returncode == 3
    assert f"sealed with the key {old}" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_storing_that_was_killed_between_key_and_file_is_repeated(store: Blobs, folder: Path) -> None:
    store.put(PLACE, ORIGINAL)
    (folder / PLACE).unlink()
    store.put(PLACE, ORIGINAL)
    assert store.get(PLACE) == ORIGINAL


def test_an_invoice_is_taken_in_read_and_proven_as_ever(sealing: Services, folder: Path, tmp_path: Path) -> None:
    work(sealing, bring(sealing, einvoice(number(1))), tmp_path)
    proven = verify_originals(sealing, Pace(0), lambda: None)
    assert (proven.checked, proven.broken) == (1, 0)
    (stored,) = (path for path in (folder / "originals").rglob("*") if path.is_file())
    stored.write_bytes(stored.read_bytes()[:-1] + b"\x00")
    broken = verify_originals(sealing, Pace(0), lambda: None)
    assert (broken.broken, broken.first and broken.first.what) == (1, "file_altered")


def test_an_original_that_does_not_open_is_no_fault_of_who_asks(store: Blobs, folder: Path, keys: Path) -> None:
    app = FastAPI()
    problems.install(app)
    app.get("/original")(lambda: {"length": len(store.get(PLACE))})
    store.put(PLACE, ORIGINAL)
    add_key(keys, TODAY)
    keys.write_text(keys.read_text().splitlines()[0])
    store = Blobs(None, folder, KeyRing(keys))
    answer = TestClient(app).get("/original")
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")


def test_a_backup_opens_without_the_keys_of_the_store(sealing: Services, tmp_path: Path) -> None:
    """It has a key of its own; where it is restored to, files are sealed with the keys of that place, or plain."""
    work(sealing, bring(sealing, einvoice(number(2))), tmp_path)
    make_backup(sealing, tmp_path / "backup", key=bytes(32))
    elsewhere = open_services(Settings(var=tmp_path / "elsewhere", redis_url=sealing.settings.redis_url))
    restore(elsewhere, tmp_path / "backup", key=bytes(32))
    for place in sealing.blobs.names():
        assert elsewhere.blobs.get(place) == sealing.blobs.get(place)
    assert list(elsewhere.blobs.sealed_by()) == []
    elsewhere.database.dispose()
