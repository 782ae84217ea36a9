"""What was known of a page before it was fetched: its link's title and date, and what its source
repeats on many pages. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extract.dom.lines import fold_line
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

TELLING_WORDS = 5
"""Words of a link's title below which it is too short to tell one page from another."""
SHOWN = 0.5
"""Share of those words that any wording of the same article holds: the text alone has most."""
SHORTEST_TITLE = 15
"""Characters below which a link's text is `Chi tiết` or `Xem tiếp`, and no headline."""
_LATIN_WORD = re.compile(r"[a-z0-9]+")
_CUT = re.compile(r"(?:\.{2,}|…)\W*$")
"""How listings end a headline that they have cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What feed, sitemap or listing said of a page."""

    title: str | None = None
    date: str | None = None
    """As it stands there."""
    place: str = "listing"
    """Kind of the seed: ``feed``, ``sitemap`` or ``listing``."""

    @property
    def is_loose(self) -> bool:
        """Whether the title may be another text beside the link: a caption, `Read on`."""
        return self.place == "listing"

    @property
    def headline(self) -> str | None:
        """The title, where it can be a whole headline."""
        title = " ".join((self.title or "").split())
        return title if len(title) >= SHORTEST_TITLE and not _CUT.search(title) else None


NO_HINTS = Hints()


def is_shown(hints: Hints, lines: Iterable[str]) -> bool:
    """Return whether lines of a page hold most words of its link's title.

    True where the title is too short to tell, or in another script than Latin.
    """
    words = set(_LATIN_WORD.findall(fold(hints.headline or "")))
    if len(words) < TELLING_WORDS:
        return True
    shown = set(_LATIN_WORD.findall(fold(" ".join(lines))))
    return len(words & shown) >= SHOWN * len(words)


def fingerprint_line(line: str) -> str:
    """Return the identity of a line whatever its case, accents and white space."""
    key = " ".join(fold_line(line).split())
    return hashlib.blake2b(key.encode("utf-8", "ignore"), digest_size=8).hexdigest()


def mark_title(text: str) -> str:
    """Return the fingerprint under which a repeated title is known."""
    return f"title:{fingerprint_line(text)}"


def mark_lead(text: str) -> str:
    """Return the fingerprint under which a repeated lead is known."""
    return f"lead:{fingerprint_line(text)}"


def mark_date(text: str) -> str:
    """Return the fingerprint under which a repeated date, as a page prints it, is known."""
    return f"date:{fingerprint_line(text)}"


def is_repeated_lead(text: str, repeated: Collection[str]) -> bool:
    """Return whether the source shows the lead on many pages."""
    return bool(repeated) and mark_lead(text) in repeated


def is_repeated_date(text: str, repeated: Collection[str]) -> bool:
    """Return whether the source prints the date, as it stands there, on many pages."""
    return bool(repeated) and mark_date(text) in repeated


def is_repeated_title(text: str, repeated: Collection[str]) -> bool:
    """Return whether the source shows the title on many pages."""
    return bool(repeated) and mark_title(text) in repeated
