"""The page of ``make load``, whose scenes are measured one by one."""

from __future__ import annotations

from tools.load.__main__ import among_the_others

DRAIN = ["## Many that wait", "", "Written on Monday.", "", "| 50,000 |"]
SOAK = ["## Photos and PDFs as they come", "", "Written on Tuesday.", "", "| 1.4 |"]


def test_a_scene_that_is_measured_again_takes_its_own_place() -> None:
    page = among_the_others(SOAK, among_the_others(DRAIN, ""))
    again = among_the_others(["## Many that wait", "", "Written on Friday.", "", "| 60,000 |", ""], page)
    assert again == page.replace("Monday", "Friday").replace("50,000", "60,000")


def test_every_scene_stands_once_under_the_same_top() -> None:
    page = among_the_others(SOAK, among_the_others(DRAIN, ""))
    assert [line for line in page.splitlines() if line.startswith("#")] == ["# Load", DRAIN[0], SOAK[0]]
    assert page.endswith("| 1.4 |\n")
