"""For sources that name no seeds: every place where papers keep feeds, sitemaps and listings.

Several places at once: feeds the home page links, sections it links, sitemaps that robots.txt
names, and the usual addresses. What answers as it should becomes a seed and stays one; the rest
is asked again once a day. The same for a source none of whose seeds works, once its home page has
answered: what is found then stands in for them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scrapy import Request

from crawler.discovery import articles_among, read_listing
from crawler.discovery.reader import read_seed
from crawler.discovery.usual import seeds_from_listing, seeds_from_robots, usual_seeds
from crawler.failures import Word, describe_failure
from crawler.net.errors import explain_failure
from crawler.runs.answers import name_status
from crawler.runs.links import read_header
from crawler.scheduling.due import current_seeds
from crawler.scheduling.policy import is_full_turn
from storage.states import SeedKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.runs.seeds import SeedRegistry
    from crawler.sources import Seed
    from crawler.spiders.polls import Poller

logger = logging.getLogger(__name__)

CANDIDATE_PRIORITY = 90
"""Behind the polls (100), which are known to bring links; before articles (0)."""


class SeedFinder:
    """Finds seeds while the run goes on, and hands them to the polls."""

    def __init__(self, seeds: SeedRegistry, polls: Poller) -> None:
        self.seeds = seeds
        self.polls = polls
        self.source = seeds.source
        self._tried: set[str] = set()
        self._found: int
        """Seeds that are known or found since, from when they are looked for."""
        self._open = 0
        self._home: tuple[str, str] = (Word.NO_LINKS, "")
        """Why the home page is no seed: reason and sentence."""
        self._heals = False
        """Looks for seeds in the place of those of the source file."""

    def start(self) -> list[Request]:
        """Return the first requests; none if seeds were looked for less than a day ago."""
        known = self.seeds.archive.seeds.of(self.source.id)
        self._tried = {seed.url for seed in known}
        self._found = len(known)
        if known and not is_full_turn(known[0].complete_at, self.seeds.clock(), known[0].id):
            return []
        return [self._ask_home(), *self._ask_usual()]

    def heal(self) -> list[Request]:
        """Return the request for the home page if none of the file's seeds works; asked once."""
        if self._heals or not self.source.seeds:
            return []
        self._heals = True
        if not self.seeds.needs_substitutes():
            return []
        current = current_seeds(self.seeds.archive, self.source)
        self._tried = {seed.url for seed in current}
        self._found = sum(seed.substitute_since is not None for seed in current)
        return [self._ask_home()]

    def _ask_home(self) -> Request:
        return self._ask(self.source.homepage, self.read_homepage, self.miss_homepage)

    def _ask_usual(self) -> list[Request]:
        robots = urljoin(self.source.homepage, "/robots.txt")
        return [
            self._ask(robots, self.read_robots, self.miss),
            *self._try(usual_seeds(self.source)),
        ]

    def read_homepage(self, response: Response) -> list[Request]:
        """Take feeds and sections from the home page, and the page itself as a listing."""
        self._open -= 1
        if response.status != 200:
            word = name_status(response)
            self._complain_of_home(word, describe_failure(word))
            return self._conclude()
        home = self.source.homepage
        listing = read_listing(response.body, response.url, self.source)
        shows_articles = bool(articles_among(self.source, listing.links))
        if not shows_articles:
            self._note_refusal(response)
        requests = self._try(seeds_from_listing(listing, home))
        if self._heals:
            requests += self._ask_usual()
        if home not in self._tried and shows_articles:
            requests += self._adopt(SeedKind.LISTING, home, response)
        return requests + self._conclude()

    def _note_refusal(self, response: Response) -> None:
        """Complain of a home page that shows a check for robots, a login or maintenance."""
        from crawler.extract.refusal import name_refusal

        word = name_refusal(response.body, read_header(response, "Content-Type"))
        if word is not None:
            self._complain_of_home(word, describe_failure(word))

    def read_robots(self, response: Response) -> list[Request]:
        """Take sitemaps from robots.txt."""
        self._open -= 1
        if response.status != 200:
            return self._conclude()
        named = self._try(seeds_from_robots(response.body, response.url, self.source))
        return named + self._conclude()

    def read_candidate(self, response: Response) -> list[Request]:
        """An address that may be a seed: if it reads as one, it is polled from here on."""
        self._open -= 1
        seed: Seed = response.meta["candidate"]
        if response.status == 200 and self._is_useful(seed, response):
            return self._adopt(seed.kind, seed.url, response) + self._conclude()
        logger.info("%s: no %s at %s", self.source.id, seed.kind, seed.url)
        return self._conclude()

    def _adopt(self, kind: SeedKind, url: str, response: Response) -> list[Request]:
        self._found += 1
        put = self.seeds.put_substitute if self._heals else self.seeds.put_seed
        return self.polls.adopt(put(kind, url), response)

    def _record_home(self, problem: str) -> None:
        """Record the home page as a seed that failed: else nobody would know why nothing comes."""
        if self.source.seeds:
            return
        word, said = self._home
        home = self.seeds.put_seed(SeedKind.LISTING, self.source.homepage)
        self.polls.record_failure(home, word, said or problem)

    def miss(self, failure: Failure) -> list[Request]:
        """Take in that a place is not there."""
        self._open -= 1
        logger.info("%s: %s", self.source.id, failure.value)
        return self._conclude()

    def miss_homepage(self, failure: Failure) -> list[Request]:
        """Take in that the home page is not there: little can be found without."""
        self._complain_of_home(*explain_failure(failure.value))
        return self.miss(failure)

    def _complain_of_home(self, word: str, said: str) -> None:
        problem = f"{self.source.id}: home page {self.source.homepage} {said}"
        self._home = (word, problem)
        self.seeds.complain(problem)

    def _try(self, seeds: tuple[Seed, ...]) -> list[Request]:
        untried = [
            seed
            for seed in seeds
            if seed.url not in self._tried and seed.url != self.source.homepage
        ]
        self._tried.update(seed.url for seed in untried)
        return [
            self._ask(seed.url, self.read_candidate, self.miss, candidate=seed) for seed in untried
        ]

    def _ask(
        self,
        url: str,
        callback: Callable[[Response], list[Request]],
        errback: Callable[[Failure], list[Request]],
        **meta: object,
    ) -> Request:
        self._open += 1
        return Request(
            url, callback=callback, errback=errback, meta=dict(meta), priority=CANDIDATE_PRIORITY
        )

    def _is_useful(self, seed: Seed, response: Response) -> bool:
        reading = read_seed(seed.kind, response.body, response.url, self.source)
        return bool(reading.articles or reading.children)

    def _conclude(self) -> list[Request]:
        if self._open:
            return []
        if self._found == 0:
            problem = (
                f"{self.source.id}: {self.source.homepage} shows no feed, no sitemap and no list "
                "of articles; name its seeds in the source file"
            )
            self.seeds.complain(problem)
            self._record_home(problem)
        elif self._heals:
            self.seeds.complain(
                f"{self.source.id}: no seed of its source file works; it is read from "
                f"{self._found} that were found on its site"
            )
        return []
