"""How often somebody may try: counted in Redis for all processes alike, and by this process alone while Redis is away.

Taking Redis away opens nothing: the same limits then hold in each process.
"""

from __future__ import annotations

import hashlib
import time

import redis
import structlog
from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter

log = structlog.get_logger()
#: After Redis did not answer it is left alone for this long, so that not every request waits for it.
_AWAY_SECONDS = 10.0


class Throttle:
    """Counts what somebody did in a window of time, and says for how long they must wait."""

    def __init__(self, connection: redis.Redis) -> None:
        storage = RedisStorage("redis://", connection_pool=connection.connection_pool, key_prefix="shoupiao:limits")
        self._shared = FixedWindowRateLimiter(storage)
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._away_until = 0.0

    def wait(self, limit: RateLimitItem, who: str) -> float:
        """Count one try of somebody; give the seconds that they must wait, 0 when they need not."""
        mark = _mark(who)
        if time.monotonic() >= self._away_until:
            try:
                return _counted(self._shared, limit, mark)
            except redis.RedisError as trouble:
                self._away_until = time.monotonic() + _AWAY_SECONDS
                log.warning("limits_counted_here", trouble=type(trouble).__name__)
        return _counted(self._own, limit, mark)

    def forget(self, limit: RateLimitItem, who: str) -> None:
        """Begin anew for somebody who has shown who they are."""
        self._own.clear(limit, _mark(who))
        try:
            self._shared.clear(limit, _mark(who))
        except redis.RedisError:
            self._away_until = time.monotonic() + _AWAY_SECONDS


def _counted(limiter: FixedWindowRateLimiter, limit: RateLimitItem, mark: str) -> float:
    if limiter.hit(limit, mark):
        return 0.0
    return max(1.0, limiter.get_window_stats(limit, mark).reset_time - time.time())


def _mark(who: str) -> str:
    """Names and addresses stay out of Redis."""
    return hashlib.sha256(who.encode()).hexdigest()[:32]
