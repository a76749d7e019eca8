"""The help inside the service: short pages in both languages, found by the words of a question."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from rapidfuzz import fuzz

from models.search_text import normal

_FOLDER = Path(__file__).parent
#: Every topic in the order of the contents, and the pages of the service that it belongs to.
TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tour", ("/",)),
    ("sending", ("/", "/batches", "/phone")),
    ("photographing", ("/phone",)),
    ("states", ("/batches", "/documents")),
    ("returned", ("/documents",)),
    ("review", ("/review",)),
    ("ledger", ("/ledger", "/entries")),
    ("where", ("/trace",)),
    ("reconciliation", ("/reconciliation",)),
    ("kinds", ()),
    ("feedback", ("/feedback",)),
)
#: A question this much like a topic is answered by it (0-100). Chosen on the questions of tests/unit/test_help.py.
_LIKE = 60.0


@dataclass(frozen=True, slots=True)
class Topic:
    """One page of help in one language. ``questions`` are what people ask when they need it."""

    name: str
    title: str
    questions: tuple[str, ...]
    html: str


@functools.cache
def topic(name: str, language: str) -> Topic:
    """A page of help.

    Raises:
        KeyError: there is none of this name.
    """
    if name not in dict(TOPICS):
        raise KeyError(name)
    head, _, body = (_FOLDER / f"{name}.{language}.md").read_text(encoding="utf-8").partition("\n\n")
    title, *questions = head.splitlines()
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(body)
    return Topic(name, title.removeprefix("# "), tuple(one.removeprefix("? ") for one in questions), html)


def topics(language: str) -> list[Topic]:
    """All pages in the order of the contents."""
    return [topic(name, language) for name, _ in TOPICS]


def topics_for(path: str, language: str) -> list[Topic]:
    """The pages that belong to a page of the service."""
    found = [name for name, places in TOPICS if any(_under(path, place) for place in places)]
    return [topic(name, language) for name in found]


def answering(question: str, language: str, limit: int = 3) -> list[Topic]:
    """The pages that may answer a question at once, the likeliest first."""
    asked = normal(question)
    scored = [(max(_likeness(asked, one) for one in (page.title, *page.questions)), page) for page in topics(language)]
    return [page for score, page in sorted(scored, key=lambda pair: -pair[0]) if score >= _LIKE][:limit]


def _likeness(asked: str, known: str) -> float:
    return fuzz.partial_ratio(asked, normal(known)) if len(asked) >= 2 else 0.0


def _under(path: str, place: str) -> bool:
    return path == place or (place != "/" and path.startswith(place + "/"))
