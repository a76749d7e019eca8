"""Where one can go: the one list of the navigation. A place shows to whom its page opens."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One link: its address, its symbol in ``static/icons.svg``, and the key of its text."""

    address: str
    icon: str
    text: str


#: In groups, as people use them: sending, finance, what runs it, and help.
GROUPS: tuple[tuple[Place, ...], ...] = (
    (
        Place("/", "home", "nav_home"),
        Place("/upload", "upload", "nav_upload"),
        Place("/trace", "trace", "nav_trace"),
    ),
    (
        Place("/review", "review", "nav_review"),
        Place("/ledger", "ledger", "nav_ledger"),
        Place("/reconciliation", "reconciliation", "nav_reconciliation"),
        Place("/regions", "regions", "nav_regions"),
    ),
    (
        Place("/sync", "sync", "nav_sync"),
        Place("/operations", "operations", "nav_operations"),
        Place("/audit", "lock", "nav_audit"),
        Place("/rules", "rules", "nav_rules"),
    ),
    (
        Place("/users", "person", "nav_users"),
        Place("/keys", "lock", "nav_keys"),
    ),
    (
        Place("/feedback", "feedback", "nav_feedback"),
        Place("/help", "help", "nav_help"),
    ),
)


def places(opened: Collection[str]) -> list[list[Place]]:
    """The groups with the places that one may go to; ``opened`` are the addresses of the pages that open."""
    shown = [[place for place in group if place.address in opened] for group in GROUPS]
    return [group for group in shown if group]


def is_here(place: Place, path: str) -> bool:
    """Whether a page belongs to a place: it is the place's page, or one below it."""
    return path == place.address or (place.address != "/" and path.startswith(f"{place.address}/"))
