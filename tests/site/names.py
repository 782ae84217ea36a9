"""A name server whose answers are a table: names that alternate, hang, fail or lead inwards."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from itertools import count
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

A, CNAME, AAAA = 1, 5, 28
SERVFAIL, NXDOMAIN = 2, 3


def rebinding(*turns: str) -> Callable[[], list[str]]:
    """Another address at every question."""
    asked = count()
    return lambda: [turns[next(asked) % len(turns)]]


class NameServer:
    """Answers on UDP until its context ends; everything has a time to live of 0."""

    def __init__(self, host: str, names: Mapping[str, object], port: int = 53) -> None:
        self.names = {name.lower(): answer for name, answer in names.items()}
        """Name -> list of addresses and aliases (ending in a dot), error code, None for silence,
        or a function that returns one of these."""
        self.asked: list[str] = []
        self._sock = socket.socket(
            socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM
        )
        self._sock.bind((host, port))
        self._sock.settimeout(0.1)
        self.port = self._sock.getsockname()[1]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="names", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._thread.join(5)
        self._sock.close()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(OSError, IndexError, UnicodeError):
                question, asker = self._sock.recvfrom(1024)
                reply = self.reply(question)
                if reply:
                    self._sock.sendto(reply, asker)

    def reply(self, question: bytes) -> bytes | None:
        """The reply to one datagram, by RFC 1035 section 4."""
        name, end = _read_name(question)
        wanted = int.from_bytes(question[end : end + 2], "big")
        self.asked.append(name)
        answer = self.names.get(name, NXDOMAIN)
        answer = answer() if callable(answer) else answer
        if answer is None:
            return None
        records = [] if isinstance(answer, int) else _records(name, answer, wanted)  # type: ignore[arg-type]
        code = answer if isinstance(answer, int) else 0
        head = question[:2] + bytes([0x85, 0x80 | code]) + b"\0\1"
        counts = len(records).to_bytes(2, "big") + bytes(4)
        return b"".join((head, counts, question[12 : end + 4], *records))


def _records(name: str, answer: list[str], wanted: int) -> list[bytes]:
    made: list[bytes] = []
    for one in answer:
        if one.endswith("."):
            made.append(_record(name, CNAME, _write_name(one[:-1])))
            name = one[:-1]
            continue
        address = ipaddress.ip_address(one)
        kind = A if address.version == 4 else AAAA
        if kind == wanted:
            made.append(_record(name, kind, address.packed))
    return made


def _record(name: str, kind: int, data: bytes) -> bytes:
    head = _write_name(name) + kind.to_bytes(2, "big") + b"\0\1" + bytes(4)
    return head + len(data).to_bytes(2, "big") + data


def _write_name(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode("ascii") for part in name.split(".")) + b"\0"


def _read_name(question: bytes) -> tuple[str, int]:
    labels: list[str] = []
    place = 12
    while size := question[place]:
        labels.append(question[place + 1 : place + 1 + size].decode("ascii").lower())
        place += size + 1
    return ".".join(labels), place + 1
