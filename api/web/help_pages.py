"""The help: its contents, one topic, what answers a question, and what is new."""

from __future__ import annotations

import functools
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response
from markdown_it import MarkdownIt

from api.guard import guarded, signed_in
from api.web.frame import language, render
from api.web.help import answering, topic, topics
from intake.desk.views import NotFound

router = guarded(include_in_schema=False)
_SIGNED_IN = signed_in()
_CHANGES = Path(__file__).parents[2] / "CHANGELOG.md"


@router.get("/help", dependencies=[_SIGNED_IN])
def contents(request: Request, q: str = "") -> Response:
    """Every topic, and before them those that may answer a question."""
    lang = language(request)
    found = answering(q[:200], lang) if q.strip() else []
    return render(request, "help.html", q=q, found=found, topics=topics(lang))


@router.get("/help/releases", dependencies=[_SIGNED_IN])
def releases(request: Request) -> Response:
    """What is new, as the change log tells it."""
    return render(request, "help_releases.html", html=_changes())


@router.get("/help/{name}", dependencies=[_SIGNED_IN])
def one(name: str, request: Request) -> Response:
    """One topic.

    Raises:
        NotFound: there is none of this name.
    """
    lang = language(request)
    try:
        page = topic(name, lang)
    except KeyError as trouble:
        raise NotFound(name) from trouble
    return render(request, "help_topic.html", page=page, topics=topics(lang))


@functools.cache
def _changes() -> str:
    _, first, versions = _CHANGES.read_text(encoding="utf-8").partition("## ")
    html: str = MarkdownIt("commonmark", {"html": False}).render(first + versions)
    return html
