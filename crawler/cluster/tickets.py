"""What an order says besides its archive: which sources, how many pages, by which settings. Pure.

A ticket travels as JSON through a broker that others may reach, so it is read as if by a stranger:
ids are ids, numbers are bounded, and settings are those that say how a site is asked. What a worker
may reach, and where its files are, is its own affair.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from crawler.sources.files import SOURCE_ID
from storage.states import RunKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SENT = (
    *("CONTACT", "USER_AGENT", "DOWNLOAD_DELAY", "DOWNLOAD_DELAY_JITTER", "DOWNLOAD_TIMEOUT"),
    *("CRAWL_DELAY_MAX", "RETRY_AFTER_WAIT", "RETRY_BACKOFF", "RETRY_TIMES", "POLL_INTERVAL"),
    *("LISTING_MAX_PAGES", "SITEMAP_MAX_CHILDREN", "BACKFILL_MAX_PAGES", "BACKFILL_BATCH"),
    *("FRONTIER_BATCH", "MAX_PENDING_LINKS", "DOWNLOAD_MAXSIZE", "PAGE_MAXSIZE"),
    *("IMAGES", "ATTACHMENTS", "IMAGE_MAXSIZE", "ATTACHMENT_MAXSIZE"),
    *("MEDIA_PER_ARTICLE", "MEDIA_PER_RUN", "MEDIA_SECONDS", "MEDIA_TIMEOUT"),
    *("RENDER_SECONDS", "RENDER_REQUESTS", "RENDER_MAXSIZE"),
)
"""Settings of the daemon that hold for the crawls of its workers: the same rows come of them."""
MOST_SOURCES = 1000
LONGEST = 7 * 86400.0
TOKEN = re.compile(r"[0-9a-f]{32}")
"""Name of an order, or of an archive: 16 random bytes."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One order as a worker reads it. Durations are seconds."""

    order: str
    archive: str
    """Key of the archive it comes from, as the broker knows it."""
    kind: RunKind
    sources: tuple[str, ...]
    pages: int
    """Pages of each source at most."""
    seconds: float
    """How long the crawl may take."""
    stall: float
    """How long it may go without any progress."""
    silence: float
    """How long the worker may say nothing before the order is given up."""
    since: str | None = None
    """Local days of a backfill, as ``YYYY-MM-DD``."""
    until: str | None = None
    settings: dict[str, str] = field(default_factory=dict)

    def arguments(self) -> list[str]:
        """Return the words after ``baotinh`` and its global options."""
        if self.kind is RunKind.BACKFILL:
            days = ["--since", str(self.since), "--until", str(self.until)]
            return ["backfill", "--due", *days, "--limit", str(self.pages), "--", *self.sources]
        return ["crawl", "--due", "--limit", str(self.pages), "--", *self.sources]

    def environ(self) -> dict[str, str]:
        """Return the settings as variables."""
        return {f"BAOTINH_{name}": value for name, value in self.settings.items()}

    def as_json(self) -> str:
        """Return the ticket as text."""
        return json.dumps(asdict(self))


def read_ticket(text: str | bytes) -> Ticket:
    """Read a ticket. Raise ValueError, one sentence, for anything but what `as_json` gives."""
    try:
        facts = json.loads(text)
        ticket = Ticket(**facts | {"kind": RunKind(facts["kind"])})
        return _checked(ticket)
    except (TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"an order cannot be read: {error}") from None


def _checked(ticket: Ticket) -> Ticket:
    days = [day for day in (ticket.since, ticket.until) if day is not None]
    lengths = (ticket.seconds, ticket.stall, ticket.silence)
    if not (
        TOKEN.fullmatch(ticket.order)
        and TOKEN.fullmatch(ticket.archive)
        and 1 <= len(ticket.sources) <= MOST_SOURCES
        and all(SOURCE_ID.fullmatch(source) for source in ticket.sources)
        and 1 <= int(ticket.pages) <= 10**6
        and all(0 < float(length) <= LONGEST for length in lengths)
        and all(_DAY.fullmatch(day) for day in days)
        and (ticket.kind is RunKind.CRAWL or (len(days) == 2 and len(ticket.sources) == 1))
        and all(name in SENT and "\0" not in value for name, value in ticket.settings.items())
    ):
        raise ValueError("an order asks for what no order may")
    return _as_tuple(ticket)


def _as_tuple(ticket: Ticket) -> Ticket:
    facts = asdict(ticket) | {"sources": tuple(ticket.sources), "kind": ticket.kind}
    return Ticket(**facts)


def sent_settings(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings that travel; ``values`` are those of `crawler.settings`."""
    return {name: str(values[name]) for name in SENT}


def fit(expected: Iterable[tuple[str, int]], most: int) -> list[str]:
    """Return as many sources, in order, as ``most`` pages allow: one at least.

    ``expected`` are (id, pages that its crawl may bring).
    """
    chosen: list[str] = []
    pages = 0
    for source, number in expected:
        pages += max(1, min(number, most))
        if chosen and pages > most:
            break
        chosen.append(source)
    return chosen
