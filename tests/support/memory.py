"""What a process has had in memory, from Linux's /proc.

Not from getrusage(): its figure for a child counts the parent that it was split from, and for
this process whatever other tests took.
"""

from __future__ import annotations

import os
from pathlib import Path

IS_MEASURED = Path("/proc/self/clear_refs").exists()


def begin_peak() -> float:
    """Begin the peak of this process anew and return it, in megabytes."""
    if IS_MEASURED:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return read_peak(os.getpid())


def read_peak(pid: int) -> float:
    """The most megabytes a process has had so far, or 0 when it has ended."""
    if not IS_MEASURED:
        return 0
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    return max(
        (int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), default=0
    )
