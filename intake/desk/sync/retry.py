"""How long to wait before the next attempt: twice as long each time up to a limit, and never for all the same."""

from __future__ import annotations

import random

#: The longest pauses, seconds: of an endpoint, of a message, and of a message that a partner refuses who takes others.
#: A partner that is back is found within a minute; what it refuses is no more pleasing for being sent often.
ENDPOINT, MESSAGE, REFUSED = 60.0, 300.0, 3600.0
_DOUBLINGS = 20
_CHANCE = random.SystemRandom()


def pause_of_endpoint(failures: int) -> float:
    """For how long to leave an endpoint alone that failed ``failures`` times in a row, seconds."""
    return _pause(failures, ENDPOINT)


def pause_of_message(failures: int, *, refused: bool) -> float:
    """When to try a message again that failed ``failures`` times in a row, seconds from now."""
    return _pause(failures, REFUSED if refused else MESSAGE)


def _pause(failures: int, longest: float) -> float:
    whole = min(2.0 ** min(failures - 1, _DOUBLINGS), longest)
    return whole * _CHANCE.uniform(0.5, 1.0)
