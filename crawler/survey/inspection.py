"""Does a source still work: its seeds, the addresses of its articles, how they are read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawler.discovery import seeds_from_listing, seeds_from_robots, usual_seeds
from crawler.discovery.listings import read_listing
from crawler.discovery.reader import Reading, describe_reading, guess_kind, read_seed
from crawler.failures import Cause, Word, cause_of, is_unasked
from crawler.monitoring.coverage import BY_LAYOUT, coverage
from crawler.survey.habits import learn_habit
from crawler.survey.samples import read_sample
from crawler.survey.visits import Unvisited
from storage.states import SeedKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.sources import Seed, Source
    from crawler.survey.proposal import Sample
    from crawler.survey.visits import Visited, Visitor
    from storage.records import Article

NO_ARTICLE = "shows no article on any seed"
CHECK_REQUESTS = 30
SEEDS = 16
"""Seeds of one source that a check visits."""
SAMPLES = 3
UNASKED = "check it again: nothing is known of it"


class Subject(StrEnum):
    """What a check looks at, besides seeds."""

    HOMEPAGE = "homepage"
    ARTICLE = "article"
    FIELDS = "fields"
    PATTERNS = "patterns"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    source: str
    what: Subject | SeedKind
    url: str
    ok: bool
    said: str
    """What was seen, to stand behind the address."""
    advice: str = ""
    """What to change, when something is broken."""
    asked: bool = True
    """Whether the site was asked: where not, nothing is known of it, and nothing is broken."""


@dataclass(slots=True)
class Inspection:
    """One source while it is looked at."""

    source: Source
    visitor: Visitor
    fetched_at: str
    checks: list[Check] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)
    read: list[Article] = field(default_factory=list)
    seen: list[tuple[SeedKind, str, Visited]] = field(default_factory=list)
    offered: tuple[Seed, ...] = ()

    async def run(self) -> list[Check]:
        await self._look_at_home()
        for seed in self.source.seeds[:SEEDS]:
            await self._look_at_seed(seed)
        if not self.articles:
            listed = {seed.url for seed in self.source.seeds}
            found = [seed for seed in await self._ladder() if seed.url not in listed]
            for seed in found[:SEEDS]:
                await self._look_at_seed(seed, guessed=True)
        self._look_at_patterns()
        await self._look_at_articles()
        return self.checks

    def note(
        self, what: Subject | SeedKind, url: str, ok: bool, said: str, advice: str = ""
    ) -> None:
        self.checks.append(
            Check(source=self.source.id, what=what, url=url, ok=ok, said=said, advice=advice)
        )

    def note_unvisited(
        self, what: Subject | SeedKind, url: str, error: Unvisited, advice: str
    ) -> None:
        """Note a page that could not be had; of one that was not asked for nothing is advised."""
        self.note(what, url, False, str(error), advice)
        if is_unasked(error.reason):
            self.checks[-1] = replace(self.checks[-1], advice=UNASKED, asked=False)

    async def _look_at_home(self) -> None:
        home = self.source.homepage
        try:
            page = await self.visitor.get(home)
        except Unvisited as error:
            self.note_unvisited(Subject.HOMEPAGE, home, error, _advise_home(self.source, error))
            return
        self.note(Subject.HOMEPAGE, home, True, f"answers with {len(page.body)} bytes")
        listing = read_listing(page.body, page.url, self.source)
        self.offered = seeds_from_listing(listing, home)
        self.seen.append((SeedKind.LISTING, home, page))

    async def _ladder(self) -> tuple[Seed, ...]:
        """What a source without seeds lives from: the home page's offers and robots.txt's."""
        robots = urljoin(self.source.homepage, "/robots.txt")
        try:
            page = await self.visitor.get(robots)
            sitemaps = seeds_from_robots(page.body, robots, self.source)
        except Unvisited:
            sitemaps = ()
        feeds = tuple(seed for seed in self.offered if seed.kind is SeedKind.FEED)[:3]
        listings = tuple(seed for seed in self.offered if seed.kind is SeedKind.LISTING)[:3]
        usual = () if feeds or sitemaps else usual_seeds(self.source)[:6]
        return (*feeds, *sitemaps[:2], *listings, *usual)

    async def _look_at_seed(self, seed: Seed, *, guessed: bool = False) -> None:
        try:
            page = await self._page_of(seed)
        except Unvisited as error:
            if not guessed:
                self.note_unvisited(seed.kind, seed.url, error, self._replacement(seed))
            return
        reading = read_seed(seed.kind, page.body, page.url, self.source, page.content_type)
        self.seen.append((seed.kind, seed.url, page))
        problem = describe_reading(reading)
        bare = seed.kind is SeedKind.SITEMAP and reading.others > 0 and not guessed
        if problem is None or bare:
            self.articles += [each.url for each in reading.articles]
            self.note(seed.kind, seed.url, True, _describe(reading))
        elif not guessed:
            shows_links = seed.kind is SeedKind.LISTING and reading.others > 0
            replaced = "see the patterns of the source" if shows_links else self._replacement(seed)
            advice = _other_kind(seed, page) or replaced
            self.note(seed.kind, seed.url, False, problem, advice)

    async def _page_of(self, seed: Seed) -> Visited:
        known = {url: page for _, url, page in self.seen}
        return known.get(seed.url) or await self.visitor.get(seed.url)

    def _replacement(self, seed: Seed) -> str:
        others = [each.url for each in self.offered if each.kind is seed.kind]
        listed = {self.source.homepage, *(each.url for each in self.source.seeds)}
        fresh = [url for url in others if url not in listed]
        if fresh:
            return f"the home page links {fresh[0]}: put that in its place"
        return "remove this seed, or find its new address"

    def _look_at_patterns(self) -> None:
        """Patterns that match nothing although the pages are full of what looks like articles."""
        if not self.source.accept or self.articles or not self.seen:
            return
        bare = replace(self.source, accept=())
        readings = [read_seed(kind, page.body, page.url, bare) for kind, _, page in self.seen]
        likely = [each.url for reading in readings for each in reading.articles]
        habit = learn_habit(likely, [])
        said = f"shows no article like {', '.join(each.pattern for each in self.source.accept)}"
        advice = f"articles now look like {' or '.join(habit.patterns)}" if habit.patterns else ""
        self.note(Subject.PATTERNS, self.source.homepage, False, said, advice)

    async def _look_at_articles(self) -> None:
        urls = list(dict.fromkeys(self.articles))
        step = max(1, len(urls) // SAMPLES)
        for url in urls[::step][:SAMPLES]:
            try:
                page = await self.visitor.get(url)
            except Unvisited as error:
                self.note_unvisited(Subject.ARTICLE, url, error, "see whether its seed is stale")
                continue
            self._judge(read_sample(page, self.source, self.fetched_at))
        self._look_at_fields()
        said = any(check.what is Subject.PATTERNS or not check.asked for check in self.checks)
        if not urls and not said:
            advice = "see `baotinh sources add` for what its home page offers"
            self.note(Subject.ARTICLE, self.source.homepage, False, NO_ARTICLE, advice)

    def _look_at_fields(self) -> None:
        """How many of the articles that were read have each field."""
        shares = coverage(self.read)
        if not shares:
            return
        total = len(self.read)
        said = ", ".join(f"{name} {round(share * total)}/{total}" for name, share in shares.items())
        lost = bool(self.source.layouts) and shares[BY_LAYOUT] == 0
        names = ", ".join(each.name for each in self.source.layouts)
        advice = f"its pages no longer look like layout {names}: change [[layouts]]" if lost else ""
        self.note(Subject.FIELDS, self.source.homepage, not lost, said, advice)

    def _judge(self, sample: Sample) -> None:
        article = sample.article
        if article is None:
            said = f"is not read as an article: {sample.problem}"
            advice = "reject such addresses, or write a layout for such pages"
            self.note(Subject.ARTICLE, sample.url, False, said, advice)
            return
        self.read.append(article)
        day = article.published_at or article.published_on
        size = f"{len(article.paragraphs)} paragraphs"
        said = f"is read: {article.title!r}, {day or 'no date'}, {size}"
        advice = "" if day else "its date is not found: name a layout, or write one"
        self.note(Subject.ARTICLE, sample.url, bool(day), said, advice)


async def inspect_source(source: Source, visitor: Visitor, *, fetched_at: str) -> list[Check]:
    """Visit a source and return of each thing whether it works."""
    return await Inspection(source, visitor, fetched_at).run()


def _describe(reading: Reading) -> str:
    parts: Iterable[tuple[int, str]] = (
        (len(reading.articles), "articles"),
        (len(reading.children), "sitemaps"),
        (reading.others, "other links"),
    )
    said = ", ".join(f"{number} {name}" for number, name in parts if number)
    remark = f" ({reading.problems[0]})" if reading.problems else ""
    return f"shows {said}{remark}"


def _other_kind(seed: Seed, page: Visited) -> str:
    kind = guess_kind(page.body)
    return f"it is a {kind}: write kind = {kind.value!r}" if kind != seed.kind else ""


def _advise_home(source: Source, error: Unvisited) -> str:
    if error.reason == Word.OFF_SITE and error.detail:
        return (
            f"it leads to {error.detail}: change homepage and hosts, keep the old in former_hosts"
        )
    if error.reason == Word.DNS:
        return 'if the paper is gone, write status = "retired"'
    if cause_of(error.reason) is Cause.CERTIFICATE and source.verify_tls:
        return "if the site is known to be broken so, write verify_tls = false"
    return ""
