"""Which records are ours: by host first, before anything else is looked at. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.sources import find_source, is_article_url
from crawler.sources.files import read_source
from crawler.sources.model import site_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crawler.sources import Source


class Choice:
    """The sources whose pages are wanted, and of which period.

    ``since`` and ``until`` are instants of ours between which a page was captured, the second one
    excluded.
    """

    def __init__(
        self, sources: Iterable[Source], *, since: str | None = None, until: str | None = None
    ) -> None:
        self.sources = tuple(sources)
        self.since = since
        self.until = until
        self._owners: dict[str | None, list[Source]] = defaultdict(list)
        for source in self.sources:
            self._index(source, (source.homepage, *source.hosts))
        for source in self.sources:
            # A present host counts more than a former one.
            self._index(source, source.former_hosts)

    def _index(self, source: Source, hosts: Iterable[str]) -> None:
        for host in hosts:
            owners = self._owners[site_of(host if "//" in host else f"//{host}")]
            if source not in owners:
                owners.append(source)

    @property
    def scope(self) -> str:
        """Return what tells this selection from others, for the progress that is kept of it."""
        wanted = [
            (s.id, s.homepage, s.hosts, s.former_hosts, [p.pattern for p in (*s.accept, *s.reject)])
            for s in self.sources
        ]
        stated = repr((sorted(wanted), self.since, self.until))
        return hashlib.sha256(stated.encode()).hexdigest()[:16]

    def is_on_our_host(self, url: str) -> bool:
        """Return whether a URL is on a host of one of the sources."""
        return site_of(url) in self._owners

    def owner_of(self, url: str) -> Source | None:
        """Return the source that has an article at the URL, by its address; None for none."""
        owners = self._owners.get(site_of(url), ())
        return next((source for source in owners if is_article_url(source, url)), None)

    def is_in_period(self, fetched_at: str) -> bool:
        """Return whether an instant is in the period that is wanted."""
        return (self.since or "") <= fetched_at and (self.until is None or fetched_at < self.until)


def choose_source(known: Mapping[str, Source], word: str) -> Source:
    """Return the source with an id, or of a file that is in no catalogue (``town.toml``).

    Raise UnknownSource or SourceError.
    """
    return read_source(Path(word)) if word.endswith(".toml") else find_source(known, word)


def choose_sources(known: Mapping[str, Source], words: Sequence[str]) -> list[Source]:
    """Return the sources that are named, all known ones where none is. Raise as above."""
    chosen = {source.id: source for source in (choose_source(known, word) for word in words)}
    return list(chosen.values()) or list(known.values())
