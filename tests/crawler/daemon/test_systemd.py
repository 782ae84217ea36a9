"""Messages to systemd, to a socket of the test."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from crawler.daemon.systemd import notify

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_message_arrives_at_the_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(path)
        server.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        notify("READY=1")
        assert server.recv(64) == b"READY=1"
    notify("WATCHDOG=1")  # nobody listens any more: no error


def test_without_a_socket_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", "relative")
    notify("READY=1")
