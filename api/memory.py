"""What the web process does with memory that it needs no more."""

from __future__ import annotations

import ctypes

# Of malloc.h of the GNU C library.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
_LARGE = 128 * 1024
_ARENAS = 2


def give_large_blocks_back() -> None:
    """Have every block of 128 KB and more go back to the system as soon as it is free.

    That is where the C library begins, but it raises its limit to the largest block that was ever freed. The pieces of
    an upload (1 MB) then stay behind with whichever thread took them, and the process grows with every new meeting of
    uploads. Only for the web: ``make load ONLY=soak`` shows that no other process grows. With another C library nothing
    changes.
    """
    tune = getattr(ctypes.CDLL(None), "mallopt", None)
    if tune is not None:
        tune(_M_MMAP_THRESHOLD, _LARGE)
        tune(_M_ARENA_MAX, _ARENAS)
