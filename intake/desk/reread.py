"""Reading one place of a page anew, because a person pointed at it. A worker reads; the desk asks and waits."""

from __future__ import annotations

from collections.abc import Sequence

from intake.desk.services import Services
from intake.desk.views import NotFound, document_view
from models.sight import Sight
from models.typed import typed_value

#: How long a person waits for it; longer, and they have typed it.
_SECONDS = 8.0


def read_place(
    services: Services, sight: Sight, document_id: str, page: int, box: Sequence[float], field: str
) -> str | None:
    """The value of a field in a box of a page picture (its pixels); None when nothing of its form is there.

    Raises:
        NotFound: no such document or page. StorageUnavailable: no worker answered in time. redis.RedisError.
    """
    view = document_view(services, sight, document_id)
    if page not in [one["page"] for one in view["pages"]]:
        raise NotFound(str(page))
    text = services.queue.ask_text(view["sha256"], page, [float(edge) for edge in box], _SECONDS)
    return typed_value(field, text)
