"""Every text of the pages, in both languages: a file for each area of the pages, one key once."""

from __future__ import annotations

from collections.abc import Mapping

from api.web.texts import (
    account,
    audit,
    documents,
    entries,
    feedback,
    frame,
    help,
    home,
    ledger,
    operations,
    reconciliation,
    regions,
    review,
    rules,
    scripts,
    sync,
    trace,
    upload,
)
from api.web.texts.names import NAMES

AREAS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "frame": frame.TEXTS,
    "upload": upload.TEXTS,
    "documents": documents.TEXTS,
    "review": review.TEXTS,
    "ledger": ledger.TEXTS,
    "entries": entries.TEXTS,
    "reconciliation": reconciliation.TEXTS,
    "regions": regions.TEXTS,
    "sync": sync.TEXTS,
    "trace": trace.TEXTS,
    "rules": rules.TEXTS,
    "home": home.TEXTS,
    "operations": operations.TEXTS,
    "feedback": feedback.TEXTS,
    "help": help.TEXTS,
    "account": account.TEXTS,
    "audit": audit.TEXTS,
    "scripts": scripts.TEXTS,
}


def named(language: str) -> dict[str, str]:
    """The names in one language."""
    return _in(language, NAMES)


def words(language: str) -> dict[str, str]:
    """All texts in one language (``zh`` or ``en``)."""
    return {key: text for area in AREAS.values() for key, text in _in(language, area).items()}


def spoken(language: str) -> dict[str, str]:
    """What the scripts say, in one language."""
    return _in(language, scripts.TEXTS)


def _in(language: str, texts: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    place = 1 if language == "en" else 0
    return {key: pair[place] for key, pair in texts.items()}
