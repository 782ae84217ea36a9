"""Report the state to systemd (sd_notify(3)): a line to a socket, nothing where there is none."""

from __future__ import annotations

import contextlib
import os
import socket


def notify(message: str) -> None:
    """Send e.g. ``READY=1`` or ``WATCHDOG=1``; lost silently, as the protocol allows."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC
    with socket.socket(socket.AF_UNIX, kind) as sock, contextlib.suppress(OSError):
        sock.sendto(message.encode(), address.replace("@", "\0", 1))
