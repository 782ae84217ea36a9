"""Memory of a page that was read goes back to the system."""

from __future__ import annotations

import ctypes

LARGE = 128 * 1024
"""Bytes from which a block is mapped by itself, and unmapped when it is freed."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # numbers of glibc's mallopt(3)


def keep_heap_small() -> None:
    """Fix the thresholds of glibc's allocator, which grow with the largest block ever freed.

    After one page of four megabytes it would keep all later ones on its heap, where small blocks
    between them hold the rest. Other C libraries have no such setting and need none.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, LARGE)
        mallopt(_TRIM_THRESHOLD, LARGE)
