"""The folder door: whole files only, each to the folder of its outcome, nothing deleted."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from intake.bounded import read_bounded
from intake.desk.folders import SILENT_SECONDS, Folder, watched
from intake.desk.people import change_rights, disable, enable, service_person
from intake.desk.search import ledger_page, totals
from intake.desk.services import Services
from intake.desk.settle import begin, settle
from intake.desk.views import document_view
from intake.store.blobs import picture_key
from intake.store.tables import folders
from models.person import Rights
from models.query import Query
from models.rights import Role
from models.sight import EVERYTHING, Sight
from tests.integration.invoices import einvoice, number
from tests.integration.programs import surroundings
from tests.integration.test_desk import bring, work
from workers.watcher import Watch, open_watch, step, tell


@pytest.fixture
def watch(services: Services, tmp_path: Path) -> Watch:
    services.settings.stable_seconds = 0.1
    return open_watch(tmp_path / "inbox", service_person(services, "扫描仪").name)


def look(services: Services, watch: Watch, times: int = 2) -> None:
    for _ in range(times):
        step(services, watch)
        time.sleep(0.12)


def finish(services: Services, watch: Watch, tmp_path: Path) -> None:
    for document in watch.taken.values():
        work(services, document, tmp_path)
    step(services, watch)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_registered_file_ends_in_registered(services: Services, watch: Watch, tmp_path: Path) -> None:
    (watch.folder / "a.xml").write_bytes(einvoice(number(1)))
    look(services, watch)
    finish(services, watch, tmp_path)
    assert names(watch.folder / "registered") == ["a.xml"]


def test_what_a_folder_brings_belongs_to_the_department_of_its_name(
    services: Services, watch: Watch, tmp_path: Path
) -> None:
    change_rights(services, watch.name, Rights(frozenset({Role.SUBMITTER}), department="财务部"), actor="test")
    (watch.folder / "a.xml").write_bytes(einvoice(number(7)))
    look(services, watch)
    finish(services, watch, tmp_path)
    sight = Sight("会计", None, frozenset({"财务部"}))
    (row,) = ledger_page(services, sight, Query()).rows
    assert (row["sender"], row["department"]) == ("扫描仪", "财务部")
    assert totals(services, Sight("别人", None, frozenset({"研发部"})), Query()).count == 0


def test_a_folder_whose_name_is_shut_out_takes_nothing(services: Services, watch: Watch) -> None:
    disable(services, watch.name, actor="test")
    (watch.folder / "a.xml").write_bytes(einvoice(number(8)))
    look(services, watch, 3)
    assert (watch.folder / "a.xml").exists()
    enable(services, watch.name, actor="test")
    look(services, watch, 3)
    assert not (watch.folder / "a.xml").exists()


def test_a_duplicate_of_anothers_names_nobody_beside_the_file(services: Services, watch: Watch, tmp_path: Path) -> None:
    document = bring(services, einvoice(number(9)), sender="研发小王")
    work(services, document, tmp_path)
    (watch.folder / "a.xml").write_bytes(einvoice(number(9)))
    look(services, watch, 3)
    told = (watch.folder / "duplicate" / "a.xml.reason.txt").read_text(encoding="utf-8")
    assert "其他人" in told
    assert "研发小王" not in told


def test_a_returned_file_has_its_reason_beside_it(services: Services, watch: Watch, tmp_path: Path) -> None:
    (watch.folder / "a.xml").write_bytes(einvoice(number(2), total="1.00"))
    look(services, watch)
    finish(services, watch, tmp_path)
    assert names(watch.folder / "rejected") == ["a.xml", "a.xml.reason.txt"]
    assert "≠" in (watch.folder / "rejected" / "a.xml.reason.txt").read_text(encoding="utf-8")


def test_a_returned_page_lies_beside_its_file_with_the_place_marked(
    services: Services, watch: Watch, tmp_path: Path
) -> None:
    faulty = Path(__file__).parents[2] / "samples" / "set" / "fault-date-future.pdf"
    (watch.folder / "a.pdf").write_bytes(faulty.read_bytes())
    look(services, watch)
    (document,) = watch.taken.values()
    claim = begin(services, document)
    assert claim is not None
    day = dt.date(2026, 3, 2)
    assert settle(services, claim, read_bounded(faulty, None, scratch=tmp_path, today=day, keep_pictures=True))
    step(services, watch)
    (folder,) = (path.parent for path in watch.folder.rglob("a.pdf"))
    assert names(folder) == ["a.pdf", "a.pdf.reason.txt", "a.pdf.reason.webp"]
    plain = services.blobs.get(picture_key(claim.sha256, 1))
    with Image.open(folder / "a.pdf.reason.webp") as marked, Image.open(io.BytesIO(plain)) as page:
        assert marked.size == page.size
        assert ImageChops.difference(marked.convert("RGB"), page.convert("RGB")).getextrema()[0][1] > 100


def test_a_file_that_still_grows_is_left_alone(services: Services, watch: Watch) -> None:
    path = watch.folder / "slow.xml"
    whole = einvoice(number(3))
    for end in range(100, len(whole), 300):
        path.write_bytes(whole[:end])
        step(services, watch)
        time.sleep(0.05)
    assert path.exists()
    assert not watch.taken


def test_junk_and_unfinished_files_are_never_touched(services: Services, watch: Watch) -> None:
    for name in (".DS_Store", "~$a.xml", "b.pdf.part", "Thumbs.db"):
        (watch.folder / name).write_bytes(b"x")
    look(services, watch, 3)
    assert {".DS_Store", "~$a.xml", "b.pdf.part", "Thumbs.db"} <= set(names(watch.folder))


def test_a_restart_takes_up_what_was_taken_without_doubling(services: Services, watch: Watch, tmp_path: Path) -> None:
    (watch.folder / "a.xml").write_bytes(einvoice(number(4)))
    look(services, watch)
    (before,) = watch.taken.values()
    again = open_watch(watch.folder, watch.name)
    step(services, again)
    assert list(again.taken.values()) == [before]
    finish(services, again, tmp_path)
    assert document_view(services, EVERYTHING, before)["state"] == "registered"


def test_a_second_file_of_the_same_name_keeps_both(services: Services, watch: Watch, tmp_path: Path) -> None:
    for serial in (5, 6):
        (watch.folder / "a.xml").write_bytes(einvoice(number(serial)))
        look(services, watch)
        finish(services, watch, tmp_path)
    assert names(watch.folder / "registered") == ["a (2).xml", "a.xml"]


def told(services: Services, watch: Watch) -> Folder:
    """What the page of operations is told of the folder now."""
    watch.told = None
    tell(services, watch)
    (folder,) = watched(services)
    return folder


def test_the_watcher_tells_what_lies_there_and_what_came_of_the_rest(
    services: Services, watch: Watch, tmp_path: Path
) -> None:
    (watch.folder / "a.xml").write_bytes(einvoice(number(7)))
    (watch.folder / "b.xml").write_bytes(einvoice(number(8), total="1.00"))
    step(services, watch)
    assert (told(services, watch).lying, told(services, watch).taken) == (2, 0)
    look(services, watch)
    assert (told(services, watch).lying, told(services, watch).taken) == (0, 2)
    finish(services, watch, tmp_path)
    folder = told(services, watch)
    assert (folder.taken, folder.stuck, folder.silent) == (0, (), False)
    assert folder.today == {"registered": 1, "rejected": 1}


def test_a_file_that_never_stops_growing_is_told_as_stuck(services: Services, watch: Watch) -> None:
    services.settings.stuck_seconds = 0.2
    path = watch.folder / "endless.pdf"
    for size in range(1, 6):
        path.write_bytes(b"x" * size)
        step(services, watch)
        time.sleep(0.06)
    (stuck,) = told(services, watch).stuck
    assert (stuck.file, stuck.why) == ("endless.pdf", "growing")


def test_an_unreadable_file_is_told_and_keeps_no_other_from_being_taken(services: Services, watch: Watch) -> None:
    # A link to this process's memory opens and then fails to be read, for root too.
    (watch.folder / "processing" / "a.pdf").symlink_to("/proc/self/mem")
    (watch.folder / "b.xml").write_bytes(einvoice(number(9)))
    look(services, watch)
    assert [path.name for path in watch.taken] == ["b.xml"]
    (stuck,) = told(services, watch).stuck
    assert (stuck.file, stuck.why) == ("a.pdf", "unreadable")

    (watch.folder / "processing" / "a.pdf").unlink()
    step(services, watch)
    assert told(services, watch).stuck == ()


def test_a_file_whose_document_has_no_outcome_for_long_is_told_as_stuck(
    services: Services, watch: Watch, tmp_path: Path
) -> None:
    services.settings.stuck_seconds = 0.1
    (watch.folder / "a.xml").write_bytes(einvoice(number(10)))
    look(services, watch, 3)
    (stuck,) = told(services, watch).stuck
    assert (stuck.file, stuck.why) == ("a.xml", "waiting")
    finish(services, watch, tmp_path)
    assert told(services, watch).stuck == ()


def test_a_watcher_that_is_not_heard_of_shows_as_silent(services: Services, watch: Watch) -> None:
    assert not told(services, watch).silent
    with services.database.begin() as connection:
        connection.execute(folders.update().values(scanned_at=time.time() - SILENT_SECONDS - 1))
    (folder,) = watched(services)
    assert folder.silent


def test_a_folder_that_went_away_is_told_by_its_watcher(services: Services, tmp_path: Path) -> None:
    """The real process over a folder that is taken away while it watches."""
    inbox = tmp_path / "share"
    inbox.mkdir()
    watcher = subprocess.Popen([sys.executable, "-m", "workers", "watcher", str(inbox)], env=surroundings(services))
    try:
        wait_for(lambda: [one.trouble for one in watched(services)] == [None])
        inbox.rename(tmp_path / "elsewhere")
        wait_for(lambda: [one.trouble for one in watched(services)] == ["FileNotFoundError"])
    finally:
        watcher.terminate()
        watcher.wait(10)


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)
