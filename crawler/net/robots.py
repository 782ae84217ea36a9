"""robots.txt by RFC 9309: what a fetched file means, and the last copy of it. No network.

Unavailable (4xx, a redirect that may not be followed) allows everything; unreachable (5xx, 429,
no answer) forbids everything, unless a copy of the last day says otherwise.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protego import Protego

if TYPE_CHECKING:
    from pathlib import Path

AGENT = "baotinh"
"""Our product token."""
MAX_BYTES = 500 * 1024
"""Of a longer file the rest is ignored (RFC 9309, 2.5: at least 500 KiB must be read)."""
MAX_AGE = 86400.0
"""Seconds a copy may stand in for a file that cannot be reached (RFC 9309, 2.4)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says to us."""

    rules: Protego | None = None
    """None: nothing is said, everything is allowed."""
    delay: float | None = None
    """``Crawl-delay``, seconds, as the file says it."""
    unreachable: str = ""
    """Not empty: nothing may be asked for, and this is why."""

    def allow(self, url: str) -> bool:
        """Whether the URL may be asked for."""
        return self.rules is None or self.rules.can_fetch(url, AGENT)


def parse_rules(body: bytes) -> Rules:
    """Read a robots.txt: UTF-8, with or without byte order mark, with any line ends."""
    text = body[:MAX_BYTES].decode("utf-8-sig", errors="replace")
    parsed = Protego.parse(text.replace("\x00", ""))
    delay = parsed.crawl_delay(AGENT)
    return Rules(parsed, None if delay is None else float(delay))


def judge_status(status: int) -> str:
    """``rules``, ``same`` (304), ``unavailable`` or ``unreachable`` (RFC 9309, 2.3.1)."""
    if status == 200:
        return "rules"
    if status == 304:
        return "same"
    if status == 429 or status >= 500:
        return "unreachable"
    return "unavailable"


@dataclass(frozen=True, slots=True)
class Copy:
    """The last robots.txt of an origin."""

    fetched_at: float
    """Wall-clock seconds."""
    body: bytes
    etag: str | None = None

    def is_fresh(self, now: float) -> bool:
        """Whether it may still stand in; a copy from the future may not."""
        return 0 <= now - self.fetched_at <= MAX_AGE


class Copies:
    """Copies beside the archive, one small file an origin."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, origin: str) -> Copy | None:
        """The copy of ``scheme://host:port``; None when there is none or it is damaged."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            fields = json.loads(self._path(origin).read_text(encoding="utf-8"))
            return Copy(
                float(fields["fetched_at"]), fields["body"].encode("latin-1"), fields["etag"]
            )
        return None

    def write(self, origin: str, copy: Copy) -> None:
        """Keep a copy; a reader sees the old one or the new one, never half of it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fields = {
            "origin": origin,
            "fetched_at": copy.fetched_at,
            "etag": copy.etag,
            "body": copy.body[:MAX_BYTES].decode("latin-1"),
        }
        path = self._path(origin)
        scratch = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(fields, file)
        scratch.replace(path)

    def _path(self, origin: str) -> Path:
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:24]}.json"
