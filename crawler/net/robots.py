"""The rules of a robots.txt (RFC 9309), and the last copy of each file. No network.

Unavailable (4xx, a redirect that may not be followed) allows everything; unreachable (5xx, 429,
no answer) forbids everything, unless a copy of the last day says otherwise.
"""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import json
import os
import re
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from protego import Protego

if TYPE_CHECKING:
    from pathlib import Path

AGENT = "baotinh"
"""Our product token."""
MAX_BYTES = 500 * 1024
"""Of a longer file the rest is ignored (RFC 9309, 2.5: at least 500 KiB must be read)."""
MAX_AGE = 86400.0
"""Seconds a copy may be used for a file that cannot be reached (RFC 9309, 2.4)."""


SOMEBODY_ELSE = "somebody-else"
"""What all other agents are called for the parser, which compares names by their beginnings."""
_AGENT_LINE = re.compile(
    r"\s*(?P<field>user[- ]?agent\s*(?::|(?<=\s)))(?P<value>[^#]*).*", re.IGNORECASE | re.DOTALL
)
_TOKEN = re.compile(r"[A-Za-z_-]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says to us."""

    rules: Protego | None = None
    """None: nothing is said, everything is allowed."""
    delay: float | None = None
    """``Crawl-delay``, seconds, as the file says it."""
    unreachable: str = ""
    """Not empty: nothing may be requested, and this reason of `crawler.failures` is why."""

    def allow(self, url: str) -> bool:
        """Return whether the URL may be requested."""
        return self.rules is None or self.rules.can_fetch(url, AGENT)


def parse_rules(body: bytes) -> Rules:
    """Return the rules of a robots.txt: with or without byte order mark, any line ends.

    UTF-8 (RFC 9309, 2.3), unless its mark says UTF-16, as old editors write it: read as UTF-8 its
    first group would be lost, and everything allowed.
    """
    head = body[:MAX_BYTES]
    text = head.decode(_encoding_of(head), errors="replace").replace("\x00", "").lstrip("\ufeff")
    parsed = Protego.parse("\n".join(map(_by_token, text.splitlines())))
    delay = parsed.crawl_delay(AGENT)
    return Rules(parsed, None if delay is None else float(delay))


def _encoding_of(body: bytes) -> str:
    """Return the encoding that a byte order mark names. Without one zeros are left out."""
    wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "utf-16" if wide else "utf-8-sig"


def _by_token(line: str) -> str:
    """Return a line, or what it is where it names an agent by more than its product token.

    A token is letters, hyphens and underscores (RFC 9309, 2.2.1): ``baotinh/1.0`` and
    ``Baotinh bot`` are ours, ``b`` is not.
    """
    agent = _AGENT_LINE.match(line)
    value = agent["value"].strip() if agent else ""
    if agent is None or value in ("", "*"):
        return line
    token = _TOKEN.match(value.lstrip("* "))
    ours = token is not None and token[0].lower() == AGENT
    return f"{agent['field']} {AGENT if ours else SOMEBODY_ELSE}"


class Availability(StrEnum):
    """What the status of a robots.txt says (RFC 9309, 2.3.1)."""

    RULES = "rules"
    """The body holds the rules."""
    SAME = "same"
    """The rules are those of the copy we have."""
    UNAVAILABLE = "unavailable"
    """There is no such file: everything is allowed."""
    UNREACHABLE = "unreachable"
    """It may be there: nothing is allowed."""


def judge_status(status: int) -> Availability:
    """Return what the status of a robots.txt says."""
    if status == HTTPStatus.OK:
        return Availability.RULES
    if status == HTTPStatus.NOT_MODIFIED:
        return Availability.SAME
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Availability.UNREACHABLE
    return Availability.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Copy:
    """The last robots.txt of an origin."""

    fetched_at: float
    """Wall-clock seconds."""
    body: bytes
    etag: str | None = None

    def is_fresh(self, now: float) -> bool:
        """Return whether it may still be used; a copy from the future may not."""
        return 0 <= now - self.fetched_at <= MAX_AGE


class Copies:
    """Copies in a folder beside the archive, one small file an origin."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, origin: str) -> Copy | None:
        """Return the copy of ``scheme://host:port``; None when there is none or it is damaged."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            fields = json.loads(self._path(origin).read_text(encoding="utf-8"))
            return Copy(
                float(fields["fetched_at"]), fields["body"].encode("latin-1"), fields["etag"]
            )
        return None

    def write(self, origin: str, copy: Copy) -> None:
        """Store a copy; a reader sees the old one or the new one, never half of it."""
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
