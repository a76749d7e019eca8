"""Texts and symbols of the pages: every one that is used is there, in both languages."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from api.web.navigation import GROUPS, is_here, places
from api.web.texts import AREAS, spoken, words

WEB = Path(__file__).parents[2] / "api" / "web"
TEMPLATES = {path.name: path.read_text("utf-8") for path in (WEB / "templates").glob("*.html")}
SCRIPTS = {path.name: path.read_text("utf-8") for path in (WEB / "static").glob("*.js")}


def used(pattern: str, files: dict[str, str]) -> set[str]:
    return {name for text in files.values() for name in re.findall(pattern, text)}


def test_every_text_stands_in_one_area_and_in_both_languages() -> None:
    counts = Counter(key for area in AREAS.values() for key in area)
    assert [key for key, count in counts.items() if count > 1] == []
    assert [key for area in AREAS.values() for key, (zh, en) in area.items() if not (zh.strip() and en.strip())] == []


def test_both_languages_fill_the_same_places() -> None:
    def filled(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    uneven = [key for area in AREAS.values() for key, (zh, en) in area.items() if filled(zh) != filled(en)]
    assert uneven == []


def test_every_text_that_a_template_names_is_there() -> None:
    assert used(r"\bt\.(\w+)", TEMPLATES) - set(words("zh")) == set()


def test_scripts_say_only_what_they_are_given() -> None:
    assert used(r'\bsay\(\s*"(\w+)"', SCRIPTS) - set(spoken("zh")) == set()


def test_every_symbol_that_is_used_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="(\w+)"', (WEB / "static" / "icons.svg").read_text("utf-8")))
    named = {place.icon for group in GROUPS for place in group}
    named |= used(r"icon\('(\w+)'\)", TEMPLATES) | used(r"ui\.(?:empty|note)\('\w*'?,? ?'(\w+)'", TEMPLATES)
    assert named - drawn == set()


def test_no_template_breaks_the_content_policy() -> None:
    inline = re.compile(r"\sstyle=|\son\w+=|<style|<script(?![^>]*(?:src=|type=\"application/json\"))")
    assert [name for name, text in TEMPLATES.items() if inline.search(text)] == []


def test_a_place_shows_once_a_page_answers_there() -> None:
    assert [[place.address for place in group] for group in places({"/", "/rules"})] == [["/"], ["/rules"]]


def test_a_page_below_a_place_belongs_to_it() -> None:
    ledger = next(place for group in GROUPS for place in group if place.address == "/ledger")
    home = GROUPS[0][0]
    assert is_here(ledger, "/ledger/2026")
    assert not is_here(ledger, "/ledgers")
    assert not is_here(home, "/upload")
