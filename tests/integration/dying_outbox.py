"""The outbox, dying by SIGKILL at its n-th moment: before a commit, before a message is sent, after it was taken.

``python -m tests.integration.dying_outbox N``
"""

from __future__ import annotations

import functools
import itertools
import os
import signal
import sys
import threading
from typing import Any

import sqlalchemy as sa

from intake.desk.services import Services
from intake.desk.sync.post import Answer, post
from intake.desk.sync.send import send_next
from intake.settings import Settings
from intake.wiring import build_services
from workers import outbox


def main(last: int) -> None:
    moments = itertools.count(1)

    def moment() -> None:
        if next(moments) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def before_commit(connection: sa.Connection) -> None:
        if not connection.get_execution_options().get("reading"):
            moment()

    def sending(*what: Any, **how: Any) -> Answer:
        moment()
        answer = post(*what, **how)
        moment()
        return answer

    def opened(settings: Settings) -> Services:
        services = build_services(settings)
        sa.event.listen(services.database, "commit", before_commit)
        return services

    outbox.build_services = opened
    outbox.send_next = functools.partial(send_next, send=sending)
    outbox.run(threading.Event())


if __name__ == "__main__":
    main(int(sys.argv[1]))
