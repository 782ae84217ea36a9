"""From a home page to a proposal: try every place, learn the habit, read a few articles."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crawler.charset import decode
from crawler.discovery import (
    articles_among,
    read_feed,
    read_listing,
    read_sitemap,
    seeds_from_robots,
    usual_seeds,
)
from crawler.errors import CrawlError
from crawler.failures import Word
from crawler.sources import Seed, Source
from crawler.sources.patterns import compile_pattern
from crawler.survey.findings import describe_findings, list_missing
from crawler.survey.habits import learn_habit
from crawler.survey.outlet import guess_outlet
from crawler.survey.proposal import FoundSeed, Proposal, Sample
from crawler.survey.samples import choose_samples, common_layouts, read_sample
from crawler.survey.visits import Unvisited
from storage.states import SeedKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.discovery import Child, Found, Listing
    from crawler.survey.habits import Habit
    from crawler.survey.visits import Visited, Visitor

MAX_REQUESTS = 30
LINKED_FEEDS = 5
GUESSED_FEEDS = 4
SITEMAPS = 4
CHILDREN = 3
SECTIONS = 8
SECTION_FEEDS = 2
SAMPLES = 4
FEW_LINKS = 5
"""Own links below which a home page is drawn by JavaScript, parked or not there."""

_PARKED = re.compile(
    r"domain (?:is |name )?(?:for sale|parked|expired)|buy this domain|tên miền (?:này )?(?:đang "
    r"(?:được )?(?:rao )?bán|đã hết hạn|chưa được)|parking|coming soon|under construction",
    re.IGNORECASE,
)


class Hopeless(CrawlError):
    """Nothing can be proposed for this home page; the sentence says why."""


class Exploration:
    """One survey of one site."""

    def __init__(self, visitor: Visitor, homepage: str, *, fetched_at: str) -> None:
        self.visitor = visitor
        self.fetched_at = fetched_at
        self.source = Source(id="site", name="site", province="?", homepage=homepage)
        self.found_seeds: list[FoundSeed] = []
        self.failed: list[str] = []
        self.sections: list[str] = []
        self.pages = 0
        self._tried: set[str] = set()

    async def explore(self) -> Proposal:
        """Visit the site. Raise Hopeless with a sentence for a home page that is of no use."""
        home = await self._open_home()
        self.source = replace(self.source, homepage=home.url)
        listing = read_listing(home.body, home.url, self.source)
        self._add(SeedKind.LISTING, home.url, listing.links)
        await self._try_feeds(listing.feeds)
        await self._try_sitemaps()
        await self._try_sections(listing)
        habit = self._learn()
        if not habit.known:
            raise Hopeless(_say_empty(home, listing, self.source))
        source = self._described(habit)
        samples = await self._sample(source)
        habit, samples = self._judge(habit, samples)
        return self._propose(home, habit, samples)

    # --- seeds ------------------------------------------------------------------------------------

    async def _open_home(self) -> Visited:
        homepage = self.source.homepage
        try:
            return await self._get(homepage)
        except Unvisited as error:
            if error.reason == Word.OFF_SITE and error.detail:
                raise Hopeless(
                    f"{homepage} leads to {error.detail}, on another host; "
                    "if that is the site's address now, add that one"
                ) from None
            raise Hopeless(f"{homepage} {error}") from None

    async def _get(self, url: str) -> Visited:
        self._tried.add(url)
        page = await self.visitor.get(url)
        self.pages += 1
        return page

    async def _read(self, url: str) -> Visited | None:
        """The page, or None; what went wrong is kept for the report."""
        if url in self._tried:
            return None
        try:
            return await self._get(url)
        except Unvisited as error:
            self.failed.append(f"{url} {error}")
            return None

    def _add(self, kind: SeedKind, url: str, found: Iterable[Found], note: str = "") -> int:
        links = tuple(found)
        articles = len(articles_among(self.source, links, kind))
        if articles:
            seed = Seed(kind=kind, url=url)
            self.found_seeds.append(FoundSeed(seed=seed, found=links, articles=articles, note=note))
        return articles

    async def _try_feeds(self, linked: Iterable[str]) -> None:
        for url in list(linked)[:LINKED_FEEDS]:
            await self._try_feed(url)
        if self._has(SeedKind.FEED):
            return
        guessed = [seed.url for seed in usual_seeds(self.source) if seed.kind is SeedKind.FEED]
        for url in guessed[:GUESSED_FEEDS]:
            if await self._try_feed(url):
                return

    async def _try_feed(self, url: str) -> bool:
        page = await self._read(url)
        if page is None:
            return False
        feed = read_feed(page.body, page.url, page.content_type)
        if self._add(SeedKind.FEED, url, feed.items):
            return True
        # Many sites have a page that lists their feeds at /rss.
        inside = read_listing(page.body, page.url, self.source).feeds if not feed.items else ()
        for inner in [each for each in inside if each not in self._tried][:2]:
            other = await self._read(inner)
            if other is not None:
                self._add(SeedKind.FEED, inner, read_feed(other.body, other.url).items)
        return self._has(SeedKind.FEED)

    async def _try_sitemaps(self) -> None:
        robots = urljoin(self.source.homepage, "/robots.txt")
        page = await self._read(robots)
        seeds = seeds_from_robots(page.body, robots, self.source) if page else ()
        usual = [seed for seed in usual_seeds(self.source) if seed.kind is SeedKind.SITEMAP]
        for seed in (*seeds, *(usual if not seeds else ()))[:SITEMAPS]:
            await self._try_sitemap(seed.url)
            if not seeds and self._has(SeedKind.SITEMAP):
                return

    async def _try_sitemap(self, url: str) -> None:
        page = await self._read(url)
        if page is None:
            return
        sitemap = read_sitemap(page.body, page.url)
        found = list(sitemap.pages)
        own = [child for child in sitemap.children if self.source.owns(child.url)]
        for child in _newest(own)[:CHILDREN]:
            inner = await self._read(child.url)
            if inner is not None:
                found += read_sitemap(inner.body, inner.url).pages
        note = f"an index of {len(own)} sitemaps" if own else ""
        self._add(SeedKind.SITEMAP, url, found, note)

    async def _try_sections(self, listing: Listing) -> None:
        ordered = sorted(listing.sections, key=lambda url: urlsplit(url).path.count("/") > 2)
        feeds: list[str] = []
        for url in ordered:
            if len(self.sections) >= SECTIONS or self.visitor.left <= SAMPLES + SECTION_FEEDS:
                break
            page = await self._read(url)
            if page is None:
                continue
            section = read_listing(page.body, page.url, self.source)
            onward = section.next_page or section.load_more
            note = f"goes on at {onward}" if onward else ""
            if self._add(SeedKind.LISTING, url, section.links, note):
                self.sections.append(url)
                feeds += section.feeds
        for url in [feed for feed in feeds if feed not in self._tried][:SECTION_FEEDS]:
            if self.visitor.left > SAMPLES:
                await self._try_feed(url)

    def _has(self, kind: SeedKind) -> bool:
        return any(one.seed.kind is kind for one in self.found_seeds)

    # --- what it means ---------------------------------------------------------------------------

    def _learn(self) -> Habit:
        """From what feeds and news sitemaps vouch for, else from what looks like articles."""
        vouched = [
            each.url
            for one in self.found_seeds
            if one.seed.kind is SeedKind.FEED
            for each in articles_among(self.source, one.found, SeedKind.FEED)
        ]
        seen = [
            each.url
            for one in self.found_seeds
            if one.seed.kind is not SeedKind.FEED
            for each in articles_among(self.source, one.found, one.seed.kind)
        ]
        first = learn_habit(vouched, self.sections)
        if len(set(vouched)) >= FEW_LINKS and first.patterns:
            return first
        return learn_habit([*vouched, *seen], self.sections)

    def _described(self, habit: Habit) -> Source:
        accept = tuple(compile_pattern(pattern) for pattern in habit.patterns)
        return replace(self.source, accept=accept)

    async def _sample(self, source: Source) -> list[Sample]:
        samples = []
        for url in choose_samples(source, self.found_seeds, SAMPLES):
            if self.visitor.left <= 0:
                break
            try:
                page = await self._get(url)
            except Unvisited as error:
                samples.append(Sample(url=url, problem=str(error)))
                continue
            samples.append(read_sample(page, source, self.fetched_at))
        return samples

    def _judge(self, habit: Habit, samples: list[Sample]) -> tuple[Habit, list[Sample]]:
        """Leave out forms of address whose samples were no articles; all of them: hopeless."""
        read = [sample.url for sample in samples if sample.article]
        if not read:
            problems = "; ".join(f"{each.url}: {each.problem}" for each in samples[:2])
            raise Hopeless(
                f"{self.source.homepage} links pages that look like articles, but none of "
                f"{len(samples)} could be read as one ({problems or 'none could be visited'})"
            )
        good = [
            pattern
            for pattern in habit.patterns
            if any(compile_pattern(pattern).search(url) for url in read)
            or not any(compile_pattern(pattern).search(each.url) for each in samples)
        ]
        return replace(habit, patterns=tuple(good)), samples

    def _propose(self, home: Visited, habit: Habit, samples: list[Sample]) -> Proposal:
        source = self._described(habit)
        for one in self.found_seeds:
            one.articles = len(articles_among(source, one.found, one.seed.kind))
        found_seeds = [one for one in self.found_seeds if one.articles]
        found_seeds.sort(key=lambda one: [*SeedKind].index(one.seed.kind))
        proposal = Proposal(
            outlet=guess_outlet(home.body, home.url),
            homepage=home.url,
            found_seeds=found_seeds,
            habit=habit,
            samples=samples,
            layouts=common_layouts(samples),
            requests=self.visitor.spent,
            day=self.fetched_at[:10],
        )
        proposal.findings = describe_findings(proposal)
        proposal.missing = list_missing(proposal, self.failed)
        return proposal


def _newest(children: list[Child]) -> list[Child]:
    """News sitemaps first, then the latest; those of sections, tags and pictures last."""

    def rank(child: Child) -> tuple[bool, bool, str]:
        name = urlsplit(child.url).path.lower()
        dull = (
            re.search(r"cate|categor|tag|image|video|event|page-sitemap|author", name) is not None
        )
        return not dull, "news" in name, child.lastmod or child.period or ""

    return sorted(children, key=rank, reverse=True)


def _say_empty(home: Visited, listing: Listing, source: Source) -> str:
    text = decode(home.body, home.content_type).text
    own = [link for link in listing.links if source.owns(link.url)]
    if _PARKED.search(text[:200_000]) and len(own) < 3 * FEW_LINKS:
        return f"{home.url} looks like a parked or unfinished site: it shows no articles"
    if len(own) < FEW_LINKS:
        scripts = Counter(re.findall(r"<script\b", text[:2_000_000], re.IGNORECASE)).total()
        drawn = "is drawn by JavaScript: its HTML" if scripts else "is no news site: it"
        return (
            f"{home.url} {drawn} holds {len(own)} links of its own, and no feed or sitemap was "
            "found; write a source file with its seeds by hand"
        )
    return (
        f"{home.url} shows {len(own)} links of its own, none of which looks like an article, and "
        "no feed or sitemap was found; write a source file with its seeds and patterns by hand"
    )
