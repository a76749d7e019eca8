"""Every event that the code writes is an act that an auditor can look for, in words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from intake.store import entries
from models.acts import ACTS, GROUP_WORDS, act_words, acts_of
from models.document import State

ROOT = Path(__file__).resolve().parents[2]
WRITERS = {"append", "change", "note", "_note", "_change", "note_export"}


def chosen(given: ast.expr) -> list[ast.expr]:
    """What an argument may be: itself, either side of a condition, or the parts of a composed text."""
    match given:
        case ast.IfExp():
            return [given.body, given.orelse]
        case ast.JoinedStr():
            return given.values
        case _:
            return [given]


def written() -> set[str]:
    """The names of events that stand as text in calls of the functions that write them."""
    found: set[str] = set()
    for path in [*(ROOT / "intake/desk").rglob("*.py"), *(ROOT / "intake/store").glob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in WRITERS:
                named = [one for given in call.args[:3] for one in chosen(given) if isinstance(one, ast.Constant)]
                found |= {one.value for one in named if isinstance(one.value, str)}
    return found


def test_every_event_that_is_written_has_its_words() -> None:
    others = {"ledger", "handoff", "reconciliation", "audit", "endpoint_"}  # of exports; the rest of a composed name
    found = written()

    assert len(found) > 30
    assert found - set(ACTS) - others == set()


def test_every_state_and_every_change_of_an_entry_is_an_act() -> None:
    assert {state.value for state in State} | set(entries._CHANGES) <= set(ACTS)


def test_every_group_has_acts_and_they_are_found_by_it() -> None:
    for group in GROUP_WORDS:
        assert {ACTS[what].group for what in acts_of(f"group:{group.value}")} == {group}


def test_an_act_is_found_by_itself_and_an_unknown_one_is_refused() -> None:
    assert acts_of("exported") == ("exported",)
    assert act_words("of an older version") == ("of an older version", "of an older version")
    with pytest.raises(KeyError):
        acts_of("group:nothing")
