"""The auditor's page: who did what, when, from where, before and after, and how the chain stands."""

from __future__ import annotations

import urllib.parse
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from api.deps import Desk, Seeing
from api.guard import allow, guarded
from api.routes.audit import Paged
from api.web.frame import language, render
from intake.desk.audit import audit_page, chain_state
from models.acts import ACTS, GROUP_WORDS
from models.integrity import PART_WORDS
from models.rights import Permission

router = guarded(include_in_schema=False)


@router.get("/audit", dependencies=[allow(Permission.READ_AUDIT)])
def audit(request: Request, desk: Desk, sight: Seeing, asked: Annotated[Paged, Query()]) -> Response:
    """The state of the chain, the filters, and a page of the trail."""
    wanted, state = asked.read(), chain_state(desk)
    page = audit_page(desk, sight, wanted, cursor=asked.cursor, limit=asked.limit)
    kinds = [(words, [(what, act) for what, act in ACTS.items() if act.group is group], f"group:{group.value}")
             for group, words in GROUP_WORDS.items()]  # fmt: skip
    return render(
        request, "audit.html", page=page, chain=state, asked=asked, kinds=kinds, all_seen=sight.everything,
        parts={part.value: words for part, words in PART_WORDS.items()},
        taken=urllib.parse.urlencode({**wanted.told, "lang": language(request)}),
    )  # fmt: skip
