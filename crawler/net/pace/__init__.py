"""The pace of hosts: who may ask a host now, for all processes on all machines that share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.locks import locks_folder
from crawler.net.broker import parse_broker
from crawler.net.pace.files import FileGates
from crawler.net.pace.gate import Gate, Gates, PaceBrokerAway, Turn

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Gate", "Gates", "PaceBrokerAway", "Turn", "open_gates"]


def open_gates(archive: Path, broker: str) -> Gates:
    """Return the gates of a cluster, or without BROKER those beside the archive.

    Raise UsageError when BROKER names no Redis, or the extra ``cluster`` is not installed.
    """
    if not broker:
        return FileGates(locks_folder(archive) / "hosts")
    from crawler.net.pace.shared import SharedGates

    return SharedGates(parse_broker(broker))
