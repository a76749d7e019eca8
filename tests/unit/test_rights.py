"""Who may do what, and under which names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.person import Caller, Person, Rights, caller_by_key, caller_in_person, is_name
from models.rights import GRANTED, KEY_SCOPES, PERMISSION_WORDS, ROLE_WORDS, Permission, Role, permissions_of

roles = st.frozensets(st.sampled_from(Role))


def person(*held: Role, companies: frozenset[str] | None = None, departments: frozenset[str] | None = None) -> Person:
    return Person("1", "小王", "小王", Rights(frozenset(held), companies, departments))


def test_no_role_no_permission() -> None:
    assert permissions_of(()) == frozenset()
    assert caller_in_person(person(), "s").sight.everything is False


def test_every_permission_stands_in_the_table_and_has_words() -> None:
    assert set(GRANTED) == set(PERMISSION_WORDS) == set(Permission)
    assert set(ROLE_WORDS) == set(Role)
    assert all(GRANTED.values())


@given(roles, roles)
def test_more_roles_never_take_anything_away(some: frozenset[Role], more: frozenset[Role]) -> None:
    assert permissions_of(some) | permissions_of(more) == permissions_of(some | more)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMINISTRATOR])
def test_who_runs_the_service_or_gives_out_rights_sees_no_invoice_by_that(role: Role) -> None:
    assert permissions_of({role}).isdisjoint({Permission.SEE_OWN, Permission.SEE_SCOPE, Permission.DECIDE})


def test_who_checks_the_books_changes_nothing_in_them() -> None:
    changing = {Permission.SUBMIT, Permission.DECIDE, Permission.BOOK, Permission.RECONCILE, Permission.MANAGE_POLICIES}
    assert permissions_of({Role.AUDITOR}).isdisjoint(changing)


def test_a_submitter_sees_their_own_and_no_more_whatever_their_scope_says() -> None:
    sight = caller_in_person(person(Role.SUBMITTER), "s").sight
    assert (sight.name, sight.companies, sight.departments) == ("小王", frozenset(), frozenset())


def test_a_reviewer_sees_their_scope() -> None:
    sight = caller_in_person(person(Role.REVIEWER, departments=frozenset({"研发部"})), "s").sight
    assert (sight.companies, sight.departments) == (None, frozenset({"研发部"}))


@given(roles, st.frozensets(st.sampled_from(Permission)))
def test_a_key_never_gives_more_than_its_owner_has(held: frozenset[Role], scopes: frozenset[Permission]) -> None:
    caller = caller_by_key(person(*held), "sp", scopes)
    assert caller.permissions == permissions_of(held) & scopes


def test_a_key_without_the_scope_sees_only_what_its_owner_sent() -> None:
    caller: Caller = caller_by_key(person(Role.FINANCE), "sp", frozenset({Permission.SEE_OWN}))
    assert caller.sight.companies == frozenset()


def test_no_key_gives_out_rights() -> None:
    assert KEY_SCOPES.isdisjoint({Permission.MANAGE_USERS, Permission.MANAGE_KEYS})


@pytest.mark.parametrize("name", ["王小明", "wang.xm", "li@example.com", "阿里木·买买提", "watched-folder"])
def test_names_that_people_have(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "a", "desk", "Worker", "ＤＥＳＫ", "前台", "two words", "root (command line)", "a/b", "a\nb", "x" * 61]
)
def test_names_that_would_confuse(name: str) -> None:
    assert not is_name(name)
